package io.github.dsrl4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows there are. */
final class SuiteTest {
    private static final String INFERENCE = "inference baseline, espnetv2 2.0, 1 x 256x512";
    private static final Pattern EVERYTHING = Pattern.compile("");

    private static List<String> labels(Section section, String filter, Integer... threads) {
        return new Selection(section, Pattern.compile(filter), List.of(threads), true, false)
                .entries().stream().map(Entry::label).toList();
    }

    @Test
    void everyWorkIsFoundByItsName() {
        var names = new HashSet<String>();
        for (Work work : Suite.works(Section.ALL)) {
            assertTrue(names.add(work.name()), () -> work.name() + " is there twice");
            assertEquals(work, Suite.work(work.name()));
        }
        assertEquals(
                "bench: there is no work 'fma'",
                assertThrows(IllegalArgumentException.class, () -> Suite.work("fma"))
                        .getMessage());
    }

    @Test
    void everyContenderIsFoundByItsLabel() {
        assertSame(Engine.SCALAR, Suite.contender("scalar"));
        assertSame(Engine.VECTOR, Suite.contender("vector"));
        assertSame(Engine.PLAN, Suite.contender("plan"));
        assertSame(Peer.LIBTORCH, Suite.contender("libtorch"));
        assertSame(Peer.JBLAS, Suite.contender("jblas"));
        assertSame(Peer.ONNX_RUNTIME, Suite.contender("onnxruntime"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "matmul 1024x1024x1024",
                "conv 3x3 64->64, 128x256",
                "conv 3x3 dilation 2 64->64, 128x256",
                "conv 3x3 128->128, 64x128",
                "conv 3x3 dilation 2 512->512, 32x64",
                "conv 1x1 256->256, 64x128",
                "conv 1x1 128->128, 64x128",
                "depthwise 3x3 64 channels, 128x256",
                "depthwise 3x3 dilation 4 64 channels, 128x256",
                "transposed 3x3 stride 2 11->11, 2 x 180x240"
            })
    void comparableShapesAreMeasuredByAll(String what) {
        for (String pass : List.of(", forward", ", forward+backward")) {
            String filter = "^" + Pattern.quote(what + pass) + " ";
            var expected = new ArrayList<>(List.of(what + pass + " scalar 1"));
            if (what.startsWith("matmul")) {
                expected.addAll(
                        List.of(what + pass + " jblas 1", what + pass + " vector 1", what + pass + " libtorch 1"));
            }
            expected.addAll(List.of(what + pass + " vector 2", what + pass + " libtorch 2"));
            assertEquals(expected, labels(Section.KERNELS, filter, 1, 2).subList(4, 4 + expected.size()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 8192, 32768})
    void affinityIsMeasuredBesideThePlainFormula(int positions) {
        String what = "affinity 32 channels, %d positions, forward+backward".formatted(positions);
        var rows = labels(Section.AFFINITY, "^" + Pattern.quote(what) + " ", 2);
        assertTrue(rows.containsAll(List.of(what + " vector 2", what + " libtorch 2")), rows::toString);
        assertEquals(positions == 1024, rows.contains(what + " scalar 1"), rows::toString);
    }

    @Test
    void networksAreComparedWithThoseWhoHaveThem() {
        String step = "sgd step baseline, espnetv2 2.0, 4 x 256x512";
        var rows = labels(Section.NETWORKS, "espnetv2 2.0", 2);
        assertEquals(
                List.of(
                        INFERENCE + " vector 2",
                        INFERENCE + " plan 2",
                        INFERENCE + " libtorch 2",
                        INFERENCE + " onnxruntime 2",
                        step + " vector 2",
                        step + " libtorch 2"),
                rows.subList(2, rows.size()));
    }

    @Test
    void scalingGoesToSixteenTimesThePixels() {
        var rows = labels(Section.SCALING, "plan", 1, 2);
        for (String size : List.of("4 x 256x512", "1 x 512x1024", "16 x 256x512", "1 x 1024x2048")) {
            for (int threads = 1; threads <= 2; threads++) {
                String row = "inference baseline, espnetv2 2.0, %s plan %d".formatted(size, threads);
                assertTrue(rows.contains(row), rows::toString);
            }
        }
    }

    @Test
    void quickRunsAreAPartOfWholeOnes() {
        var all = Suite.works(Section.ALL);
        assertTrue(all.containsAll(Suite.quickWorks(Section.ALL)));
        assertTrue(2 * Suite.quickWorks(Section.ALL).size() < all.size());
    }

    @Test
    void peersCanBeLeftOut() {
        var rows = new Selection(Section.ALL, EVERYTHING, List.of(2), false, false).entries();
        assertTrue(rows.stream().noneMatch(row -> row.contender().isPeer()));
    }

    @Test
    void limitsComeFirstWhateverTheFilter() {
        assertEquals(
                List.of(
                        "fma peak vector 1",
                        "fma peak vector 4",
                        "memory triad 256 MiB vector 1",
                        "memory triad 256 MiB vector 4",
                        INFERENCE + " plan 1",
                        INFERENCE + " plan 4"),
                labels(Section.NETWORKS, "^inference.*plan", 1, 4));
    }

    @Test
    void limitsAreMeasuredOnce() {
        var entries = new Selection(Section.MACHINE, EVERYTHING, List.of(1, 2), true, false).entries();
        assertEquals(2 * Suite.works(Section.MACHINE).size(), entries.size());
    }

    @Test
    void filterThatFindsNothingIsRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> labels(Section.SCALING, "resnet", 1));
        assertEquals(
                "--filter 'resnet' finds none of the 8 rows of 'scaling'; "
                        + "one of them is 'inference baseline, espnetv2 2.0, 1 x 1024x2048 onnxruntime 1'",
                e.getMessage());
    }
}

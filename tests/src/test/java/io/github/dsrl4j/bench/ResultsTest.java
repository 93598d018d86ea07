package io.github.dsrl4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.bench.Row.Absence;
import io.github.dsrl4j.bench.Row.Failure;
import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.util.ListStatistics;

/** What is made of measurements. */
final class ResultsTest {
    private static final Work PRODUCT = new KernelWork(new Operation.Product(1024), false);
    private static final Effort PRODUCT_EFFORT = new Effort(1_000_000_000, 12_000_000);

    /** A row that was timed three times: a tenth faster, at, and a tenth slower than the median. */
    private static Row timed(Work work, Contender contender, int threads, Effort effort, double milliseconds) {
        double median = 1e6 * milliseconds;
        double[] times = {1.1 * median, 0.9 * median, median};
        var blocks = Arrays.stream(times).boxed().toList();
        var measurement = Measurement.of(new ListStatistics(times), blocks, 2048, 3e8);
        return new Row(new Entry(Section.KERNELS, work, contender, threads), effort, measurement);
    }

    private static final List<Row> ROWS = List.of(
            timed(Suite.PEAK, Engine.VECTOR, 1, new Effort(100_000_000, 0), 1),
            timed(Suite.PEAK, Engine.VECTOR, 2, new Effort(200_000_000, 0), 1),
            timed(Suite.MEMORY, Engine.VECTOR, 1, new Effort(0, 10_000_000), 1),
            timed(PRODUCT, Engine.SCALAR, 1, PRODUCT_EFFORT, 1000),
            timed(PRODUCT, Engine.VECTOR, 1, PRODUCT_EFFORT, 12.5),
            timed(PRODUCT, Engine.VECTOR, 2, PRODUCT_EFFORT, 10),
            timed(PRODUCT, Peer.LIBTORCH, 2, PRODUCT_EFFORT, 25),
            new Row(
                    new Entry(Section.NETWORKS, PRODUCT, Engine.PLAN, 1),
                    PRODUCT_EFFORT,
                    new Failure("wrong answer: off")),
            new Row(new Entry(Section.NETWORKS, PRODUCT, Peer.LIBTORCH, 1), PRODUCT_EFFORT, new Absence("no network")));

    @Test
    void tableIsAligned() {
        String expected = """
                work                            by        threads  median ms   min ms  noise %  GFLOP/s  % of peak  GB/s  % of memory  kB a run  peak MB  x scalar
                fma peak                        vector          1      1.000    0.900       20    100.0        100     -            -       2.0      300         -
                fma peak                        vector          2      1.000    0.900       20    200.0        100     -            -       2.0      300         -
                memory triad 256 MiB            vector          1      1.000    0.900       20        -          -  10.0          100       2.0      300         -
                matmul 1024x1024x1024, forward  scalar          1   1000.000  900.000       20      1.0          1   0.0            0       2.0      300       1.0
                matmul 1024x1024x1024, forward  vector          1     12.500   11.250       20     80.0         80   1.0           10       2.0      300      80.0
                matmul 1024x1024x1024, forward  vector          2     10.000    9.000       20    100.0         50   1.2            -       2.0      300     100.0
                matmul 1024x1024x1024, forward  libtorch        2     25.000   22.500       20     40.0         20   0.5            -       2.0      300      40.0
                matmul 1024x1024x1024, forward  plan            1  failed: wrong answer: off
                matmul 1024x1024x1024, forward  libtorch        1  not available: no network
                """;
        String table = new Results(ROWS).table();
        assertEquals(expected, table.substring(0, table.indexOf("\n\n") + 1));
        assertTrue(table.contains("'fma peak' and 'memory triad 256 MiB'"), table);
    }

    @Test
    void peersAreComparedOnAsManyThreads() {
        String expected = """
                work                            by      threads     ms   against     ms  times as fast     quartiles
                matmul 1024x1024x1024, forward  vector        1  12.50  libtorch  not available: no network
                matmul 1024x1024x1024, forward  vector        2  10.00  libtorch  25.00           2.50  2.50 to 2.50
                """;
        String table = new Results(ROWS).table();
        assertTrue(table.contains(expected), table);
    }

    /** Iteration by iteration, so that whatever slowed both down is in neither. */
    @Test
    void ratiosAreOfNeighbours() {
        var ours =
                new Row(new Entry(Section.KERNELS, PRODUCT, Engine.VECTOR, 2), PRODUCT_EFFORT, measurement(1, 10, 2));
        var peer =
                new Row(new Entry(Section.KERNELS, PRODUCT, Peer.LIBTORCH, 2), PRODUCT_EFFORT, measurement(3, 40, 4));
        var comparison = Comparison.of(List.of(ours, peer)).getFirst();
        assertEquals(List.of(3.0, 4.0, 2.0), comparison.ratios());
        assertEquals(3, comparison.ratio(50));
    }

    private static Measurement measurement(double... blocks) {
        return Measurement.of(
                new ListStatistics(blocks), Arrays.stream(blocks).boxed().toList(), 0, Double.NaN);
    }

    @Test
    void measurementsSurviveTheWayBetweenProcesses() {
        Measurement sent = measurement(1.5, 2.25e9, 1 / 3.0);
        assertEquals(sent, Measurement.fromJson(sent.toJson()));
    }

    @Test
    void fileHoldsAllFigures(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("results.json");
        new Results(ROWS).write(file, Map.of("processors", 2), false);
        Map<String, Object> json = Json.parseObject(Files.readString(file));
        assertEquals(Map.of("processors", 2L), json.get("host"));
        assertEquals(false, json.get("complete"));
        List<?> rows = (List<?>) json.get("rows");
        assertEquals(ROWS.size(), rows.size());
        Map<?, ?> vector = (Map<?, ?>) rows.get(4);
        assertEquals("matmul 1024x1024x1024, forward", vector.get("work"));
        assertEquals("vector", vector.get("contender"));
        assertEquals(1L, vector.get("threads"));
        assertEquals(12.5e6, vector.get("median_ns"));
        assertEquals(0.8, (double) vector.get("share_of_peak"), 1e-12);
        assertEquals(0.096, (double) vector.get("share_of_bandwidth"), 1e-12);
        assertEquals(80.0, (double) vector.get("times_scalar"), 1e-9);
        assertEquals(3.0, vector.get("samples"));
        Map<?, ?> twoThreads = (Map<?, ?>) rows.get(5);
        assertTrue(twoThreads.containsKey("share_of_bandwidth"));
        assertNull(twoThreads.get("share_of_bandwidth"), "the memory was not measured on two threads");
        assertEquals("wrong answer: off", ((Map<?, ?>) rows.get(7)).get("failure"));
        assertEquals("no network", ((Map<?, ?>) rows.get(8)).get("absence"));
        Map<?, ?> comparison = (Map<?, ?>) ((List<?>) json.get("comparisons")).getLast();
        assertEquals("libtorch", comparison.get("peer"));
        assertEquals(2.5, (double) comparison.get("times_as_fast"), 1e-12);
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void noiseIsTheInterquartileRange() {
        double[] times = {5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11};
        var measured = Measurement.of(new ListStatistics(times), List.of(), 0, 0);
        assertEquals(6, measured.median());
        assertEquals(1, measured.min());
        assertEquals((measured.upperQuartile() - measured.lowerQuartile()) / 6, measured.noise());
        assertEquals(6, measured.upperQuartile() - measured.lowerQuartile());
    }
}

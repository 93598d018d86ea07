package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The buffers of a device as a Java machine of its own sees them: made for writing, which a driver for processors may forgive where they are not,
 * and others need not; and never moved by the collector.
 */
final class ArenaBuffersTest {
    /** Uses a device of the variant that is named, over a collection. */
    public static void main(String[] arguments) {
        var options = new OpenClOptions(8L << 20, OpenClOptions.Variant.valueOf(arguments[0]));
        try (OpenClDevice device = OpenClDevice.open(0, options)) {
            Tensor tensor = Tensor.full(device, Shape.of(300), 1);
            System.gc();
            System.out.println(tensor.toArray()[299]);
        }
    }

    private static String run(OpenClOptions.Variant variant, String... javaOptions) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseG1GC",
                "-Xmx1g"));
        command.addAll(List.of(javaOptions));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), ArenaBuffersTest.class.getName(), variant.name()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // What the native library says is not UTF-8 everywhere.
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("1.0"), said);
        return said;
    }

    @ParameterizedTest
    @EnumSource(
            value = OpenClOptions.Variant.class,
            names = {"CPU", "GPU"})
    void noArenaIsReadOnly(OpenClOptions.Variant variant) throws Exception {
        OpenClTestDevice.require();
        String said = run(variant, "-Dcom.aparapi.enableVerboseJNI=true");
        List<String> arenas = said.lines()
                .filter(line -> line.contains("arena") && line.contains("CL_MEM_"))
                .toList();
        assertTrue(arenas.size() >= 4, said);
        assertEquals(
                List.of(),
                arenas.stream().filter(line -> line.contains("READ_ONLY")).toList());
    }

    /** As large heaps choose them: an array of 8 MiB is then one among many, which the collector moves. */
    @ParameterizedTest
    @ValueSource(strings = {"1m", "8m", "32m"})
    void smallArenasStayWhereTheyAreWhateverTheHeapsRegions(String region) throws Exception {
        OpenClTestDevice.require();
        run(OpenClOptions.Variant.CPU, "-XX:G1HeapRegionSize=" + region);
    }
}

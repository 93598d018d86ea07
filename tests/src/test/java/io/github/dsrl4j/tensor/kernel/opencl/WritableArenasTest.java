package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The buffers that kernels write to are made for writing. A driver for processors may forgive it where they are not; others need not write
 * them back.
 */
final class WritableArenasTest {
    /** Uses a device of the variant that is named. */
    public static void main(String[] arguments) {
        var options = new OpenClOptions(2L << 20, OpenClOptions.Variant.valueOf(arguments[0]));
        try (OpenClDevice device = OpenClDevice.open(0, options)) {
            System.out.println(Tensor.full(device, Shape.of(300), 1).toArray()[299]);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OpenClOptions.Variant.class,
            names = {"CPU", "GPU"})
    void noArenaIsReadOnly(OpenClOptions.Variant variant) throws Exception {
        OpenClTestDevice.require();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseG1GC",
                        "-Xmx1g",
                        "-Dcom.aparapi.enableVerboseJNI=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WritableArenasTest.class.getName(),
                        variant.name())
                .redirectErrorStream(true)
                .start();
        // What the native library says is not UTF-8 everywhere.
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("1.0"), said);
        List<String> arenas = said.lines()
                .filter(line -> line.contains("arena") && line.contains("CL_MEM_"))
                .toList();
        assertTrue(arenas.size() >= 4, said);
        assertEquals(
                List.of(),
                arenas.stream().filter(line -> line.contains("READ_ONLY")).toList());
    }
}

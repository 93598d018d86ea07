package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --device}: the commands on an OpenCL device, and what they say without one. */
final class DeviceOptionTest {
    private static final String ARENA = "dsrl4j.opencl.arena";

    @TempDir
    private Path folder;

    private static Dsrl.Result onSmallArena(String... arguments) {
        System.setProperty(ARENA, "96m");
        try {
            return Dsrl.run(arguments);
        } finally {
            System.clearProperty(ARENA);
        }
    }

    @Test
    void trainEvaluateAndSegmentOnTheDevice() throws Exception {
        OpenClTestDevice.require();
        String run = folder.resolve("run").toString();
        Dsrl.Result trained = onSmallArena(
                        "train",
                        "--dataset=streets:8",
                        "--variant=dsrl",
                        "--input=32x48",
                        "--epochs=1",
                        "--batch-size=4",
                        "--device=opencl",
                        "--out",
                        run)
                .expect(0);
        assertTrue(trained.err().contains("opencl:0, "), trained::err);
        assertTrue(
                Files.readString(Path.of(run, "run.json")).contains("opencl:0, "), "the device is kept with the run");
        double there =
                miou(onSmallArena("eval", run, "--device", "opencl:0", "--json").expect(0));
        double here = miou(Dsrl.run("eval", run, "--json").expect(0));
        assertEquals(here, there, 0.01, "mean IoU on the processor and on the device");

        Path picture = folder.resolve("picture.png");
        ImageIO.write(Streets.of(1, 96, 64, 5, Split.TEST).get(0).image().toBufferedImage(), "png", picture.toFile());
        Path masks = folder.resolve("masks");
        onSmallArena("segment", picture.toString(), "--model", run, "--out", masks.toString(), "--device", "opencl")
                .expect(0);
        assertTrue(Files.size(masks.resolve("picture.mask.png")) > 0);
    }

    private static double miou(Dsrl.Result result) {
        return ((Number) find(result.json())).doubleValue();
    }

    /** The first mean IoU in the object. */
    private static Object find(java.util.Map<String, Object> json) {
        for (var entry : json.entrySet()) {
            if (entry.getKey().contains("miou") && entry.getValue() instanceof Number number) {
                return number;
            }
            if (entry.getValue() instanceof java.util.Map<?, ?> inner) {
                @SuppressWarnings("unchecked")
                Object found = find((java.util.Map<String, Object>) inner);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    @Test
    void aDeviceThatIsNotThereIsOneLine() {
        Dsrl.Result result = Dsrl.run(
                        "train",
                        "--dataset=streets:8",
                        "--device=opencl:99",
                        "--out",
                        folder.resolve("run").toString())
                .expect(1);
        List<String> lines = result.errorLines();
        assertEquals(1, lines.size(), result::err);
        assertTrue(lines.getFirst().startsWith("dsrl: opencl:99: "), result::err);
    }

    @Test
    void aNameThatIsNoDeviceIsWrongUsage() {
        assertEquals(
                "dsrl: --device: there is no 'gpu'; choose cpu, opencl or opencl:N (see 'dsrl segment --help')",
                Dsrl.run("segment", "a.png", "--model=m", "--out=o", "--device=gpu")
                        .expect(2)
                        .err()
                        .strip());
    }

    @Test
    void theDoctorNamesTheDevices() {
        String text = Dsrl.run("doctor").expect(0).out();
        assertTrue(text.contains(OpenCl.devices().list().isEmpty() ? "opencl" : "--device opencl:0, "), text);
    }

    /** OpenCL's loader looks for drivers where a variable says; there are none in an empty folder. */
    @Test
    void withoutADriverItIsOneLineThatSaysWhatToDo() throws Exception {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dcom.aparapi.logLevel=SEVERE",
                "-Ddsrl4j.kernels=scalar",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--dataset=streets:8",
                "--device=opencl",
                "--out",
                folder.resolve("run").toString());
        builder.environment()
                .put(
                        "OCL_ICD_VENDORS",
                        Files.createDirectory(folder.resolve("none")).toString());
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "took more than a minute");
        assertEquals(1, process.exitValue(), said);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("dsrl: opencl:0: "), said);
    }
}

package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The final weights do not depend on interruptions, nor on the number of threads. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RepeatabilityTest {
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;
    private static final int EPOCHS = 2;
    private static final int IMAGES = 12;
    private static final int BATCH = 4;

    @TempDir
    private Path folder;

    private static Dataset streets(Split split) {
        return Streets.of(split == Split.TRAIN ? IMAGES : 3, 2 * WIDTH, 2 * HEIGHT, 5, split);
    }

    private static Trainer start(RunDirectory directory) {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.DSRL), HEIGHT, WIDTH);
        var options = new TrainingOptions(
                new TrainingOptions.Data("streets", null, 0.5, 2, true),
                new TrainingOptions.Optimisation("adamw", 2e-3, 1e-2, "poly", 0.5, 5, "enet"),
                EPOCHS,
                BATCH,
                3);
        return Trainer.start(directory, description, options, streets(Split.TRAIN), streets(Split.VAL));
    }

    private static Trainer resume(RunDirectory directory) {
        return Trainer.resume(directory, streets(Split.TRAIN), streets(Split.VAL));
    }

    @Test
    void aRunStoppedAfterEveryStepEndsWithTheSameBits() throws Exception {
        var whole = new RunDirectory(folder.resolve("whole"));
        Trainer unbroken = start(whole);
        Map<String, Tensor> untrained = copy(unbroken.model().state());
        assertTrue(unbroken.train(Progress.NONE, () -> false).finished());
        assertTrained(untrained, unbroken.model().state());

        var broken = new RunDirectory(folder.resolve("broken"));
        Trainer trainer = start(broken);
        int stops = 0;
        int most = EPOCHS * (IMAGES / BATCH);
        while (!trainer.train(Progress.NONE, () -> true).finished()) {
            stops++;
            assertTrue(stops < most, "stopped more often than there are steps");
            trainer = resume(broken);
        }
        assertEquals(EPOCHS * (IMAGES / BATCH - 1), stops, "a stop after each step but the last of an epoch");
        SavedTensors.assertSame(whole.last(), broken.last());
        SavedTensors.assertSame(whole.best(), broken.best());
        for (int i = 0; i < EPOCHS; i++) {
            var a = whole.metrics().get(i);
            var b = broken.metrics().get(i);
            for (String name :
                    List.of("loss", "cross_entropy", "mse", "affinity", "validation_miou", "validation_psnr")) {
                assertEquals(a.get(name), b.get(name), name);
            }
        }
    }

    private static Map<String, Tensor> copy(Map<String, Tensor> state) {
        var copies = new HashMap<String, Tensor>();
        state.forEach((name, tensor) -> copies.put(name, tensor.copy()));
        return copies;
    }

    /** Two runs that both learn nothing are the same, too. */
    private static void assertTrained(Map<String, Tensor> before, Map<String, Tensor> after) {
        long moved = before.keySet().stream()
                .filter(name -> !Arrays.equals(
                        before.get(name).toArray(), after.get(name).toArray()))
                .count();
        // All but three slopes that are in no graph.
        assertEquals(before.size() - 3, moved, "tensors that training changed");
    }

    @Test
    void aRunKilledWithoutWarningGoesOnFromTheLastEpoch() throws Exception {
        var whole = new RunDirectory(folder.resolve("whole"));
        start(whole).train(Progress.NONE, () -> false);
        var killed = new RunDirectory(folder.resolve("killed"));
        Trainer trainer = start(killed);
        var steps = new AtomicInteger();
        assertThrows(
                IllegalStateException.class,
                () -> trainer.train(Progress.NONE, () -> {
                    if (steps.incrementAndGet() == 3) {
                        throw new IllegalStateException("killed in the second epoch");
                    }
                    return false;
                }));
        assertEquals(1, killed.metrics().size());
        assertTrue(resume(killed).train(Progress.NONE, () -> false).finished());
        SavedTensors.assertSame(whole.last(), killed.last());
        assertEquals(EPOCHS, killed.metrics().size());
    }

    @Test
    void otherDataIsRefusedAndNothingIsOverwritten() throws Exception {
        var directory = new RunDirectory(folder.resolve("run"));
        start(directory);
        String described = Files.readString(directory.folder().resolve("run.json"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> start(directory))
                .getMessage()
                .endsWith("there is a run already; continue it with --resume, or choose another folder"));
        var other = Streets.of(IMAGES, 2 * WIDTH, 2 * HEIGHT, 6, Split.TRAIN);
        var error = assertThrows(
                IllegalArgumentException.class, () -> Trainer.resume(directory, other, streets(Split.VAL)));
        assertTrue(error.getMessage().contains("is not the data that the run began with"), error.getMessage());
        assertEquals(described, Files.readString(directory.folder().resolve("run.json")));
        assertFalse(Files.exists(directory.last()));
    }

    @Test
    void oneTwoAndThreeThreadsGiveTheSameBits() throws Exception {
        Path one = trainInAnotherProcess(1);
        SavedTensors.assertSame(one, trainInAnotherProcess(2));
        SavedTensors.assertSame(one, trainInAnotherProcess(3));
    }

    /** The number of threads is chosen when a Java machine starts, so each run has its own. */
    private Path trainInAnotherProcess(int threads) throws Exception {
        Path run = folder.resolve("threads" + threads);
        Path log = folder.resolve("threads" + threads + ".log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Xmx1g",
                        "-Ddsrl4j.threads=" + threads,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RepeatabilityTest.class.getName(),
                        run.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(process.waitFor(3, TimeUnit.MINUTES), "training took more than three minutes");
        assertEquals(0, process.exitValue(), () -> "training failed: " + read(log));
        return run.resolve("last.safetensors");
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    /** One whole training run into the folder that is given. */
    public static void main(String[] arguments) throws Exception {
        int asked = Integer.getInteger("dsrl4j.threads");
        int running = KernelChoice.best().threads();
        if (asked != running) {
            throw new IllegalStateException("%d threads were asked for, %d run".formatted(asked, running));
        }
        start(new RunDirectory(Path.of(arguments[0]))).train(Progress.NONE, () -> false);
    }
}

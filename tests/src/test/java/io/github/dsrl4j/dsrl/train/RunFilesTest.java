package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.DatasetException;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder of a run: who may work in it, what a start that fails leaves, and what is refused rather than mixed up. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RunFilesTest {
    private static final int SIDE = 32;
    private static final int IMAGES = 4;
    private static final int BATCH = 2;

    @TempDir
    private Path folder;

    private static Dataset streets(Split split) {
        return Streets.of(split == Split.TRAIN ? IMAGES : 2, 2 * SIDE, 2 * SIDE, 5, split);
    }

    private static TrainingOptions options(int epochs, long seed, double rate) {
        return new TrainingOptions(
                new TrainingOptions.Data("streets:4", null, 0.5, 2, true),
                new TrainingOptions.Optimisation("sgd", rate, 0, "constant", 0, 0, "none"),
                epochs,
                BATCH,
                seed);
    }

    private static Trainer start(RunDirectory directory, int epochs) {
        return start(directory, options(epochs, 1, 0.01), streets(Split.TRAIN), streets(Split.VAL));
    }

    private static Trainer start(RunDirectory directory, TrainingOptions options, Dataset train, Dataset validation) {
        var description = new ModelDescription(
                "espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.BASELINE), SIDE, SIDE);
        return Trainer.start(directory, description, options, train, validation);
    }

    private static Trainer resume(RunDirectory directory) {
        return Trainer.resume(directory, streets(Split.TRAIN), streets(Split.VAL));
    }

    private RunDirectory run(String name) {
        return new RunDirectory(folder.resolve(name));
    }

    private RunDirectory trained(String name, int epochs) throws Exception {
        RunDirectory run = run(name);
        assertTrue(start(run, epochs).train(Progress.NONE, () -> false).finished());
        return run;
    }

    private static List<String> files(RunDirectory run) throws IOException {
        try (Stream<Path> files = Files.list(run.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void replace(Path file, UnaryOperator<Map<String, Tensor>> change) {
        try (Safetensors open = Safetensors.open(file)) {
            var metadata = new LinkedHashMap<>(open.metadata());
            Map<String, Tensor> tensors = change.apply(new LinkedHashMap<>(open.tensors()));
            Safetensors.write(file, tensors, metadata);
        }
    }

    private static Map<String, Tensor> withNaN(Map<String, Tensor> tensors) {
        var first = tensors.entrySet().iterator().next();
        float[] values = first.getValue().toArray();
        values[values.length - 1] = Float.NaN;
        first.setValue(Tensor.of(first.getValue().shape(), values));
        return tensors;
    }

    @Test
    void twoTrainersOfOneProcessDoNotShareAFolder() throws Exception {
        RunDirectory run = run("run");
        Trainer first = start(run, 2);
        var refused = new AtomicInteger();
        first.train(Progress.NONE, () -> {
            String message = assertThrows(
                            IllegalStateException.class, () -> resume(run).train(Progress.NONE, () -> false))
                    .getMessage();
            assertEquals(
                    run.folder() + ": this process is training here; wait for it, or choose another folder", message);
            refused.incrementAndGet();
            return false;
        });
        assertEquals(2, refused.get());
        assertEquals(List.of("best.safetensors", "last.safetensors", "metrics.jsonl", "run.json"), files(run));
    }

    @Test
    void anotherProcessIsKeptOutUntilThisOneIsDone() throws Exception {
        RunDirectory run = trained("run", 1);
        try (var _ = run.lock()) {
            String said = lockInAnotherProcess(run.folder());
            assertEquals(
                    "%s: process %d is training here; wait for it, or choose another folder"
                            .formatted(run.folder(), ProcessHandle.current().pid()),
                    said.strip());
            // Refused attempts of this process must not open the file, which would free the lock.
            assertThrows(IllegalStateException.class, run::lock);
            assertTrue(lockInAnotherProcess(run.folder()).contains("is training here"));
        }
        assertEquals("locked", lockInAnotherProcess(run.folder()).strip());
        assertFalse(files(run).contains(".lock"));
    }

    private static String lockInAnotherProcess(Path folder) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunFilesTest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "took more than a minute");
        return said;
    }

    /** Locks the folder that is given, and says how that went. */
    public static void main(String[] arguments) {
        try (var _ = RunLock.on(Path.of(arguments[0]))) {
            System.out.println("locked");
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void aStartThatFailsBeforeAnythingIsTrainedLeavesNothing() throws Exception {
        RunDirectory run = run("a/b/run");
        var broken = new FailingDataset(streets(Split.TRAIN));
        Trainer trainer = start(run, options(1, 1, 0.01), broken, streets(Split.VAL));
        broken.fail = true;
        Exception failure = assertThrows(Exception.class, () -> trainer.train(Progress.NONE, () -> false));
        assertTrue(failure.getMessage().contains("gone.png: is gone"), failure.getMessage());
        assertFalse(Files.exists(folder.resolve("a")));
        assertTrue(start(run, 1).train(Progress.NONE, () -> false).finished());
    }

    @Test
    void anEpochIsKeptWhenItsValidationFails() throws Exception {
        RunDirectory whole = trained("whole", 2);
        RunDirectory run = run("run");
        var validation = new FailingDataset(streets(Split.VAL));
        Trainer trainer = start(run, options(2, 1, 0.01), streets(Split.TRAIN), validation);
        validation.fail = true;
        assertThrows(Exception.class, () -> trainer.train(Progress.NONE, () -> false));
        assertTrue(Files.exists(run.last()));
        assertTrue(resume(run).train(Progress.NONE, () -> false).finished());
        assertSameWeights(whole.last(), run.last());
        assertEquals(2, run.metrics().size());
    }

    @Test
    void aStopInAValidationKeepsTheEpochAndGoesOnWithTheSameBits() throws Exception {
        RunDirectory whole = trained("whole", 2);
        RunDirectory run = run("run");
        Trainer.Outcome outcome = start(run, 2).train(Progress.NONE, () -> false, () -> true);
        assertEquals(new Trainer.Outcome(false, 0, IMAGES / BATCH), outcome);
        assertEquals(0, run.metrics().size());
        outcome = resume(run).train(Progress.NONE, () -> false, () -> true);
        assertEquals(new Trainer.Outcome(false, 0, IMAGES / BATCH), outcome, "the validation is next");
        assertTrue(resume(run).train(Progress.NONE, () -> false).finished());
        assertSameWeights(whole.last(), run.last());
        assertSameWeights(whole.best(), run.best());
    }

    private static void assertSameWeights(Path expected, Path actual) {
        Map<String, Tensor> a = Safetensors.read(expected);
        Map<String, Tensor> b = Safetensors.read(actual);
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, tensor) -> org.junit.jupiter.api.Assertions.assertArrayEquals(
                tensor.toArray(), b.get(name).toArray(), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"last.safetensors", "best.safetensors", "metrics.jsonl"})
    void filesOfAnotherRunAreNotTakenOver(String name) throws Exception {
        RunDirectory other = trained("other", 1);
        RunDirectory run = run("run");
        Files.createDirectory(run.folder());
        Path stale = Files.copy(other.folder().resolve(name), run.folder().resolve(name));
        String message = assertThrows(IllegalArgumentException.class, () -> start(run, 2))
                .getMessage();
        assertEquals(
                stale + ": is of a run whose run.json is missing here; move it away, or choose another folder",
                message);
        assertEquals(List.of(name), files(run));
    }

    @Test
    void theStateOfAnotherRunIsRefused() throws Exception {
        RunDirectory other = trained("other", 1);
        RunDirectory run = trained("run", 1);
        Files.delete(run.last());
        Files.copy(other.last(), run.last());
        assertMessage(run, run.last() + ": is the state of another run than the one that run.json describes");
    }

    @Test
    void missingFilesAreNamed() throws Exception {
        RunDirectory run = trained("run", 1);
        Path kept = Files.move(run.best(), folder.resolve("kept"));
        assertMessage(run, run.best() + ": is missing; put it back, or begin in another folder");
        Files.move(kept, run.best());
        Files.delete(run.last());
        assertMessage(run, run.last() + ": is missing, though 1 epochs were trained");
    }

    @Test
    void weightsThatAreNotFiniteAreRefusedEverywhere() throws Exception {
        RunDirectory run = trained("run", 1);
        replace(run.last(), RunFilesTest::withNaN);
        assertMessage(run, run.last() + ": weight '");
        replace(run.best(), RunFilesTest::withNaN);
        String message = assertThrows(CheckpointException.class, () -> ModelFile.read(run.best()))
                .getMessage();
        assertTrue(message.startsWith(run.best() + ": weight '") && message.contains("' has the value NaN"), message);
        assertTrue(message.endsWith("use an earlier checkpoint"), message);
        assertThrows(CheckpointException.class, run::lastModel);
    }

    @Test
    void aRunThatDivergesKeepsItsLastGoodState() throws Exception {
        RunDirectory run = run("run");
        Trainer trainer = start(run, options(3, 1, 1e30), streets(Split.TRAIN), streets(Split.VAL));
        String message = assertThrows(IllegalStateException.class, () -> trainer.train(Progress.NONE, () -> false))
                .getMessage();
        assertTrue(message.startsWith("training: ") && message.contains("--learning-rate"), message);
        if (Files.exists(run.last())) {
            run.lastModel();
        }
    }

    private static void assertMessage(RunDirectory run, String start) {
        String message = assertThrows(
                        CheckpointException.class, () -> resume(run).train(Progress.NONE, () -> false))
                .getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void whatKilledProcessesLeftHalfWrittenIsRemoved() throws Exception {
        RunDirectory run = trained("run", 1);
        String id = "00000000-0000-4000-8000-000000000000";
        for (String name : List.of("last.safetensors", "best.safetensors", "metrics.jsonl", "run.json")) {
            Files.writeString(run.folder().resolve("." + name + "." + id + ".tmp"), "half");
        }
        Path others = Files.writeString(run.folder().resolve(".notes.tmp"), "of somebody else");
        resume(run).train(Progress.NONE, () -> false);
        assertEquals(
                List.of(".notes.tmp", "best.safetensors", "last.safetensors", "metrics.jsonl", "run.json"), files(run));
        Files.delete(others);
    }

    @Test
    void metricsThatAreMissingAfterAKillComeBack() throws Exception {
        RunDirectory run = trained("run", 2);
        List<Map<String, Object>> before = run.metrics();
        Path file = run.folder().resolve("metrics.jsonl");
        Files.writeString(file, Files.readString(file).lines().findFirst().orElseThrow() + "\n{\"epo");
        resume(run).train(Progress.NONE, () -> false);
        assertEquals(before, run.metrics());
    }

    /** A data set whose images cannot be read any more from some time on. */
    private static final class FailingDataset implements Dataset {
        private final Dataset whole;
        private volatile boolean fail;

        FailingDataset(Dataset whole) {
            this.whole = whole;
        }

        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public ClassSet classes() {
            return whole.classes();
        }

        @Override
        public int size() {
            return whole.size();
        }

        @Override
        public Sample get(int index) {
            if (fail) {
                throw new DatasetException("gone.png: is gone");
            }
            return whole.get(index);
        }

        @Override
        public String fingerprint() {
            return whole.fingerprint();
        }
    }
}

package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a resumed run asks of its data. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ResumedDataTest {
    private static final Dataset VALIDATION = Streets.of(2, 64, 64, 5, Split.VAL);

    /** Files that can be told from their samples, and how often labels are read. */
    private record Filed(String fingerprint, String samplesFingerprint, AtomicInteger reads) implements Dataset {
        private static final Dataset SOURCE = Streets.of(4, 64, 64, 5, Split.TRAIN);

        @Override
        public String name() {
            return "filed/train";
        }

        @Override
        public ClassSet classes() {
            return SOURCE.classes();
        }

        @Override
        public int size() {
            return SOURCE.size();
        }

        @Override
        public Sample get(int index) {
            return SOURCE.get(index);
        }

        @Override
        public LabelMap labels(int index) {
            reads.incrementAndGet();
            return SOURCE.labels(index);
        }
    }

    @TempDir
    private Path folder;

    private RunDirectory directory;
    private final AtomicInteger reads = new AtomicInteger();

    @BeforeEach
    void start() {
        directory = new RunDirectory(folder.resolve("run"));
        var model =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.BASELINE), 32, 32);
        var options = new TrainingOptions(
                new TrainingOptions.Data("streets", null, 0.5, 2, true),
                new TrainingOptions.Optimisation("adamw", 2e-3, 1e-2, "poly", 0.5, 5, "median"),
                1,
                2,
                3);
        Trainer.start(directory, model, options, new Filed("files", "samples", reads), VALIDATION);
        assertEquals(4, reads.getAndSet(0), "each label map is read once before training");
    }

    private void resume(String files, String samples) {
        Trainer.resume(directory, new Filed(files, samples, reads), VALIDATION);
    }

    @Test
    void classesAreNotCountedAgain() {
        resume("files", "samples");
        assertEquals(0, reads.get());
    }

    @Test
    void otherFilesOfEqualSamplesAreTheSameData() {
        resume("other files", "samples");
        assertEquals(0, reads.get());
    }

    @Test
    void otherSamplesAreOtherData() {
        assertEquals(
                "resume: filed/train is not the data that the run began with (training_data_sha256 differs); a run goes on with the same data only",
                assertThrows(IllegalArgumentException.class, () -> resume("other files", "other samples"))
                        .getMessage());
    }

    @Test
    void aRunFromBeforeHasNeitherCountsNorTheHashOfItsSamples() throws Exception {
        var file = directory.folder().resolve("run.json");
        var text = Files.readString(file);
        var old = text.replaceAll("\"training_class_pixels", "\"x_pixels")
                .replaceAll("training_samples_sha256", "x_samples");
        assertTrue(!old.equals(text), "the fields are there");
        Files.writeString(file, old);
        resume("files", "samples");
        assertEquals(4, reads.get(), "counted again");
        assertThrows(IllegalArgumentException.class, () -> resume("other files", "samples"));
    }
}

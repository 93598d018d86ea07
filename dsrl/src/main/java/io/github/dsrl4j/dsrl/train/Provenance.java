package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.tensor.Device;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Where a model comes from: data, seed, versions and machine; kept with the run and inside the model's file. */
final class Provenance {
    private static final String RUN = "run";
    private static final String TRAINING_DATA = "training_data_sha256";
    private static final String TRAINING_SAMPLES = "training_samples_sha256";
    private static final String VALIDATION_DATA = "validation_data_sha256";
    private static final String VALIDATION_SAMPLES = "validation_samples_sha256";

    private Provenance() {}

    /**
     * Reads all data once: a file that cannot be used is found before training begins.
     *
     * @throws io.github.dsrl4j.dsrl.dataset.DatasetException naming the file
     */
    static Map<String, Object> of(TrainingOptions options, Dataset trainSet, Dataset validationSet, Device device) {
        var json = new LinkedHashMap<String, Object>();
        json.put(RUN, UUID.randomUUID().toString());
        json.put("software", "dsrl4j " + Version.current());
        json.put("java", Runtime.version().toString());
        json.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        json.put("device", device.description());
        json.put("started", Instant.now().toString());
        json.put("seed", options.seed());
        json.put("training_data", trainSet.name());
        json.put(TRAINING_DATA, trainSet.fingerprint());
        LabelSurvey.put(json, LabelSurvey.of(trainSet));
        json.put(TRAINING_SAMPLES, trainSet.samplesFingerprint());
        json.put("validation_data", validationSet.name());
        json.put(VALIDATION_DATA, validationSet.fingerprint());
        LabelSurvey.of(validationSet);
        json.put(VALIDATION_SAMPLES, validationSet.samplesFingerprint());
        return json;
    }

    /** What tells a run from all others; empty for one of an earlier version. */
    static String runId(Map<String, Object> provenance) {
        return provenance.get(RUN) instanceof String id ? id : "";
    }

    /**
     * Checks that a run goes on with its own samples: the same files, or, since labels can be written in several ways, files of
     * the same samples.
     *
     * @throws IllegalArgumentException naming the data set that differs
     */
    static void requireSameData(Map<String, Object> provenance, Dataset trainSet, Dataset validationSet) {
        requireSame(provenance, TRAINING_DATA, TRAINING_SAMPLES, trainSet);
        requireSame(provenance, VALIDATION_DATA, VALIDATION_SAMPLES, validationSet);
    }

    private static void requireSame(Map<String, Object> provenance, String files, String samples, Dataset dataset) {
        // The samples take longer to read than the files, and are the same where those are.
        boolean same = dataset.fingerprint().equals(provenance.get(files))
                || (provenance.containsKey(samples)
                        && dataset.samplesFingerprint().equals(provenance.get(samples)));
        if (!same) {
            throw new IllegalArgumentException(
                    "resume: %s is not the data that the run began with (%s differs); a run goes on with the same data only"
                            .formatted(dataset.name(), files));
        }
    }
}

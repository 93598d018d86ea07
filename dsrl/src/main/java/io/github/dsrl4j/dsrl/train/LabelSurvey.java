package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.DatasetException;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.nn.loss.ClassFrequencies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Reads all labels of a data set once, before training, so that a bad one is found then, and counts the classes. */
final class LabelSurvey {
    private static final String PIXELS = "training_class_pixels";
    private static final String WHERE_PRESENT = "training_class_pixels_where_present";

    private LabelSurvey() {}

    /**
     * How often each class is labelled.
     *
     * @throws DatasetException naming the first label map that cannot be used, or the data set where no pixel has a class
     */
    static ClassFrequencies of(Dataset dataset) {
        int classes = dataset.classes().count();
        int ignoreIndex = dataset.classes().ignoreIndex();
        var frequencies = new ClassFrequencies(classes, ignoreIndex);
        var failures = new AtomicReferenceArray<DatasetException>(dataset.size());
        // Counts are whole numbers, so that the order in which threads add them changes nothing.
        IntStream.range(0, dataset.size()).parallel().forEach(i -> {
            try {
                long[] counts = count(dataset.labels(i), classes);
                synchronized (frequencies) {
                    frequencies.addImage(counts);
                }
            } catch (DatasetException e) {
                failures.set(i, e);
            }
        });
        throwFirst(failures, dataset);
        if (isEmpty(frequencies)) {
            throw new DatasetException(
                    "%s: no pixel of its %d label maps has a class, all have the ignored id %d; are they of another set of classes?"
                            .formatted(dataset.name(), dataset.size(), ignoreIndex));
        }
        return frequencies;
    }

    private static long[] count(LabelMap labels, int classes) {
        var counts = new long[256];
        for (byte label : labels.labels()) {
            counts[label & 0xff]++;
        }
        return Arrays.copyOf(counts, classes);
    }

    private static void throwFirst(AtomicReferenceArray<DatasetException> failures, Dataset dataset) {
        var found = new ArrayList<DatasetException>();
        for (int i = 0; i < failures.length(); i++) {
            if (failures.get(i) != null) {
                found.add(failures.get(i));
            }
        }
        if (found.size() == 1) {
            throw found.getFirst();
        }
        if (!found.isEmpty()) {
            throw new DatasetException(
                    "%s; and %d more of the %d label maps of %s cannot be used"
                            .formatted(found.getFirst().getMessage(), found.size() - 1, dataset.size(), dataset.name()),
                    found.getFirst());
        }
    }

    private static boolean isEmpty(ClassFrequencies frequencies) {
        return Arrays.stream(frequencies.pixels()).sum() == 0;
    }

    /** Puts the counts of the training labels into a run's provenance, so that going on needs no second survey. */
    static void put(Map<String, Object> provenance, ClassFrequencies frequencies) {
        provenance.put(PIXELS, boxed(frequencies.pixels()));
        provenance.put(WHERE_PRESENT, boxed(frequencies.pixelsWherePresent()));
    }

    private static List<Long> boxed(long[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    /**
     * The counts of a run: those of its provenance, or, of a run that has none, counted now.
     *
     * @throws DatasetException as {@link #of}
     */
    static ClassFrequencies of(Map<String, Object> provenance, Dataset trainSet) {
        long[] pixels = counts(provenance.get(PIXELS));
        long[] wherePresent = counts(provenance.get(WHERE_PRESENT));
        int classes = trainSet.classes().count();
        return pixels.length == classes && wherePresent.length == classes
                ? ClassFrequencies.of(pixels, wherePresent, trainSet.classes().ignoreIndex())
                : of(trainSet);
    }

    private static long[] counts(Object json) {
        return json instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)
                ? list.stream().mapToLong(count -> (long) count).toArray()
                : new long[0];
    }
}

package io.github.dsrl4j.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.util.ListStatistics;

/** The scalar kernels' answers: computed once a work, kept in a file, compared with in every process. */
final class Reference {
    private Reference() {}

    /**
     * Does the work with the scalar kernels, keeps the results in a file, and tells how long it took: since the answer is needed in any
     * case, the scalar kernels need no process of their own.
     */
    static Measurement write(Work work, Path file) throws IOException {
        Task task = Engine.SCALAR.prepare(work, 1);
        var times = new ArrayList<Double>();
        long begin = System.nanoTime();
        do {
            long start = System.nanoTime();
            task.run();
            times.add((double) (System.nanoTime() - start));
            if (times.size() == 1) {
                keep(task.results(), file);
            }
        } while (work instanceof KernelWork && System.nanoTime() - begin < Timing.SPECIFICATION_NANOSECONDS);
        var all = times.stream().mapToDouble(Double::doubleValue).toArray();
        return Measurement.of(new ListStatistics(all), times, Double.NaN, Double.NaN);
    }

    private static void keep(List<float[]> results, Path file) throws IOException {
        try (var out = new ObjectOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeObject(results.toArray(float[][]::new));
        }
    }

    /** What {@link #write} kept. */
    static List<float[]> read(Path file) throws IOException, ClassNotFoundException {
        try (var in = new ObjectInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return List.of((float[][]) in.readObject());
        }
    }

    /**
     * Compares results with the reference.
     *
     * @throws IllegalStateException if one is further from it than the work tolerates
     */
    static void check(Work work, List<float[]> results, List<float[]> expected) {
        if (results.size() != expected.size()) {
            throw new IllegalStateException(
                    "wrong answer: %d results instead of %d".formatted(results.size(), expected.size()));
        }
        for (int i = 0; i < results.size(); i++) {
            double error = error(results.get(i), expected.get(i));
            if (!(error <= work.tolerance(i))) {
                throw new IllegalStateException(
                        "wrong answer: result %d of %d is off by %.1e of its norm, where %.0e is allowed"
                                .formatted(i + 1, results.size(), error, work.tolerance(i)));
            }
        }
    }

    /** {@code |actual - expected| / |expected|} in the 2-norm. */
    static double error(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            double delta = (double) actual[i] - expected[i];
            difference += delta * delta;
            norm += (double) expected[i] * expected[i];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }
}

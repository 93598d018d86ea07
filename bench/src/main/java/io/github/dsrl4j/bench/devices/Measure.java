package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.kernel.opencl.Counters;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The program of one contestant's process: measures all loads on a device and prints a line about each as soon as it is known.
 *
 * <p>A run is repeated until the Java machine has compiled it.
 */
public final class Measure {
    /** How lines begin that are meant for the program that started this one; libraries may print others. */
    static final String MARK = "@dsrl4j ";

    private static final int SAMPLES = 64;
    private static final int LEAST_RUNS = 3;
    private static final int MOST_RUNS = 2000;

    private static final double CLEARLY = 0.95;
    private static final int STEADY_RUNS = 10;
    private static final int PATIENCE = 20;

    /** A run that takes as long is not repeated: everything in it was compiled while it ran. */
    private static final double LONG_RUN = 3;

    private final Device device;
    private final Scale scale;

    private Measure(Device device, Scale scale) {
        this.device = device;
        this.scale = scale;
    }

    /** Arguments: the device's name, and the {@link Scale}. */
    public static void main(String[] arguments) {
        // Libraries that print to standard output do not get in between.
        PrintStream out = System.out;
        System.setOut(System.err);
        var scale = Scale.valueOf(arguments[1]);
        Device device = Device.named(arguments[0]);
        out.println(MARK + Json.write(Facts.of(device).toJson()));
        var measure = new Measure(device, scale);
        for (Load load : loads(scale)) {
            Figures figures;
            try {
                figures = measure.of(load);
            } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
                figures = Figures.failed(load.name(), e.toString());
            }
            out.println(MARK + figures.toJson());
            out.flush();
        }
        // Threads of drivers may be left.
        System.exit(0);
    }

    /** All loads in the order of the table. */
    static List<Load> loads(Scale scale) {
        return Stream.concat(Operations.all(scale).stream(), Networks.all(scale).stream())
                .toList();
    }

    private Figures of(Load load) {
        Load.Running running = load.start().on(device);
        running.upload();
        running.run();
        float[][] first = running.download();
        warmUp(running);
        // Training steps are compared by their first losses, all else repeats itself.
        float[][] results = load.kind() == Load.Kind.TRAINING ? running.download() : first;
        boolean copied = !(device instanceof CpuDevice);
        double[] computing = times(running::run);
        double[] uploads = copied ? times(running::upload) : new double[1];
        double[] downloads = copied ? times(running::download) : new double[1];
        Counters within = counted(running);
        return new Figures(
                load.name(),
                quantile(computing, 0.5),
                quantile(uploads, 0.5),
                quantile(downloads, 0.5),
                computing.length,
                (quantile(computing, 0.75) - quantile(computing, 0.25)) / quantile(computing, 0.5),
                within.launches(),
                within.uploads() + within.downloads(),
                within.uploadedBytes() + within.downloadedBytes(),
                samples(results),
                scales(results),
                null);
    }

    private Counters counted(Load.Running running) {
        if (!(device instanceof OpenClDevice opencl)) {
            return new Counters(0, 0, 0, 0, 0, 0, 0);
        }
        Counters before = opencl.counters();
        running.run();
        return opencl.counters().since(before);
    }

    /** Until for some time and some runs none was clearly faster than all before: then the compiler has nothing more to add. */
    private void warmUp(Load.Running running) {
        double best = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        long improved = begin;
        int runs = 0;
        do {
            long start = System.nanoTime();
            running.run();
            double time = since(start);
            if (time > LONG_RUN) {
                return;
            }
            runs++;
            if (time < CLEARLY * best) {
                best = time;
                improved = System.nanoTime();
                runs = 0;
            }
        } while ((runs < STEADY_RUNS || since(improved) < scale.warmUpSeconds())
                && since(begin) < PATIENCE * scale.warmUpSeconds());
    }

    private double[] times(Runnable work) {
        double[] times = new double[MOST_RUNS];
        int count = 0;
        long begin = System.nanoTime();
        do {
            long start = System.nanoTime();
            work.run();
            times[count++] = System.nanoTime() - start;
        } while (count < MOST_RUNS
                && (since(begin) < scale.seconds() || (count < LEAST_RUNS && times[0] < LONG_RUN * 1e9)));
        double[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private static double since(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** Some elements of each result, spread over it. */
    private static double[] samples(float[][] results) {
        return Arrays.stream(results)
                .flatMapToDouble(result -> IntStream.range(0, Math.min(SAMPLES, result.length))
                        .mapToDouble(i -> result[(int) ((long) i * result.length / Math.min(SAMPLES, result.length))]))
                .toArray();
    }

    private static double[] scales(float[][] results) {
        return Arrays.stream(results)
                .flatMapToDouble(result -> {
                    double scale = rootMeanSquare(result);
                    return IntStream.range(0, Math.min(SAMPLES, result.length)).mapToDouble(i -> scale);
                })
                .toArray();
    }

    private static double rootMeanSquare(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }
}

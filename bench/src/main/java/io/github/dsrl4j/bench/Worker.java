package io.github.dsrl4j.bench;

import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The process in which a row is measured: JMH, one iteration a turn. */
public final class Worker {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private Worker() {}

    /** The command line that {@link #main} reads. */
    static List<String> arguments(Entry entry, Timing timing, String reference) {
        return List.of(
                entry.work().name(),
                entry.contender().label(),
                Integer.toString(entry.threads()),
                reference,
                Integer.toString(timing.warmups()),
                Integer.toString(timing.iterations()),
                Integer.toString(timing.milliseconds()));
    }

    /** Measures and says what came of it. */
    public static void main(String[] arguments) {
        // Standard output is for the baton alone.
        System.setOut(System.err);
        try {
            Baton.say(Baton.RESULT + measure(arguments).toJson());
        } catch (RunnerException | RuntimeException e) {
            Throwable cause = cause(e);
            if (cause instanceof UnsupportedOperationException) {
                Baton.say(Baton.ABSENT + cause.getMessage());
            } else {
                Baton.say(Baton.FAILED + (cause instanceof IllegalStateException ? cause.getMessage() : cause));
            }
        }
        // Libraries may have left threads behind that would keep the Java machine alive.
        System.exit(0);
    }

    private static Measurement measure(String... arguments) throws RunnerException {
        var iteration = TimeValue.milliseconds(Long.parseLong(arguments[6]));
        var options = new OptionsBuilder()
                .include("^" + Pattern.quote(RowBenchmark.class.getName() + ".run") + "$")
                .param("work", arguments[0])
                .param("contender", arguments[1])
                .param("threads", arguments[2])
                .param("reference", arguments[3])
                // This process is the fork.
                .forks(0)
                .warmupIterations(Integer.parseInt(arguments[4]))
                .warmupTime(iteration)
                .measurementIterations(Integer.parseInt(arguments[5]))
                .measurementTime(iteration)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        RunResult result = new Runner(options).runSingle();
        List<Double> blocks = result.getBenchmarkResults().stream()
                .flatMap(run -> run.getIterationResults().stream())
                .map(Worker::median)
                .toList();
        return Measurement.of(
                result.getPrimaryResult().getStatistics(),
                blocks,
                result.getSecondaryResults().get(ALLOCATION).getScore(),
                Memory.peakBytes().stream().asDoubleStream().findFirst().orElse(Double.NaN));
    }

    private static double median(IterationResult iteration) {
        return iteration.getPrimaryResult().getStatistics().getPercentile(50);
    }

    /** What went wrong in the benchmark itself, which JMH wraps several times. */
    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return cause;
    }
}

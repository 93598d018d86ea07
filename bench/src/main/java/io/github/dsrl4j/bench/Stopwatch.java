package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Entry.Timing;
import io.github.dsrl4j.bench.Row.Measurement;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures rows with JMH. */
final class Stopwatch {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private Stopwatch() {}

    /**
     * Checks and times a row in processes of its own.
     *
     * @throws IllegalStateException if the answer is wrong, or the process fails
     */
    static Measurement measure(Entry entry, Timing timing, Path reference) {
        var iteration = TimeValue.milliseconds(timing.milliseconds());
        var options = new OptionsBuilder()
                .include("^" + Pattern.quote(RowBenchmark.class.getName() + ".run") + "$")
                .param("work", entry.work().name())
                .param("contender", entry.contender().label())
                .param("threads", Integer.toString(entry.threads()))
                .param("reference", reference.toString())
                .forks(timing.forks())
                .warmupIterations(timing.warmups())
                .warmupTime(iteration)
                .measurementIterations(timing.iterations())
                .measurementTime(iteration)
                .jvmArgsAppend(entry.contender().jvmOptions().toArray(String[]::new))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        RunResult result = run(options);
        return Measurement.of(
                result.getPrimaryResult().getStatistics(),
                result.getSecondaryResults().get(ALLOCATION).getScore());
    }

    /** Keeps back what the processes print, such as the JVM's word on its incubating module, unless they fail. */
    private static RunResult run(Options options) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var printed = new ByteArrayOutputStream();
        var held = new PrintStream(printed, true, StandardCharsets.UTF_8);
        try {
            System.setOut(held);
            System.setErr(held);
            return new Runner(options).runSingle();
        } catch (RunnerException e) {
            err.print(printed.toString(StandardCharsets.UTF_8));
            throw new IllegalStateException(reason(e), e);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** The message of what went wrong in the benchmark itself, which JMH wraps several times. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return cause instanceof IllegalStateException ? cause.getMessage() : cause.toString();
    }
}

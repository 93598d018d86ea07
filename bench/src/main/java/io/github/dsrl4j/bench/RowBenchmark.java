package io.github.dsrl4j.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The one benchmark: any contender at any work. Every row is a process of its own, in which nothing else has told the compiler
 * what is common and what is rare.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowBenchmark {
    @Param("")
    public String work;

    @Param("")
    public String contender;

    @Param("1")
    public int threads;

    /** The file with the scalar kernels' answer. */
    @Param("")
    public String reference;

    private Task task;

    public RowBenchmark() {}

    /** Makes the task and checks its answer. */
    @Setup(Level.Trial)
    public void prepare() throws IOException, ClassNotFoundException {
        Work asked = Suite.work(work);
        task = Suite.contender(contender).prepare(asked, threads);
        task.run();
        Reference.check(asked, task.results(), Reference.read(Path.of(reference)));
        Baton.say(Baton.READY);
    }

    @Setup(Level.Iteration)
    public void awaitTurn() {
        Baton.await();
    }

    /** Writes to arrays that live on, so that no part of it can be left out. */
    @Benchmark
    public void run() {
        task.run();
    }

    @TearDown(Level.Iteration)
    public void endTurn() {
        Baton.say(Baton.DONE);
    }
}

package io.github.dsrl4j.bench;

import java.util.List;
import java.util.function.Supplier;

/** A work made ready by a contender: inputs in place, outputs allocated. */
public interface Task {
    /** Does the work once; this is what is timed. */
    void run();

    /** What the first run computed, in the order that the work's documentation gives. */
    List<float[]> results();

    static Task of(Runnable run, Supplier<List<float[]>> results) {
        return new Task() {
            @Override
            public void run() {
                run.run();
            }

            @Override
            public List<float[]> results() {
                return results.get();
            }
        };
    }
}

package io.github.dsrl4j.bench;

import java.util.List;

/**
 * One way to do the work. A contender runs in a process of its own for every row, where its answer is checked against the scalar
 * kernels' before it is timed.
 */
public interface Contender {
    /** The name in the table. */
    String label();

    /** Whether the suite shall have rows of this contender on this work. */
    boolean enters(Work work);

    /** Whether it can be told how many threads to use; otherwise it has rows for one thread only. */
    boolean scales();

    /** Options that its Java machine needs beside those of the suite's own. */
    default List<String> jvmOptions() {
        return List.of();
    }

    /** Makes the work ready to run on that many threads. */
    Task prepare(Work work, int threads);
}

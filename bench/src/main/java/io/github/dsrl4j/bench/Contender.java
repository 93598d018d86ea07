package io.github.dsrl4j.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One way to do the work. A contender runs in a process of its own for every row, where its answer is checked against the scalar
 * kernels' before it is timed.
 */
interface Contender {
    /** The name in the table. */
    String label();

    /** Whether this is not the project's own, but what it is compared with. */
    boolean isPeer();

    /** Whether the suite shall have rows of this contender on this work. */
    boolean enters(Work work);

    /** Whether it can be told how many threads to use; otherwise it has rows for one thread only. */
    boolean scales();

    /** Why this machine cannot run it on this work; empty where it can. */
    default Optional<String> obstacle(Work work) {
        return Optional.empty();
    }

    /** What its Java machine needs on the class path beside the suite's own. */
    default List<Path> libraries() {
        return List.of();
    }

    /** Options that its Java machine needs beside those of the suite's own. */
    default List<String> jvmOptions(Work work) {
        return List.of();
    }

    /** Environment variables that its process needs. */
    default Map<String, String> environment(int threads) {
        return Map.of();
    }

    /**
     * Makes the work ready to run on that many threads.
     *
     * @throws UnsupportedOperationException if this machine lacks what it takes
     */
    Task prepare(Work work, int threads);
}

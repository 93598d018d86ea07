package io.github.dsrl4j.bench;

/** How another library does the works; found by {@link java.util.ServiceLoader} in the processes that have it on the class path. */
public interface PeerProvider {
    /** The name in the table. */
    String label();

    /** As {@link Contender#prepare}, which promises the same answer. */
    Task prepare(Work work, int threads);
}

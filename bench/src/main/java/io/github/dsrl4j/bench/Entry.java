package io.github.dsrl4j.bench;

/** A row to be measured: who does what on how many threads. */
record Entry(Section section, Work work, Contender contender, int threads) {
    /** What {@code --filter} looks at: {@code matmul 1024x1024x1024, forward vector 2}. */
    String label() {
        return work.name() + " " + contender.label() + " " + threads;
    }

    /** Whether the rows are measured in turns, and compared: contenders at the same work with as many threads. */
    boolean meets(Entry other) {
        return work.equals(other.work) && threads == other.threads;
    }
}

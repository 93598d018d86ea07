package io.github.dsrl4j.bench;

/** A row to be measured: who does what on how many threads. */
record Entry(Section section, Work work, Contender contender, int threads) {
    /** What {@code --filter} looks at: {@code matmul 1024x1024x1024, forward vector 2}. */
    String label() {
        return work.name() + " " + contender.label() + " " + threads;
    }

    /** How long it is measured. */
    Timing timing(boolean quick, int forks) {
        if (quick) {
            return Timing.QUICK;
        }
        return switch (work) {
            case NetworkWork network -> new Timing(forks, 3, 5, 2000);
            case KernelWork kernel when contender == Engine.SCALAR -> Timing.SPECIFICATION;
            case KernelWork kernel -> new Timing(forks, 2, 3, 1000);
            case MachineWork limit -> new Timing(forks, 2, 3, 1000);
        };
    }

    /**
     * Iterations last {@code milliseconds}, but at least one run of the task.
     *
     * @param forks processes one after the other, since what the Java machine makes of a program differs from one to the next
     * @param warmups iterations that do not count, in each process
     * @param iterations that count, in each process
     */
    record Timing(int forks, int warmups, int iterations, int milliseconds) {
        /** Shows that everything works; the figures mean little, since the Java machine is still compiling. */
        private static final Timing QUICK = new Timing(1, 1, 1, 100);

        /** One run of the specification can take many seconds, and nobody needs its speed to the per cent. */
        private static final Timing SPECIFICATION = new Timing(1, 1, 1, 1000);
    }
}

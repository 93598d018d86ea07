package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.NetworkWork.Duty;

/**
 * How long a row is measured. Iterations last {@code milliseconds}, but at least one run of the task.
 *
 * @param warmups iterations that do not count, in which the Java machine compiles; a kernel takes it a second
 * @param iterations that count
 */
record Timing(int warmups, int iterations, int milliseconds) {
    /** For how long the scalar kernels repeat a work; nobody needs their speed to the per cent. */
    static final long SPECIFICATION_NANOSECONDS = 200_000_000;

    /** From this number of positions on, one run of the plain formula takes seconds. */
    private static final int MANY_POSITIONS = 8192;

    static Timing of(Work work, boolean quick) {
        Timing whole = switch (work) {
            case MachineWork limit -> new Timing(3, 6, 200);
            case KernelWork(AffinityOperation loss, boolean backward)
            when loss.positions() >= MANY_POSITIONS -> new Timing(4, 4, 300);
            case KernelWork kernel -> new Timing(20, 8, 100);
            case NetworkWork network when network.isLarger() -> new Timing(6, 4, 500);
            case NetworkWork network when network.duty() == Duty.INFERENCE -> new Timing(10, 8, 500);
            case NetworkWork network -> new Timing(6, 4, 1500);
        };
        return quick ? whole.quick() : whole;
    }

    /** Fewer and shorter iterations that count, and half the time to warm up. */
    private Timing quick() {
        return new Timing(warmups, (iterations + 1) / 2, milliseconds / 2);
    }
}

package io.github.dsrl4j.bench;

/**
 * Something to be computed, on inputs that are the same in every process, so that the answers of all contenders can be compared.
 * The records that implement it say what is asked; contenders from outside read them.
 */
public sealed interface Work permits MachineWork, KernelWork, NetworkWork {
    /** Names the work, and seeds its inputs; no other work has the name. */
    String name();

    /** What has to be done, whoever does it. */
    Effort effort();

    /**
     * How far a result may be from the reference: 2-norm of the difference over 2-norm of the reference. The default is some tens of
     * rounding errors of float, which sums in another order need; one wrong element among many millions exceeds it.
     */
    default double tolerance(int result) {
        return 1e-5;
    }

    /**
     * The least that has to be done.
     *
     * @param flops floating-point operations, a multiply-add being two; 0 where arithmetic is not what takes the time
     * @param bytes of inputs and outputs of each kernel call, once each; 0 where that is not known
     */
    record Effort(long flops, long bytes) {
        static Effort ofFloats(long flops, long floats) {
            return new Effort(flops, Float.BYTES * floats);
        }

        Effort times(int calls) {
            return new Effort(calls * flops, calls * bytes);
        }
    }
}

package io.github.dsrl4j.bench;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.util.List;
import java.util.Locale;

/** This project's own ways to do the work. */
enum Engine implements Contender {
    /** The specification, which also gives the answers that all others are checked against. */
    SCALAR,
    /** The Vector API; a network runs operation by operation. */
    VECTOR,
    /** A network compiled for inference, on the vector kernels. */
    PLAN;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean enters(Work work) {
        return switch (this) {
            case SCALAR -> work instanceof KernelWork;
            case VECTOR -> true;
            case PLAN -> work instanceof NetworkWork network && !network.training();
        };
    }

    @Override
    public boolean scales() {
        return this != SCALAR;
    }

    @Override
    public Task prepare(Work work, int threads) {
        return switch (work) {
            case MachineWork limit when this == SCALAR -> Task.of(() -> {}, () -> List.of(limit.expected()));
            case MachineWork limit -> limit.on(threads);
            case KernelWork kernel -> kernel.on(this == SCALAR ? new ScalarKernels() : new VectorKernels(threads));
            case NetworkWork network -> {
                useProcessor(threads);
                yield this == PLAN ? network.planned() : network.onProcessor();
            }
        };
    }

    /** Networks live on the one processor of this Java machine, whose kernels are chosen when it is first used. */
    private void useProcessor(int threads) {
        System.setProperty("dsrl4j.kernels", this == SCALAR ? "scalar" : "vector");
        System.setProperty("dsrl4j.threads", Integer.toString(threads));
        Kernels kernels = Device.cpu().kernels();
        boolean asAsked = this == SCALAR
                ? kernels instanceof ScalarKernels
                : kernels instanceof VectorKernels vector && vector.threads() == threads;
        if (!asAsked) {
            throw new IllegalStateException("bench: %s kernels with %d threads were asked for, but this process has %s"
                    .formatted(label(), threads, Device.cpu().description()));
        }
    }
}

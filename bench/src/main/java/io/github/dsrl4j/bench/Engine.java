package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.NetworkWork.Duty;
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
    public boolean isPeer() {
        return false;
    }

    @Override
    public boolean enters(Work work) {
        return switch (this) {
            case SCALAR ->
                work instanceof KernelWork kernel && !kernel.operation().repeats();
            case VECTOR -> !(work instanceof NetworkWork network && network.isLarger());
            case PLAN -> work instanceof NetworkWork network && network.duty() == Duty.INFERENCE;
        };
    }

    @Override
    public boolean scales() {
        return this != SCALAR;
    }

    @Override
    public List<String> jvmOptions(Work work) {
        return work instanceof KernelWork(AffinityOperation loss, boolean backward)
                ? List.of("-Xmx" + AffinityOperation.HEAP_MEGABYTES + "m")
                : List.of();
    }

    @Override
    public Task prepare(Work work, int threads) {
        return switch (work) {
            case MachineWork limit when this == SCALAR -> Task.of(() -> {}, () -> List.of(limit.expected()));
            case MachineWork limit -> limit.on(threads);
            case KernelWork kernel when this == SCALAR -> kernel.specified();
            case KernelWork kernel -> kernel.on(new VectorKernels(threads));
            case NetworkWork network -> {
                useProcessor(threads);
                yield switch (this) {
                    case SCALAR -> network.specified();
                    case VECTOR -> network.onProcessor();
                    case PLAN -> network.planned();
                };
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

package io.github.dsrl4j.tensor;

import io.github.dsrl4j.tensor.kernel.Kernels;

/**
 * Where a tensor lives and which kernels work on it. All operands of an operation live on one device; moving is explicit
 * ({@link Tensor#to}).
 */
public interface Device {
    /** The name by which a user chooses it, such as {@code cpu}. */
    String name();

    /** The kernels that work on this device's memory. */
    Kernels kernels();

    /** What was chosen (vector width, threads, library) and why, in one line. */
    String description();

    /**
     * Memory for {@code length} floats with unspecified contents. Inside {@link StepMemory#run} it is lent by the step and
     * taken back at its end.
     *
     * @throws OutOfMemoryError when there is none left
     */
    Storage allocate(int length);

    /** Copies from the host into storage of this device. */
    void upload(float[] source, int sourceOffset, Storage target, int targetOffset, int length);

    /** Copies from storage of this device to the host. */
    void download(Storage source, int sourceOffset, float[] target, int targetOffset, int length);

    /** The processor of this machine with the best kernels it can run, made once. */
    static Device cpu() {
        return CpuDevice.shared();
    }
}

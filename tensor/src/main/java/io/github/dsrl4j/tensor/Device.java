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
     * @throws OutOfMemoryError when the heap has none left; a device with memory of its own throws a {@link
     *     io.github.dsrl4j.tensor.kernel.opencl.DeviceMemoryException} with the figures
     */
    Storage allocate(int length);

    /** Copies from the host into storage of this device; {@code targetOffset} counts from the storage's own beginning. */
    void upload(float[] source, int sourceOffset, Storage target, int targetOffset, int length);

    /** Copies from storage of this device to the host; {@code sourceOffset} counts from the storage's own beginning. */
    void download(Storage source, int sourceOffset, float[] target, int targetOffset, int length);

    /** The processor of this machine with the best kernels it can run, made once. */
    static Device cpu() {
        return CpuDevice.shared();
    }

    /**
     * The device of this name: {@code cpu}, or {@code opencl:N} for an OpenCL device by its number, {@code opencl} for the first. An
     * OpenCL device is opened anew at each call, with memory of its own.
     *
     * @throws IllegalArgumentException if there is no such device; the message says what there is
     */
    static Device named(String name) {
        if (name.equals("cpu")) {
            return cpu();
        }
        if (name.equals("opencl")) {
            return OpenClDevice.open(0);
        }
        String number = name.startsWith("opencl:") ? name.substring("opencl:".length()) : "";
        if (!number.matches("\\d{1,4}")) {
            throw new IllegalArgumentException(
                    "device: '%s' is none; use cpu, opencl, or opencl:N with the number of a device".formatted(name));
        }
        return OpenClDevice.open(Integer.parseInt(number));
    }
}

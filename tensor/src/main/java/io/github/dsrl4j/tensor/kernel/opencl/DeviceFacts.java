package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * What an OpenCL device says of itself.
 *
 * @param index its number in {@code opencl:N}
 * @param name the name of the device, as its driver gives it
 * @param platform name, vendor and version of the driver
 * @param gpu whether it wants kernels for graphics processors: local memory and coalesced loads
 * @param computeUnits cores, multiprocessors or what the vendor counts
 * @param globalBytes its memory
 * @param localBytes the memory that the work items of a group share
 * @param bufferBytes the largest buffer that it can hold
 */
public record DeviceFacts(
        int index,
        String name,
        String platform,
        boolean gpu,
        int computeUnits,
        long globalBytes,
        long localBytes,
        long bufferBytes) {

    @Override
    public String toString() {
        return "opencl:%d, %s %s, %d compute units, %d MiB, %s"
                .formatted(index, gpu ? "GPU" : "CPU", name, computeUnits, globalBytes >> 20, platform);
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.List;

/**
 * Which OpenCL devices this machine has. Aparapi, which translates the kernels and talks to the driver, is optional: without it, or
 * without a driver, there are none, and {@link Devices#reason} says why.
 */
public final class OpenCl {
    /**
     * The devices in the order of their numbers, and how it came to that.
     *
     * @param reason one line for a person: what was found, or why nothing was
     */
    public record Devices(List<DeviceFacts> list, String reason) {}

    private OpenCl() {}

    /** Asks the drivers; takes a moment at the first call. */
    public static Devices devices() {
        try {
            List<DeviceFacts> found = Drivers.list();
            return found.isEmpty()
                    ? none("no OpenCL device answers: install the driver of the graphics card, or PoCL "
                            + "(Debian: pocl-opencl-icd) for OpenCL on the processor")
                    : new Devices(found, found.size() == 1 ? "1 OpenCL device" : found.size() + " OpenCL devices");
        } catch (LinkageError e) {
            return none(
                    isMissing(e, "com/aparapi")
                            ? "Aparapi is missing: put aparapi, aparapi-jni and bcel on the path"
                            : "OpenCL cannot be loaded: " + e);
        }
    }

    /**
     * Opens a device: translates and builds its kernels, and reserves its memory.
     *
     * @param index the number in {@code opencl:N}
     * @throws IllegalArgumentException if there is no such device
     * @throws DeviceMemoryException if its memory, or the mirror of it on the heap, cannot be had
     */
    public static OpenClContext open(int index, OpenClOptions options) {
        Devices devices = devices();
        if (devices.list().isEmpty()) {
            throw new IllegalArgumentException("opencl:%d: %s".formatted(index, devices.reason()));
        }
        if (index < 0 || index >= devices.list().size()) {
            throw new IllegalArgumentException("opencl:%d: there is no such device; this machine has %s"
                    .formatted(
                            index,
                            devices.list().stream().map(DeviceFacts::toString).toList()));
        }
        return new OpenClContext(devices.list().get(index), Drivers.device(index), options);
    }

    private static Devices none(String reason) {
        return new Devices(List.of(), reason);
    }

    private static boolean isMissing(LinkageError e, String name) {
        return e instanceof NoClassDefFoundError
                && e.getMessage() != null
                && e.getMessage().contains(name);
    }
}

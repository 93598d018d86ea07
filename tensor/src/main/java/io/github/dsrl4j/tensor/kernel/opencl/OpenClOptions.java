package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.Locale;

/**
 * How a device is opened.
 *
 * @param arenaBytes the memory to reserve on it, which the heap has to mirror; 0 for a share of what the device and the heap have
 * @param variant which kernels to use
 */
public record OpenClOptions(long arenaBytes, Variant variant) {
    /** Kernels for processors or for graphics processors; AUTO decides by the type of the device. */
    public enum Variant {
        AUTO,
        CPU,
        GPU
    }

    /**
     * From the system properties {@code dsrl4j.opencl.arena}, such as {@code 512m} or {@code 3g} (a plain number counts
     * bytes), and {@code dsrl4j.opencl.variant}: {@code auto}, {@code cpu} or {@code gpu}.
     */
    public static OpenClOptions fromProperties() {
        return new OpenClOptions(
                bytes(System.getProperty("dsrl4j.opencl.arena", "0")),
                variant(System.getProperty("dsrl4j.opencl.variant", "auto")));
    }

    private static Variant variant(String name) {
        return switch (name) {
            case "auto" -> Variant.AUTO;
            case "cpu" -> Variant.CPU;
            case "gpu" -> Variant.GPU;
            default ->
                throw new IllegalArgumentException(
                        "dsrl4j.opencl.variant: no kernels are called '" + name + "'; use auto, cpu or gpu");
        };
    }

    static long bytes(String text) {
        String number = text.strip().toLowerCase(Locale.ROOT);
        long unit = switch (number.isEmpty() ? ' ' : number.charAt(number.length() - 1)) {
            case 'k' -> 1L << 10;
            case 'm' -> 1L << 20;
            case 'g' -> 1L << 30;
            default -> 1;
        };
        try {
            long bytes = Math.multiplyExact(
                    Long.parseLong(unit == 1 ? number : number.substring(0, number.length() - 1)), unit);
            if (bytes < 0) {
                throw new NumberFormatException("negative");
            }
            return bytes;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "dsrl4j.opencl.arena: '%s' is no size; write for example 512m or 2g".formatted(text), e);
        }
    }
}

package io.github.dsrl4j.tensor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import io.github.dsrl4j.tensor.kernel.opencl.OpenClOptions;
import java.util.Optional;

/** The first OpenCL device of this machine, opened once for all tests that use it; they are skipped where there is none. */
public final class OpenClTestDevice {
    private static final long ARENA = 320L << 20;

    private OpenClTestDevice() {}

    /** The device, if there is one. */
    public static Optional<OpenClDevice> find() {
        return Opened.DEVICE;
    }

    /** The device; skips the test where there is none. */
    public static OpenClDevice require() {
        assumeTrue(find().isPresent(), () -> "skipped: " + OpenCl.devices().reason());
        return find().get();
    }

    private static final class Opened {
        static final Optional<OpenClDevice> DEVICE = OpenCl.devices().list().isEmpty()
                ? Optional.empty()
                : Optional.of(OpenClDevice.open(0, new OpenClOptions(ARENA, OpenClOptions.Variant.CPU)));
    }
}

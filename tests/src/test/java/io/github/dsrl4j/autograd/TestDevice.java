package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.function.Supplier;

/** The devices that operations are tested on. One that this machine lacks is skipped, test by test, and says why. */
enum TestDevice {
    /** The specification: plain loops on one thread. */
    SCALAR(() -> Scalar.DEVICE),
    /** The kernels that are used if nothing else is asked for. */
    CPU(Device::cpu),
    OPENCL(OpenClTestDevice::require);

    @SuppressWarnings("ImmutableEnumChecker") // a supplier without a state
    private final Supplier<Device> device;

    TestDevice(Supplier<Device> device) {
        this.device = device;
    }

    /** The device, which all tests share; skips the test where there is none. */
    Device require() {
        return device.get();
    }

    private static final class Scalar {
        static final Device DEVICE = new CpuDevice(KernelChoice.scalar("the specification, for tests"));
    }
}

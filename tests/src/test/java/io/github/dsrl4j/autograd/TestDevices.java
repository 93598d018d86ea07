package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.List;
import java.util.stream.Stream;

/** The devices that operations are tested on. */
final class TestDevices {
    static final Device SCALAR = new CpuDevice(KernelChoice.scalar("the specification, for tests"));

    /** With an OpenCL device, if this machine has one. */
    static final List<Device> ALL = Stream.concat(Stream.of(SCALAR, Device.cpu()), OpenClTestDevice.find().stream())
            .toList();

    private TestDevices() {}
}

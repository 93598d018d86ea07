package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.List;

/** The devices that operations are tested on: the specification, and what programs use. */
final class TestDevices {
    static final Device SCALAR = new CpuDevice(KernelChoice.scalar("the specification, for tests"));

    static final List<Device> ALL = List.of(SCALAR, Device.cpu());

    private TestDevices() {}
}

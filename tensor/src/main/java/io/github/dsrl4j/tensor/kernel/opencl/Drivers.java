package io.github.dsrl4j.tensor.kernel.opencl;

import com.aparapi.Config;
import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Logger;

/** The devices as Aparapi finds them; kept apart so that Aparapi's classes are loaded only where they exist. */
final class Drivers {
    private Drivers() {}

    /** Without a word of Aparapi's own: that there is no driver, {@link OpenCl.Devices#reason} says. */
    static List<DeviceFacts> list() {
        Logger logger = Logger.getLogger(Config.getLoggerName());
        Filter before = logger.getFilter();
        logger.setFilter(entry -> false);
        try {
            return facts(OpenCLDevice.listDevices(null));
        } finally {
            logger.setFilter(before);
        }
    }

    private static List<DeviceFacts> facts(List<OpenCLDevice> devices) {
        List<DeviceFacts> facts = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            facts.add(facts(i, devices.get(i)));
        }
        return List.copyOf(facts);
    }

    static OpenCLDevice device(int index) {
        OpenCLDevice device = OpenCLDevice.listDevices(null).get(index);
        // Shared, which is the default, maps the heap itself; the collector then moves the data away under the device.
        device.setSharedMemory(false);
        return device;
    }

    private static DeviceFacts facts(int index, OpenCLDevice device) {
        var platform = device.getOpenCLPlatform();
        String name = device.getName() == null ? device.getShortDescription() : device.getName();
        return new DeviceFacts(
                index,
                name.strip(),
                "%s, %s".formatted(platform.getName(), platform.getVersion()).strip(),
                device.getType() != Device.TYPE.CPU,
                device.getMaxComputeUnits(),
                device.getGlobalMemSize(),
                device.getLocalMemSize(),
                device.getMaxMemAllocSize());
    }
}

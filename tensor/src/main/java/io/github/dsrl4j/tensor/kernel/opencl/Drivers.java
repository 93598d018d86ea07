package io.github.dsrl4j.tensor.kernel.opencl;

import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import java.util.ArrayList;
import java.util.List;

/** The devices as Aparapi finds them; kept apart so that Aparapi's classes are loaded only where they exist. */
final class Drivers {
    private static final String LOG_LEVEL = "com.aparapi.logLevel";

    private Drivers() {}

    /** Without a word of Aparapi's own, unless somebody asks for it: that there is no driver, {@link OpenCl.Devices#reason} says. */
    static List<DeviceFacts> list() {
        String level = System.getProperty(LOG_LEVEL);
        if (level != null && !level.equals("SEVERE")) {
            return facts(OpenCLDevice.listDevices(null));
        }
        // Aparapi reads it once, when its classes are loaded, which is here.
        System.setProperty(LOG_LEVEL, "OFF");
        try {
            return facts(OpenCLDevice.listDevices(null));
        } finally {
            if (level == null) {
                System.clearProperty(LOG_LEVEL);
            } else {
                System.setProperty(LOG_LEVEL, level);
            }
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

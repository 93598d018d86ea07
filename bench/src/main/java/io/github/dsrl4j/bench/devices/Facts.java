package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.opencl.DeviceFacts;
import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a device is.
 *
 * @param name of the hardware
 * @param computeUnits processors, multiprocessors or what the vendor counts
 * @param memoryBytes its memory; of the processor, what the Java heap may take
 * @param driver with its version
 * @param kernels what computes on it, and why that was chosen
 */
record Facts(String name, int computeUnits, long memoryBytes, String driver, String kernels) {
    private static final Path LINUX_PROCESSORS = Path.of("/proc/cpuinfo");

    /** Of a device whose process did not get as far as to tell. */
    static Facts unknown(String why) {
        return new Facts("?", 0, 0, "?", why);
    }

    static Facts of(Device device) {
        if (device.name().startsWith("opencl:")) {
            int index = Integer.parseInt(device.name().substring("opencl:".length()));
            DeviceFacts facts = OpenCl.devices().list().get(index);
            return new Facts(
                    (facts.gpu() ? "GPU " : "CPU ") + facts.name(),
                    facts.computeUnits(),
                    facts.globalBytes(),
                    facts.platform(),
                    device.description());
        }
        return new Facts(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory(),
                "Java " + Runtime.version(),
                device.description());
    }

    private static String processor() {
        try (var lines = Files.lines(LINUX_PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** One line for a person. */
    String line() {
        return computeUnits == 0
                ? kernels
                : "%s, %d compute units, %.1f GiB, %s"
                        .formatted(name, computeUnits, memoryBytes / (double) (1 << 30), driver);
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", name);
        json.put("compute_units", computeUnits);
        json.put("memory_bytes", memoryBytes);
        json.put("driver", driver);
        json.put("kernels", kernels);
        return json;
    }

    static Facts parse(String text) {
        Map<String, Object> json = Json.parseObject(text);
        return new Facts(
                (String) json.get("name"),
                ((Number) json.get("compute_units")).intValue(),
                ((Number) json.get("memory_bytes")).longValue(),
                (String) json.get("driver"),
                (String) json.get("kernels"));
    }
}

package io.github.dsrl4j.bench;

import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures hold for. */
final class Host {
    private static final Path LINUX_PROCESSORS = Path.of("/proc/cpuinfo");

    private Host() {}

    /** Software, processor, and how busy it is, in the order in which it is said. */
    static Map<String, Object> describe() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("dsrl4j", Version.current());
        facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("java_options", ManagementFactory.getRuntimeMXBean().getInputArguments());
        facts.put("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
        facts.put("processor", processor());
        facts.put("processors", system.getAvailableProcessors());
        facts.put("vector_lanes", new VectorKernels(1).lanes());
        facts.put(
                "peers",
                Peer.LIBTORCH.libraries().stream()
                        .map(jar -> jar.getFileName().toString())
                        .toList());
        // Negative where the system does not say.
        facts.put("load_before", Math.round(10 * system.getSystemLoadAverage()) / 10.0);
        return facts;
    }

    private static String processor() {
        try (var lines = Files.lines(LINUX_PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}

package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import io.github.dsrl4j.tensor.kernel.opencl.DeviceFacts;
import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dsrl doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Says what this machine offers, what was chosen and why, and what is wrong; exit status 1 if something "
                        + "keeps the program from working.")
final class DoctorCommand implements Callable<Integer> {
    private static final Runtime.Version OLDEST_SOUND_JAVA = Runtime.Version.parse("25.0.3");
    private static final long LITTLE_HEAP = 2L << 30;
    private static final String COMPACT_HEADERS = "-XX:+UseCompactObjectHeaders";

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // for its options alone
    private Machine machine;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() {
        var findings = new ArrayList<Finding>(List.of(java(), headers(), system(), heap(), images()));
        Device cpu = null;
        try {
            cpu = Device.cpu();
            findings.addAll(List.of(vector(cpu), kernels(cpu), matrixProduct(cpu), SelfCheck.of(cpu.kernels())));
        } catch (LinkageError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            findings.add(Finding.failed("kernels", "cannot be set up: " + cause.getMessage()));
        }
        findings.add(openCl());
        boolean works = findings.stream().noneMatch(finding -> finding.status() == Finding.Status.FAILED);
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(toJson(findings, cpu, works)));
        } else {
            tell(findings, works);
        }
        return works ? 0 : 1;
    }

    private static Finding java() {
        String text = "%s, %s %s, in %s"
                .formatted(
                        Runtime.version(),
                        System.getProperty("java.vendor"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.home"));
        return Runtime.version().compareToIgnoreOptional(OLDEST_SOUND_JAVA) < 0
                ? Finding.warning(
                        "java",
                        text + "; before 25.0.3, arrays that native libraries hold can move (JDK-8377811): update")
                : Finding.ok("java", text);
    }

    private static Finding headers() {
        boolean compact =
                ManagementFactory.getRuntimeMXBean().getInputArguments().contains(COMPACT_HEADERS);
        return compact
                ? Finding.warning(
                        "jvm options", COMPACT_HEADERS + " is not sound on Java 25 (JDK-8380060): leave it out")
                : Finding.ok(
                        "jvm options",
                        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    }

    private static Finding system() {
        return Finding.ok(
                "system",
                "%s %s, %s, %d processors"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors()));
    }

    private static Finding heap() {
        long most = Runtime.getRuntime().maxMemory();
        String text = String.format(Locale.ROOT, "%.1f GiB at most", most / (double) (1L << 30));
        return most < LITTLE_HEAP
                ? Finding.warning("heap", text + "; training may need more: DSRL_JAVA_OPTS=-Xmx4g")
                : Finding.ok("heap", text);
    }

    private static Finding images() {
        return ImageIO.getImageWritersByFormatName("png").hasNext()
                ? Finding.ok("images", "PNG and JPEG are read, PNG is written")
                : Finding.failed(
                        "images", "this Java runtime has no PNG writer: use a full JDK with the module java.desktop");
    }

    private static Finding vector(Device cpu) {
        return cpu.kernels().base() instanceof VectorKernels kernels
                ? Finding.ok("vector", "%d bits, %d floats a vector".formatted(32 * kernels.lanes(), kernels.lanes()))
                : Finding.warning("vector", "not used, see kernels");
    }

    private static Finding kernels(Device cpu) {
        return cpu.kernels().base() instanceof VectorKernels
                ? Finding.ok("kernels", cpu.description())
                : Finding.warning("kernels", cpu.description() + "; this is slow");
    }

    private static Finding matrixProduct(Device cpu) {
        JblasMatrixProduct.Probe jblas = JblasMatrixProduct.probe();
        if (!cpu.kernels().equals(cpu.kernels().base())) {
            return Finding.ok("matrix product", "by another library, asked for by --matrix-product: " + jblas.reason());
        }
        boolean asked = !System.getProperty("dsrl4j.matrixProduct", "own").equals("own");
        return jblas.works()
                ? Finding.ok("matrix product", "own; --matrix-product jblas would work, too: " + jblas.reason())
                : asked
                        ? Finding.warning("matrix product", "own, though another was asked for: " + jblas.reason())
                        : Finding.ok("matrix product", "own; " + jblas.reason());
    }

    private static Finding openCl() {
        OpenCl.Devices devices = OpenCl.devices();
        return devices.list().isEmpty()
                ? Finding.ok("opencl", "not used: " + devices.reason())
                : Finding.ok(
                        "opencl",
                        devices.list().stream()
                                .map(DeviceFacts::toString)
                                .collect(Collectors.joining("; ", "--device ", "")));
    }

    private void tell(List<Finding> findings, boolean works) {
        var out = spec.commandLine().getOut();
        int width = findings.stream()
                .mapToInt(finding -> finding.name().length())
                .max()
                .orElse(0);
        out.println("dsrl4j " + Version.current());
        for (Finding finding : findings) {
            String mark = switch (finding.status()) {
                case OK -> "   ";
                case WARNING -> " ! ";
                case FAILED -> " X ";
            };
            out.println(
                    mark + finding.name() + " ".repeat(width - finding.name().length()) + "  " + finding.text());
        }
        long warnings = findings.stream()
                .filter(finding -> finding.status() == Finding.Status.WARNING)
                .count();
        out.println(
                !works ? "does not work here, see X" : warnings > 0 ? "works, with warnings, see !" : "all is well");
    }

    private static Map<String, Object> toJson(List<Finding> findings, Device cpu, boolean works) {
        var json = new LinkedHashMap<String, Object>();
        json.put("ok", works);
        json.put("version", Version.current());
        json.put("java", javaJson());
        json.put(
                "system",
                Map.of(
                        "name", System.getProperty("os.name"),
                        "version", System.getProperty("os.version"),
                        "architecture", System.getProperty("os.arch"),
                        "processors", Runtime.getRuntime().availableProcessors()));
        json.put("heap_bytes", Runtime.getRuntime().maxMemory());
        if (cpu != null) {
            json.put("kernels", kernelsJson(cpu));
            json.put("devices", devicesJson(cpu));
        }
        json.put("findings", findings.stream().map(Finding::toJson).toList());
        return json;
    }

    private static List<Map<String, Object>> devicesJson(Device cpu) {
        var devices = new ArrayList<Map<String, Object>>();
        devices.add(Map.of("name", cpu.name(), "description", cpu.description()));
        for (DeviceFacts facts : OpenCl.devices().list()) {
            devices.add(Map.of("name", "opencl:" + facts.index(), "description", facts.toString()));
        }
        return devices;
    }

    private static Map<String, Object> javaJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("version", Runtime.version().toString());
        json.put("vendor", System.getProperty("java.vendor"));
        json.put("vm", System.getProperty("java.vm.name"));
        json.put("home", System.getProperty("java.home"));
        json.put("options", ManagementFactory.getRuntimeMXBean().getInputArguments());
        return json;
    }

    private static Map<String, Object> kernelsJson(Device cpu) {
        var vector = cpu.kernels().base() instanceof VectorKernels kernels ? kernels : null;
        var json = new LinkedHashMap<String, Object>();
        json.put("name", cpu.kernels().name());
        json.put("reason", cpu.description());
        json.put("vector_bits", vector == null ? 0 : 32 * vector.lanes());
        json.put("vector_lanes", vector == null ? 1 : vector.lanes());
        json.put("threads", vector == null ? 1 : vector.threads());
        json.put("matrix_product", cpu.kernels().equals(cpu.kernels().base()) ? "own" : "jblas");
        json.put("jblas", JblasMatrixProduct.probe().reason());
        return json;
    }
}

package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.bench.devices.Comparison.Entrant;
import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench devices}, which is also a program of its own. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Runs the same operations, the same inference and the same training step on every device of this machine.",
            "These are the scalar and the vector kernels, the matrix product of jblas, and all OpenCL devices.",
            "Writes one table, one chart, and the figures as JSON.",
            "Each device has a process of its own, and its results are compared with those of the scalar kernels."
        },
        footer = {"", "Exit status: 0 when done, 1 if a figure is missing or a result was wrong, 2 for wrong usage."})
public final class DevicesCommand implements Callable<Integer> {
    private static final String TABLE = "devices.txt";
    private static final String CHART = "devices.svg";
    private static final String FIGURES = "devices.json";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--quick",
            description = "Middle sizes and short measurements: some minutes; the figures mean less.")
    private boolean quick;

    @Option(names = "--smoke", description = "The smallest sizes, hardly repeated: shows that all works, no more.")
    private boolean smoke;

    @Option(names = "--out", paramLabel = "DIR", description = "Where table, chart and figures go.")
    private Path out = Path.of("devices");

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Only these, such as vector,opencl:0; scalar always takes part, as the others are compared with it.")
    private List<String> only = List.of();

    /** The command; picocli sets its options. */
    public DevicesCommand() {}

    /** The command as a program. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DevicesCommand())
                .setExecutionExceptionHandler((e, command, ignored) -> {
                    command.getErr().println("devices: " + e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Contestant.Field field = Contestant.here();
        List<Contestant> contestants = chosen(field);
        Files.createDirectories(out);
        List<Load> loads = Measure.loads(scale());
        Map<String, Long> flops = loads.stream()
                .collect(Collectors.toMap(Load::name, load -> load.flops().getAsLong()));
        var entrants = new ArrayList<Entrant>();
        for (Contestant contestant : contestants) {
            entrants.add(measure(contestant, loads.size()));
        }
        var comparison = new Comparison(loads, flops, entrants);
        var report = new Report(comparison);
        String text = report.toText(field.absent());
        write(TABLE, text);
        write(CHART, new Chart(comparison).toSvg(field.absent()));
        write(FIGURES, Json.writePretty(comparison.toJson(host(), field.absent())) + "\n");
        var answer = spec.commandLine().getOut();
        answer.print(text);
        answer.println("\nwritten: %s, %s, %s".formatted(out.resolve(TABLE), out.resolve(CHART), out.resolve(FIGURES)));
        answer.flush();
        return report.allIsWell() ? 0 : 1;
    }

    private Scale scale() {
        return smoke ? Scale.SMOKE : quick ? Scale.QUICK : Scale.FULL;
    }

    private List<Contestant> chosen(Contestant.Field field) {
        for (String name : only) {
            if (field.contestants().stream()
                    .noneMatch(contestant -> contestant.label().equals(name))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--only: there is no '%s' here; there are %s%s"
                                .formatted(
                                        name,
                                        field.contestants().stream()
                                                .map(Contestant::label)
                                                .collect(Collectors.joining(", ")),
                                        field.absent().isEmpty()
                                                ? ""
                                                : "; not here: " + String.join("; ", field.absent())));
            }
        }
        return field.contestants().stream()
                .filter(contestant -> only.isEmpty()
                        || only.contains(contestant.label())
                        || contestant.label().equals(Contestant.REFERENCE))
                .toList();
    }

    /** Runs a contestant's process and tells on standard error how it goes on. */
    private Entrant measure(Contestant contestant, int loads) throws IOException, InterruptedException {
        var err = spec.commandLine().getErr();
        Process process = new ProcessBuilder(command(contestant))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        var figures = new HashMap<String, Figures>();
        Facts facts = null;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith(Measure.MARK)) {
                    continue;
                }
                String json = line.substring(Measure.MARK.length());
                if (facts == null) {
                    facts = Facts.parse(json);
                    err.println("%s: %s".formatted(contestant.label(), facts.line()));
                    continue;
                }
                Figures one = Figures.parse(json);
                figures.put(one.load(), one);
                err.println("  %d/%d  %s  %s"
                        .formatted(
                                figures.size(),
                                loads,
                                one.load(),
                                one.isFailed()
                                        ? "failed: " + one.failure()
                                        : Report.milliseconds(one.compute()) + " ms"));
            }
        } finally {
            process.destroy();
        }
        int status = process.waitFor();
        if (facts == null) {
            facts = Facts.unknown(
                    "did not start: its process ended with status %d; what it said is above".formatted(status));
            err.println("%s: %s".formatted(contestant.label(), facts.kernels()));
        }
        return new Entrant(contestant, facts, figures);
    }

    private List<String> command(Contestant contestant) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dcom.aparapi.logLevel=SEVERE"));
        command.addAll(ownOptions());
        command.addAll(contestant.options());
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                Measure.class.getName(),
                contestant.device(),
                scale().name()));
        return command;
    }

    /** Those that somebody gave to this process, but for the choice of the collector. */
    private static List<String> ownOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option ->
                        option.startsWith("-X") || option.startsWith("-Ddsrl4j.") || option.startsWith("-Djava.io"))
                .filter(option -> !option.matches("-XX:[+-]Use.*GC"))
                .toList();
    }

    private static Map<String, Object> host() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("dsrl4j", Version.current());
        facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
        facts.put("processors", system.getAvailableProcessors());
        facts.put("load_after", Math.round(10 * system.getSystemLoadAverage()) / 10.0);
        return facts;
    }

    private void write(String name, String text) {
        AtomicFile.write(out.resolve(name), file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}

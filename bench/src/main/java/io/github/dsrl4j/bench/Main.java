package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Row.Outcome;
import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.bench.devices.DevicesCommand;
import io.github.dsrl4j.dsrl.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code bench}. Exit status 0 when done, 1 if a row failed, 2 for wrong usage. */
@Command(
        name = "bench",
        subcommands = DevicesCommand.class,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Measures kernels and networks beside other libraries, and what the machine could do at most.",
            "Every row runs in a process of its own, and its answer is checked before it is timed;",
            "rows that are compared take turns. All rows together take about a quarter of an hour."
        },
        footer = {
            "",
            "Exit status: 0 when done, 1 if a row failed, 2 for wrong usage.",
            "DSRL_JAVA_OPTS holds options for the JVM, such as -Xmx4g."
        })
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SECTION", description = "One of ${COMPLETION-CANDIDATES}.")
    private Section section = Section.ALL;

    @Option(names = "--quick", description = "Half the time for each row, and fewer rows: about five minutes.")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the rows there, too; the file is whole after each row.")
    private Path json;

    @Option(
            names = "--filter",
            paramLabel = "REGEX",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Only rows in which it finds something, such as 'depthwise.*vector 2'; the limits are always measured.")
    private Pattern filter = Pattern.compile("");

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            description = "Numbers of threads; most works are done with the last alone.")
    private List<Integer> threads = IntStream.of(1, Runtime.getRuntime().availableProcessors())
            .distinct()
            .boxed()
            .toList();

    @Option(
            names = "--without-peers",
            description = "Leave out the other libraries, which the first run with them downloads.")
    private boolean withoutPeers;

    /** Runs the command and ends the program with its exit status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and returns its exit status. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, ignored) -> failed(e.getCommandLine(), e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler(
                        (e, command, ignored) -> failed(command, e, CommandLine.ExitCode.SOFTWARE))
                .execute(arguments);
    }

    private static int failed(CommandLine command, Exception failure, int status) {
        command.getErr().println("bench: " + (failure.getMessage() == null ? failure : failure.getMessage()));
        return failure instanceof ParameterException ? CommandLine.ExitCode.USAGE : status;
    }

    @Override
    public Integer call() throws IOException {
        List<Entry> entries = checkedEntries();
        Instant begin = Instant.now();
        Map<String, Object> host = Host.describe();
        var err = spec.commandLine().getErr();
        err.println("%s, %s processors with %s float lanes, load %s before"
                .formatted(
                        host.get("processor"),
                        host.get("processors"),
                        host.get("vector_lanes"),
                        host.get("load_before")));
        // This process computes what all others are checked against, networks included.
        System.setProperty("dsrl4j.kernels", "scalar");
        var rows = new ArrayList<Row>();
        save(host, rows, entries.size());
        Path reference = Files.createTempFile("dsrl4j-bench-", ".reference");
        try {
            for (List<Entry> group : groups(entries)) {
                long seconds = Duration.between(begin, Instant.now()).toSeconds();
                err.printf(
                        "%02d:%02d  %d of %d rows done, now %s%n",
                        seconds / 60,
                        seconds % 60,
                        rows.size(),
                        entries.size(),
                        group.getFirst().work().name());
                List<Row> measured = measured(group, reference);
                measured.forEach(row -> err.println("       " + outcome(row)));
                rows.addAll(measured);
                save(host, rows, entries.size());
            }
        } finally {
            Files.deleteIfExists(reference);
        }
        spec.commandLine().getOut().print(new Results(rows).table());
        spec.commandLine().getOut().flush();
        return rows.stream().anyMatch(Row::failed) ? 1 : 0;
    }

    private List<Entry> checkedEntries() {
        try {
            if (threads.isEmpty() || threads.stream().anyMatch(count -> count < 1)) {
                throw new IllegalArgumentException("--threads must be at least 1");
            }
            return new Selection(section, filter, threads.stream().distinct().toList(), !withoutPeers, quick).entries();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** The entries of one work after the other, in the order of the table. */
    private static List<List<Entry>> groups(List<Entry> entries) {
        var groups = new ArrayList<List<Entry>>();
        for (Entry entry : entries) {
            if (groups.isEmpty() || !groups.getLast().getFirst().work().equals(entry.work())) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(entry);
        }
        return groups;
    }

    /** Measures the rows of one work: those that meet in turns. */
    private List<Row> measured(List<Entry> group, Path reference) throws IOException {
        Work work = group.getFirst().work();
        Measurement specification = Reference.write(work, reference);
        Effort effort = work.effort();
        var outcomes = new HashMap<Entry, Outcome>();
        for (Entry entry : group) {
            if (entry.contender() == Engine.SCALAR) {
                outcomes.put(entry, specification);
            }
            if (!outcomes.containsKey(entry)) {
                var heat = group.stream()
                        .filter(other -> other.meets(entry) && !outcomes.containsKey(other))
                        .toList();
                outcomes.putAll(Heat.run(heat, Timing.of(work, quick), reference));
            }
        }
        return group.stream()
                .map(entry -> new Row(entry, effort, outcomes.get(entry)))
                .toList();
    }

    private static String outcome(Row row) {
        String figure =
                row.measured() ? "%.3f ms".formatted(1e-6 * row.measurement().median()) : row.remark();
        return "%s %d: %s"
                .formatted(row.entry().contender().label(), row.entry().threads(), figure);
    }

    private void save(Map<String, Object> host, List<Row> rows, int planned) {
        if (json != null) {
            new Results(rows).write(json, host, rows.size() == planned);
        }
    }

    /** The version of the software. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"dsrl4j " + Version.current()};
        }
    }
}

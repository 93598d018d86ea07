package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.dsrl.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Measures kernels and networks, and what the machine could do at most.",
            "Every row runs in processes of its own, and its answer is checked before it is timed.",
            "All rows together take about an hour; leave the machine alone meanwhile."
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

    @Option(
            names = "--quick",
            description = "A tenth of a second for each row: shows that all works, the figures mean little.")
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

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "Numbers of threads.")
    private List<Integer> threads = List.of(1, 2);

    @Option(names = "--forks", paramLabel = "N", description = "Processes a row, one after the other.")
    private int forks = 2;

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
        Map<String, Object> host = Host.describe();
        var err = spec.commandLine().getErr();
        err.println("%s, %s processors with %s float lanes, load %s before"
                .formatted(
                        host.get("processor"),
                        host.get("processors"),
                        host.get("vector_lanes"),
                        host.get("load_before")));
        // This process times nothing. It computes what all others are checked against, networks included.
        System.setProperty("dsrl4j.kernels", "scalar");
        var rows = new ArrayList<Row>();
        save(host, rows, entries.size());
        Path reference = Files.createTempFile("dsrl4j-bench-", ".reference");
        try {
            Work last = null;
            Effort effort = null;
            for (Entry entry : entries) {
                if (!entry.work().equals(last)) {
                    last = entry.work();
                    Reference.write(last, reference);
                    effort = last.effort();
                }
                Row row = measured(entry, effort, reference);
                rows.add(row);
                err.printf("%d/%d  %s  %s%n", rows.size(), entries.size(), entry.label(), outcome(row));
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
            if (forks < 1 || threads.isEmpty() || threads.stream().anyMatch(count -> count < 1)) {
                throw new IllegalArgumentException("--forks and --threads must be at least 1");
            }
            return Suite.entries(section, filter, threads.stream().distinct().toList());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Row measured(Entry entry, Effort effort, Path reference) {
        try {
            return new Row(entry, effort, Stopwatch.measure(entry, entry.timing(quick, forks), reference), null);
        } catch (IllegalStateException e) {
            return new Row(entry, effort, null, e.getMessage());
        }
    }

    private static String outcome(Row row) {
        return row.failed()
                ? "failed: " + row.failure()
                : "%.3f ms".formatted(1e-6 * row.measurement().median());
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

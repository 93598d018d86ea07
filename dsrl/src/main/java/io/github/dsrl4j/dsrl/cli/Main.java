package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.Version;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code dsrl}. Exit status 0 when done, 1 for a failure, 2 for wrong usage. */
@Command(
        name = "dsrl",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Dual super-resolution learning for semantic segmentation, in pure Java.",
        footer = {
            "",
            "Exit status: 0 when done, 1 for a failure, 2 for wrong usage.",
            "DSRL_JAVA_OPTS holds options for the JVM, such as -Xmx4g."
        },
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            EvalCommand.class,
            SegmentCommand.class,
            SummaryCommand.class,
            ConvertCommand.class,
            ExportCommand.class,
            DoctorCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs the command and ends the program with its exit status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and returns its exit status. */
    static int run(String... arguments) {
        var command = new CommandLine(new Main())
                .setExecutionExceptionHandler(new OneLineErrors())
                .setParameterExceptionHandler(new OneLineErrors());
        command.getSubcommands()
                .values()
                .forEach(subcommand -> subcommand.getCommandSpec().versionProvider(new Versions()));
        var out = new PrintWriter(System.out, true, System.out.charset());
        command.setOut(out);
        int status;
        try {
            status = command.execute(arguments);
        } catch (OutOfMemoryError | ExceptionInInitializerError | NoClassDefFoundError e) {
            status = OneLineErrors.failed(e, command.getErr());
        }
        // Both flush; neither throws what went wrong, such as a full disk.
        boolean lost = out.checkError();
        lost |= System.out.checkError();
        if (lost && status == CommandLine.ExitCode.OK) {
            command.getErr()
                    .println("dsrl: standard output could not be written: is the disk full, or the pipe closed?");
            status = CommandLine.ExitCode.SOFTWARE;
        }
        return status;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "choose a command: "
                        + String.join(
                                ", ",
                                spec.subcommands().entrySet().stream()
                                        .filter(entry -> !entry.getKey().equals("generate-completion"))
                                        .map(entry -> entry.getKey())
                                        .toList()));
    }

    /** The version of the software, for all commands. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"dsrl4j " + Version.current()};
        }
    }
}

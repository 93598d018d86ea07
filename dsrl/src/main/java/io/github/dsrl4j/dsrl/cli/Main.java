package io.github.dsrl4j.dsrl.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code dsrl}. Exit status 0 when done, 1 for a failure, 2 for wrong usage. */
@Command(
        name = "dsrl",
        mixinStandardHelpOptions = true,
        version = "dsrl4j 0.1.0",
        description = "Dual super-resolution learning for semantic segmentation, in pure Java.",
        subcommands = {TrainCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs the command and ends the program with its exit status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and returns its exit status. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(new OneLineErrors())
                .setParameterExceptionHandler(new OneLineErrors())
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "choose a command");
    }
}

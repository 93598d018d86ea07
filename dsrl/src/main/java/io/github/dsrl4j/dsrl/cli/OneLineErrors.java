package io.github.dsrl4j.dsrl.cli;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns exceptions into one line on standard error; {@code -Ddsrl4j.trace=true} adds where it happened. */
final class OneLineErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult result) {
        if (exception instanceof ParameterException wrongUsage) {
            return handleParseException(wrongUsage, new String[0]);
        }
        command.getErr().println("dsrl: " + message(exception));
        if (Boolean.getBoolean("dsrl4j.trace")) {
            exception.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        command.getErr().println("dsrl: " + oneLine(exception.getMessage()) + " (see '"
                + command.getCommandSpec().qualifiedName() + " --help')");
        return CommandLine.ExitCode.USAGE;
    }

    /** The message, or that of the deepest cause that has one; exceptions without a message are named. */
    private static String message(Throwable exception) {
        String message = exception.getMessage();
        return oneLine(message == null || message.isBlank() ? exception.toString() : message);
    }

    private static String oneLine(String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}

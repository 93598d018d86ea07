package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.DatasetException;
import io.github.dsrl4j.nn.checkpoint.Failures;
import io.github.dsrl4j.nn.data.SampleException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into one line on standard error; {@code -Ddsrl4j.trace=true} adds where it happened. */
final class OneLineErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final String PROGRAM = "dsrl: ";
    /** Longer messages are tables, such as all names in which a file and a model differ. */
    private static final int LONGEST = 500;

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult result) {
        if (exception instanceof ParameterException wrongUsage) {
            return handleParseException(wrongUsage, new String[0]);
        }
        return failed(exception, command.getErr());
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        String suggestion = "";
        if (exception instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            suggestion = "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
        }
        command.getErr()
                .println(PROGRAM + oneLine(exception.getMessage()) + suggestion + hint(exception) + " (see '"
                        + command.getCommandSpec().qualifiedName() + " --help')");
        return CommandLine.ExitCode.USAGE;
    }

    /** A name that the locale has no letters for cannot be turned into a path. */
    private static String hint(ParameterException exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidPathException path && path.getMessage().contains("unmappable")) {
                return "; the locale lacks a letter of this name: set LC_ALL=C.UTF-8";
            }
        }
        return "";
    }

    /** Failures that no command handles, of the machine rather than of the work. */
    static int failed(Throwable failure, PrintWriter err) {
        err.println(PROGRAM + message(failure));
        if (Boolean.getBoolean("dsrl4j.trace")) {
            for (Throwable at = failure; at != null; at = at.getCause()) {
                err.println(at);
                for (StackTraceElement frame : at.getStackTrace()) {
                    err.println("    at " + frame);
                }
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Throwable failure) {
        return switch (failure) {
            case OutOfMemoryError e ->
                "out of memory with a heap of %d MiB; give more with DSRL_JAVA_OPTS=-Xmx..., or use smaller images or batches"
                        .formatted(Runtime.getRuntime().maxMemory() >> 20);
            case ExceptionInInitializerError e when e.getCause() != null -> message(e.getCause());
            // What went wrong with the file says more than which number it had in the order of the epoch.
            case SampleException e when e.getCause() instanceof DatasetException cause -> message(cause);
            // Their own messages are mere paths, or repeat the cause with its class.
            case FileSystemException e -> oneLine(e.getFile() + ": " + Failures.reason(e));
            case UncheckedIOException e
            when String.valueOf(e.getCause()).equals(e.getMessage()) -> message(e.getCause());
            default -> {
                String message = failure.getMessage();
                yield oneLine(message == null || message.isBlank() ? failure.toString() : message);
            }
        };
    }

    private static String oneLine(String text) {
        String line = text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " ...";
    }
}

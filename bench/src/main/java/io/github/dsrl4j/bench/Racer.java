package io.github.dsrl4j.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The suite's end of a {@link Worker}. */
final class Racer implements AutoCloseable {
    private final Entry entry;
    /** What the process writes to standard error. */
    private final Path log;

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;

    /** Starts the process. */
    Racer(Entry entry, Timing timing, Path reference) {
        this.entry = entry;
        try {
            log = Files.createTempFile("dsrl4j-bench-", ".log");
            var builder = new ProcessBuilder(command(entry, timing, reference)).redirectError(log.toFile());
            builder.environment().putAll(entry.contender().environment(entry.threads()));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** With the options of this Java machine, then those of the contender. */
    private static List<String> command(Entry entry, Timing timing, Path reference) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        // Only one runs at a time, though not because of JMH's lock.
        command.add("-Djmh.ignoreLock=true");
        command.addAll(entry.contender().jvmOptions(entry.work()));
        command.add("-classpath");
        command.add(Stream.concat(
                        Stream.of(System.getProperty("java.class.path")),
                        entry.contender().libraries().stream().map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(Worker.class.getName());
        command.addAll(Worker.arguments(entry, timing, reference.toString()));
        return command;
    }

    Entry entry() {
        return entry;
    }

    /**
     * Waits until the answer has been checked.
     *
     * @throws UnsupportedOperationException if the machine lacks what the contender needs
     * @throws IllegalStateException if it was wrong, or the process failed; as the other methods do
     */
    void awaitReady() {
        expect(Baton.READY);
    }

    /** Lets the process run for one iteration. */
    void turn() {
        try {
            orders.write(Baton.GO);
            orders.newLine();
            orders.flush();
        } catch (IOException e) {
            throw new IllegalStateException(lastWords(), e);
        }
        expect(Baton.DONE);
    }

    /** After all turns. */
    Measurement result() {
        return Measurement.fromJson(expect(Baton.RESULT));
    }

    /** What follows on the expected beginning of the next line. */
    private String expect(String beginning) {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(lastWords());
            }
            if (line.startsWith(Baton.ABSENT)) {
                throw new UnsupportedOperationException(line.substring(Baton.ABSENT.length()));
            }
            if (line.startsWith(Baton.FAILED)) {
                throw new IllegalStateException(line.substring(Baton.FAILED.length()));
            }
            if (!line.startsWith(beginning)) {
                throw new IllegalStateException("the process said '%s' instead of '%s'".formatted(line, beginning));
            }
            return line.substring(beginning.length());
        } catch (IOException e) {
            throw new IllegalStateException(lastWords(), e);
        }
    }

    private String lastWords() {
        try (var lines = Files.lines(log)) {
            return "the process ended: "
                    + lines.filter(line -> !line.isBlank())
                            .reduce((first, second) -> second)
                            .orElse("it said nothing");
        } catch (IOException | UncheckedIOException e) {
            return "the process ended, and what it said cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.SharedData;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a program of its own: started from its jar, stopped by a signal, in a place where it may not write. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class ProgramTest {
    @TempDir
    private Path folder;

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> dsrl(String... arguments) {
        var command = new ArrayList<>(List.of(
                java(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The jar with everything in it, without the options that the Vector API needs: it starts itself again with them. */
    @Test
    void theRunnableJarStartsItselfAgain() throws Exception {
        Path target = SharedData.repository().resolve("dsrl/target");
        Path jar = null;
        if (Files.isDirectory(target)) {
            try (var jars = Files.newDirectoryStream(target, "*-all.jar")) {
                for (Path found : jars) {
                    jar = found;
                }
            }
        }
        assumeTrue(jar != null, () -> "skipped: no *-all.jar in " + target + "; build it with mvn package");
        assertEquals("", say(0, List.of(java(), "-jar", jar.toString(), "--version"), "dsrl4j "));
        String said = say(0, List.of(java(), "-jar", jar.toString(), "doctor"), "vector");
        assertFalse(said.contains("computes many times slower"), said);
        say(2, List.of(java(), "-jar", jar.toString(), "frobnicate"), "");
    }

    /** Runs a command and gives its standard error; its standard output must hold a text. */
    private String say(int status, List<String> command, String expected) throws Exception {
        Path errors = folder.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), () -> out + read(errors));
        assertTrue(out.contains(expected), out);
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ctrl-C in the middle of an epoch: the state is saved, and the line that is printed goes on with the run, as it was started. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theLineThatAStoppedRunPrintsGoesOnWithIt() throws Exception {
        Path run = folder.resolve("my run");
        Process process = new ProcessBuilder(dsrl(
                        "train",
                        "--dataset",
                        "streets:40",
                        "--input",
                        "48x64",
                        "--epochs",
                        "60",
                        "--batch-size",
                        "2",
                        "--out",
                        run.toString(),
                        "--threads",
                        "2"))
                .redirectErrorStream(true)
                .start();
        String last = "";
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            boolean signalled = false;
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.contains("epoch") && !signalled) {
                    signalled = true;
                    assertEquals(
                            0,
                            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                                    .start()
                                    .waitFor());
                }
                last = line.isBlank() ? last : line;
            }
        }
        process.waitFor();
        String printed = last;
        assertTrue(printed.contains("saved; go on with: dsrl train --resume --out '" + run + "' --threads 2"), printed);
        assertTrue(Files.exists(run.resolve("last.safetensors")));
        assertFalse(Files.exists(run.resolve("report.html")), "it was not finished");
    }

    /** Figures that took long to compute are shown though they cannot be kept. */
    @Test
    void evaluationShowsWhatItCannotKeep() throws IOException {
        Path run = folder.resolve("run");
        Dsrl.run(
                        "train",
                        "--dataset",
                        "streets:4",
                        "--input",
                        "32x32",
                        "--epochs",
                        "1",
                        "--batch-size",
                        "2",
                        "--out",
                        run.toString())
                .expect(0);
        // Something else stands where they would be written, for root too.
        Files.createDirectories(run.resolve("eval-test.json/occupied"));
        Dsrl.Result result =
                Dsrl.run("eval", run.toString(), "--split", "test", "--json").expect(0);
        assertTrue(result.json().containsKey("full_resolution"));
        assertTrue(result.err().contains("note: the figures are not kept: "), result.err());
    }
}

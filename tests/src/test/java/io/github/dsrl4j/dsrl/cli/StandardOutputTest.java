package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command whose words get lost has failed: on a full disk, or where the reader of a pipe has gone. */
final class StandardOutputTest {
    private static final OutputStream FULL = new OutputStream() {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "--help",
                "summary",
                "summary --json",
                "doctor",
                "doctor --json",
                "generate-completion",
                "train --help"
            })
    void aFullOutputIsAFailure(String commandLine) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var said = new ByteArrayOutputStream();
        int status;
        try {
            System.setOut(new PrintStream(FULL, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
            status = Main.run(commandLine.split(" "));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertEquals(1, status, text);
        assertTrue(
                text.endsWith("dsrl: standard output could not be written: is the disk full, or the pipe closed?\n"),
                text);
    }
}

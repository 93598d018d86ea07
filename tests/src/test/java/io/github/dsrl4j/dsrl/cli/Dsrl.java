package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.nn.checkpoint.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the command line inside this JVM and keeps what it says. */
final class Dsrl {
    private Dsrl() {}

    /** Exit status, standard output and standard error. */
    record Result(int status, String out, String err) {
        Result expect(int expected) {
            assertEquals(expected, status, () -> "exit status; standard error: " + err + "; standard output: " + out);
            return this;
        }

        /** Standard output as the one JSON object that it must be. */
        Map<String, Object> json() {
            return Json.parseObject(out);
        }

        List<String> errorLines() {
            return err.lines().toList();
        }
    }

    static Result run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var capturedOut = new ByteArrayOutputStream();
        var capturedErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(capturedOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(capturedErr, true, StandardCharsets.UTF_8));
            int status = Main.run(arguments);
            return new Result(
                    status, capturedOut.toString(StandardCharsets.UTF_8), capturedErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}

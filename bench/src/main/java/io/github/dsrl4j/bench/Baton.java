package io.github.dsrl4j.bench;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * By which processes that are compared take turns: each runs only while it holds the baton, which the suite's process passes round by
 * lines on standard input and output. Whatever else the machine does then meets all alike.
 */
final class Baton {
    /** The answer was right; the process waits for its first turn. */
    static final String READY = "ready";
    /** It is this process' turn. */
    static final String GO = "go";
    /** Its turn is over. */
    static final String DONE = "done";
    /** Before the figures, after the last turn. */
    static final String RESULT = "result ";
    /** Before the reason why there are none. */
    static final String FAILED = "failed ";
    /** Before what the machine lacks. */
    static final String ABSENT = "absent ";

    private Baton() {}

    /** Tells the suite's process. */
    @SuppressWarnings("resource") // standard output stays open
    static void say(String line) {
        try {
            var out = new FileOutputStream(FileDescriptor.out);
            out.write((line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("bench: the process that collects the figures is gone", e);
        }
    }

    /** Waits for {@link #GO}. */
    @SuppressWarnings("resource") // standard input stays open
    static void await() {
        try {
            // Without a buffer, which could hold lines that belong to the next call.
            var in = new FileInputStream(FileDescriptor.in);
            int read;
            do {
                read = in.read();
                if (read < 0) {
                    throw new IllegalStateException("bench: the process that collects the figures is gone");
                }
            } while (read != '\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

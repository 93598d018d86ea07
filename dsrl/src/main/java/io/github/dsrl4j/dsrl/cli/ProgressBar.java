package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.train.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * Long work on a terminal: a bar with rate, loss and time left that is redrawn in place; elsewhere, a plain line a quarter of the work if it
 * takes more than a few seconds.
 */
final class ProgressBar implements Progress {
    private static final int WIDTH = 28;
    private static final long REDRAW_NANOSECONDS = 200_000_000;
    /** Work that is over soon needs no lines of its own in a log. */
    private static final long QUIET_NANOSECONDS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private String what;
    private int total;
    private int done;
    private int quartersShown;
    private long start;
    private long drawn;

    ProgressBar(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Draws on standard error: a bar if a person watches, plain lines if not. */
    static ProgressBar onStandardError() {
        return new ProgressBar(System.err, Terminal.isWatched());
    }

    @Override
    public void begin(String stretch, int images) {
        what = stretch;
        total = images;
        done = 0;
        quartersShown = 0;
        start = System.nanoTime();
        drawn = 0;
    }

    @Override
    public void advance(int images, double loss) {
        done += images;
        if (terminal) {
            long now = System.nanoTime();
            if (now - drawn > REDRAW_NANOSECONDS || done >= total) {
                drawn = now;
                out.print("\r" + bar() + "  " + figures(loss) + "\033[K");
                out.flush();
            }
        } else if (4L * done / Math.max(total, 1) > quartersShown) {
            quartersShown = (int) (4L * done / total);
            if (System.nanoTime() - start > QUIET_NANOSECONDS) {
                out.println(figures(loss));
            }
        }
    }

    @Override
    public void end() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    @Override
    public void epoch(Map<String, Object> metrics) {
        var line = new StringBuilder("epoch " + metrics.get("epoch"));
        metrics.forEach((name, value) -> {
            if (value instanceof Double number) {
                line.append("  ").append(name).append(' ').append(format(name, number));
            }
        });
        out.println(line);
    }

    private static String format(String name, double value) {
        return switch (name) {
            case "learning_rate" -> String.format(Locale.ROOT, "%.2e", value);
            case "seconds", "images_per_second" -> String.format(Locale.ROOT, "%.1f", value);
            default -> String.format(Locale.ROOT, "%.4f", value);
        };
    }

    private String bar() {
        int filled = (int) ((long) WIDTH * done / Math.max(total, 1));
        return what + " [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "]";
    }

    private String figures(double loss) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        double rate = done / Math.max(seconds, 1e-9);
        String text = String.format(
                Locale.ROOT,
                "%s%d/%d  %.1f images/s%s  %s left",
                terminal ? "" : what + ": ",
                done,
                total,
                rate,
                Double.isNaN(loss) ? "" : String.format(Locale.ROOT, "  loss %.4f", loss),
                duration((total - done) / Math.max(rate, 1e-9)));
        return text;
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }
}

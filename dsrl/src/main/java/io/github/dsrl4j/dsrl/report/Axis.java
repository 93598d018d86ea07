package io.github.dsrl4j.dsrl.report;

import java.util.Locale;

/**
 * An axis with round numbers.
 *
 * @param least where it begins
 * @param most where it ends
 * @param step from tick to tick
 */
record Axis(double least, double most, double step) {
    /** The shortest axis with ticks at round numbers (1, 2 or 5 times a power of ten) that covers a range in about {@code ticks} steps. */
    static Axis covering(double least, double most, int ticks) {
        double range = most > least ? most - least : Math.max(Math.abs(most), 1);
        double raw = range / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double lead = raw / power;
        double step = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
        double from = step * Math.floor(least / step + 1e-9);
        double to = step * Math.ceil(most / step - 1e-9);
        return new Axis(from, to > from ? to : from + step, step);
    }

    int ticks() {
        return (int) Math.round((most - least) / step) + 1;
    }

    double tick(int i) {
        return least + i * step;
    }

    /** A value's place between 0 (least) and 1 (most). */
    double position(double value) {
        return (value - least) / (most - least);
    }

    /** A tick with as many decimals as the step needs. */
    String label(double tick) {
        int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", tick == 0 ? 0.0 : tick);
    }
}

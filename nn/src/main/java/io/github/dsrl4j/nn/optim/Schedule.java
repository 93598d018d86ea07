package io.github.dsrl4j.nn.optim;

import java.util.Arrays;

/** The learning rate over a run: a pure function of the step, so that a resumed run needs nothing else. */
@FunctionalInterface
public interface Schedule {
    /**
     * The rate for one step.
     *
     * @param step from 0 to {@code steps - 1}
     * @param steps of the whole run
     */
    double rate(long step, long steps);

    /** Always {@code rate}. */
    static Schedule constant(double rate) {
        checkRate(rate);
        return (step, steps) -> rate;
    }

    /** {@code rate (1 - step / steps)^power}; segmentation uses power 0.9. */
    static Schedule poly(double rate, double power) {
        checkRate(rate);
        return (step, steps) -> rate * Math.pow(1 - progress(step, steps), power);
    }

    /** {@code least + (rate - least) (1 + cos(pi step / steps)) / 2} (Loshchilov and Hutter, 2017, without restarts). */
    static Schedule cosine(double rate, double least) {
        checkRate(rate);
        checkRate(least);
        return (step, steps) -> least + (rate - least) * (1 + Math.cos(Math.PI * progress(step, steps))) / 2;
    }

    /**
     * {@code rate gamma^k}, where k is the number of milestones that are reached.
     *
     * @param milestones steps, each greater than the one before
     */
    static Schedule step(double rate, double gamma, long... milestones) {
        checkRate(rate);
        long[] reached = milestones.clone();
        for (int i = 1; i < reached.length; i++) {
            if (reached[i] <= reached[i - 1]) {
                throw new IllegalArgumentException(
                        "schedule: milestones must increase, not " + Arrays.toString(milestones));
            }
        }
        return (step, steps) -> {
            long count = Arrays.stream(reached).filter(m -> m <= step).count();
            return rate * Math.pow(gamma, (double) count);
        };
    }

    /**
     * Linear warm-up: during the first {@code warmUpSteps} steps this schedule's rate is multiplied by a factor that grows from
     * {@code start} towards 1: {@code start + (1 - start) step / warmUpSteps}.
     */
    default Schedule withWarmUp(long warmUpSteps, double start) {
        if (warmUpSteps < 0 || !(start >= 0 && start <= 1)) {
            throw new IllegalArgumentException(
                    "schedule: warm-up takes 0 or more steps from a factor in [0, 1], not %d steps from %s"
                            .formatted(warmUpSteps, start));
        }
        return (step, steps) -> step >= warmUpSteps
                ? rate(step, steps)
                : rate(step, steps) * (start + (1 - start) * step / warmUpSteps);
    }

    private static double progress(long step, long steps) {
        if (step < 0 || step > steps || steps < 1) {
            throw new IllegalArgumentException("schedule: there is no step " + step + " of " + steps);
        }
        return (double) step / steps;
    }

    private static void checkRate(double rate) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("schedule: a rate must be finite and not negative, not " + rate);
        }
    }
}

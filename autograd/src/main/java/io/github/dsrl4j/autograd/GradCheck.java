package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Compares the gradients of a function with finite differences.
 *
 * <p>With a random upstream gradient u, the derivative of {@code L = sum of u f(x)} with respect to each element of each input is
 * estimated by central differences {@code (L(x + h) - L(x - h)) / 2h} at steps h that are halved, extrapolated to h = 0 (Ridders,
 * Advances in Engineering Software 4, 1982); of the extrapolated values the one with the smallest estimated error counts. So large
 * steps, which float32 needs, serve smooth functions, and small ones serve places near a kink. L is summed in double precision.
 *
 * <pre>{@code GradCheck.check(v -> v[0].conv2d(v[1], options), x, weight).assertPasses(1e-3);}</pre>
 *
 * It takes 4 to 12 evaluations for every element: use small tensors. At a kink itself (a rectifier at 0, two equal maxima) the
 * derivative does not exist and the comparison fails.
 */
public final class GradCheck {
    private static final double FIRST_STEP = 1.0 / 16;
    private static final int MOST_STEPS = 6;
    /** Relative to the sizes summed up in L, what is left of float32's rounding after the differences: below this there is no point. */
    private static final double GOOD_ENOUGH = 1e-5;
    /** Gradients whose 2-norm is below this are compared absolutely, on its scale. */
    private static final double SMALLEST_NORM = 1e-2;

    private final Function function;
    private final float[][] values;
    private final Tensor[] inputs;
    private float[] upstream;

    private GradCheck(Function function, Tensor... inputs) {
        this.function = function;
        this.inputs = new Tensor[inputs.length];
        this.values = new float[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            this.inputs[i] = inputs[i].copy();
            this.values[i] = inputs[i].toArray();
        }
    }

    /** What is checked: any computation on variables that gives the same result for the same inputs. */
    @FunctionalInterface
    public interface Function {
        Variable apply(Variable... inputs);
    }

    /** Checks with an upstream gradient from a fixed seed. The inputs are copied. */
    public static Report check(Function function, Tensor... inputs) {
        return check(RandomGeneratorFactory.of("L64X128MixRandom").create(1), function, inputs);
    }

    /** Checks with an upstream gradient from {@code random}. The inputs are copied. */
    public static Report check(RandomGenerator random, Function function, Tensor... inputs) {
        return new GradCheck(function, inputs).run(random);
    }

    private Report run(RandomGenerator random) {
        Variable[] parameters = new Variable[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            parameters[i] = Variable.parameter(inputs[i]);
        }
        Variable output = function.apply(parameters);
        Tensor gradient =
                Tensor.randn(random, output.shape().dims()).to(output.value().device());
        upstream = gradient.toArray();
        output.backward(gradient);
        var errors = new ArrayList<InputError>();
        for (int i = 0; i < inputs.length; i++) {
            float[] analytic =
                    parameters[i].hasGradient() ? parameters[i].gradient().toArray() : new float[inputs[i].size()];
            errors.add(compare(i, analytic));
        }
        return new Report(List.copyOf(errors));
    }

    private InputError compare(int input, float[] analytic) {
        double difference = 0;
        double analyticNorm = 0;
        double numericNorm = 0;
        int worst = 0;
        double worstDifference = -1;
        double worstNumeric = 0;
        for (int i = 0; i < analytic.length; i++) {
            double numeric = derivative(input, i);
            double off = Math.abs(analytic[i] - numeric);
            difference += off * off;
            analyticNorm += (double) analytic[i] * analytic[i];
            numericNorm += numeric * numeric;
            if (off > worstDifference || Double.isNaN(off)) {
                worst = i;
                worstDifference = off;
                worstNumeric = numeric;
            }
        }
        double scale = Math.max(SMALLEST_NORM, Math.sqrt(Math.max(analyticNorm, numericNorm)));
        double worstAnalytic = analytic.length == 0 ? 0 : analytic[worst];
        return new InputError(
                input, inputs[input].shape(), Math.sqrt(difference) / scale, worst, worstAnalytic, worstNumeric);
    }

    /** Ridders' extrapolation of central differences, stopped where halving the step no longer helps. */
    private double derivative(int input, int element) {
        double step = FIRST_STEP * Math.max(1, Math.abs(values[input][element]));
        double[] previous = new double[MOST_STEPS];
        double best = Double.NaN;
        double bestError = Double.POSITIVE_INFINITY;
        for (int row = 0; row < MOST_STEPS; row++) {
            double[] current = new double[MOST_STEPS];
            current[0] = difference(input, element, step);
            double factor = 1;
            for (int column = 1; column <= row; column++) {
                factor *= 4;
                current[column] = (factor * current[column - 1] - previous[column - 1]) / (factor - 1);
                double error = Math.max(
                        Math.abs(current[column] - current[column - 1]),
                        Math.abs(current[column] - previous[column - 1]));
                if (error < bestError) {
                    bestError = error;
                    best = current[column];
                }
            }
            if (bestError <= GOOD_ENOUGH * Math.max(1, Math.abs(best))) {
                break;
            }
            previous = current;
            step /= 2;
        }
        return best;
    }

    private double difference(int input, int element, double step) {
        float x = values[input][element];
        float above = (float) (x + step);
        float below = (float) (x - step);
        double rise = projection(input, element, above) - projection(input, element, below);
        return rise / ((double) above - below);
    }

    /** L with one element replaced. */
    private double projection(int input, int element, float value) {
        float x = values[input][element];
        values[input][element] = value;
        inputs[input].copyFrom(values[input]);
        float[] output = Gradients.off(() -> {
            Variable[] constants = new Variable[inputs.length];
            for (int i = 0; i < inputs.length; i++) {
                constants[i] = Variable.of(inputs[i]);
            }
            return function.apply(constants).value().toArray();
        });
        values[input][element] = x;
        inputs[input].copyFrom(values[input]);
        double sum = 0;
        for (int i = 0; i < output.length; i++) {
            sum += (double) output[i] * upstream[i];
        }
        return sum;
    }

    /**
     * How far the gradient of one input is off.
     *
     * @param relativeError the 2-norm of the difference over the larger 2-norm of the two gradients (at least 1e-2)
     * @param element the element (in row-major order) that is off most, with its gradient by both ways
     */
    public record InputError(
            int input, Shape shape, double relativeError, int element, double analytic, double numeric) {}

    /** The errors of all inputs. */
    public record Report(List<InputError> errors) {
        /** The largest relative error of an input; NaN if there is one. */
        public double worst() {
            return errors.stream().mapToDouble(InputError::relativeError).reduce(0, Math::max);
        }

        /** Whether every input's relative error is at most {@code tolerance}. */
        public boolean passes(double tolerance) {
            return worst() <= tolerance;
        }

        /**
         * Does nothing if every input's relative error is at most {@code tolerance}.
         *
         * @throws AssertionError else, with a table
         */
        public void assertPasses(double tolerance) {
            if (!passes(tolerance)) {
                throw new AssertionError("gradient check: relative error %.3g is larger than %.3g%n%s"
                        .formatted(worst(), tolerance, this));
            }
        }

        /** A table with a line for each input. */
        @Override
        public String toString() {
            var table = new StringBuilder(row("input", "shape", "error", "worst at", "backward", "differences"));
            for (InputError e : errors) {
                table.append(row(
                        Integer.toString(e.input),
                        e.shape.toString(),
                        number(e.relativeError),
                        Integer.toString(e.element),
                        number(e.analytic),
                        number(e.numeric)));
            }
            return table.toString();
        }

        private static String row(String... cells) {
            return "%5s  %-20s  %10s  %8s  %12s  %12s%n".formatted((Object[]) cells);
        }

        private static String number(double value) {
            return String.format(Locale.ROOT, "%.5g", value);
        }
    }
}

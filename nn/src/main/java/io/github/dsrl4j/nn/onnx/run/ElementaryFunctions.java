package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.run.Elements.Function;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The error function, trigonometric and hyperbolic functions and their inverses, and the smooth activations that are made of them; all
 * computed in float64.
 */
final class ElementaryFunctions {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private ElementaryFunctions() {}

    /** How Gelu computes the normal distribution. */
    private enum Approximation {
        NONE,
        TANH
    }

    private static Operator of(DoubleUnaryOperator function) {
        return Operator.of(call -> Elements.apply(call, new Function(null, function, null), call.value(0)));
    }

    /** {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to x. */
    static Operator erf(Attributes attributes) {
        return of(ElementaryFunctions::erf);
    }

    static Operator sin(Attributes attributes) {
        return of(Math::sin);
    }

    static Operator cos(Attributes attributes) {
        return of(Math::cos);
    }

    static Operator tan(Attributes attributes) {
        return of(Math::tan);
    }

    static Operator asin(Attributes attributes) {
        return of(Math::asin);
    }

    static Operator acos(Attributes attributes) {
        return of(Math::acos);
    }

    static Operator atan(Attributes attributes) {
        return of(Math::atan);
    }

    static Operator sinh(Attributes attributes) {
        return of(Math::sinh);
    }

    static Operator cosh(Attributes attributes) {
        return of(Math::cosh);
    }

    /** {@code log(x + sqrt(x^2 + 1))}, odd in x. */
    static Operator asinh(Attributes attributes) {
        return of(x -> Math.copySign(Math.log(Math.abs(x) + Math.hypot(x, 1)), x));
    }

    /** {@code log(x + sqrt(x^2 - 1))}; NaN below 1. */
    static Operator acosh(Attributes attributes) {
        return of(x -> Math.log(x + Math.sqrt((x - 1) * (x + 1))));
    }

    /** {@code log((1 + x) / (1 - x)) / 2}; NaN beyond -1 and 1. */
    static Operator atanh(Attributes attributes) {
        return of(x -> (Math.log1p(x) - Math.log1p(-x)) / 2);
    }

    /** {@code gamma x}, or {@code gamma (alpha exp(x) - alpha)} where x is negative. */
    static Operator selu(Attributes attributes) {
        double alpha = attributes.real("alpha", 1.67326319217681884765625f);
        double gamma = attributes.real("gamma", 1.05070102214813232421875f);
        return of(x -> x > 0 ? gamma * x : gamma * alpha * Math.expm1(x));
    }

    /** {@code max(0, x) + min(0, alpha (exp(x / alpha) - 1))}. */
    static Operator celu(Attributes attributes) {
        double alpha = attributes.real("alpha", 1);
        return of(x -> Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)));
    }

    /** {@code x Phi(x)}, with the normal distribution's Phi, or its approximation by tanh. */
    static Operator gelu(Attributes attributes) {
        return switch (attributes.choice("approximate", Approximation.NONE, List.of(Approximation.values()))) {
            case NONE -> of(x -> x * (1 + erf(x / Math.sqrt(2))) / 2);
            case TANH -> of(x -> x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x))) / 2);
        };
    }

    /** {@code x tanh(log(1 + exp(x)))}. */
    static Operator mish(Attributes attributes) {
        return of(x -> x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))));
    }

    /** {@code x / (1 + |x|)}. */
    static Operator softsign(Attributes attributes) {
        return of(x -> x / (1 + Math.abs(x)));
    }

    /** x where it is more than alpha, else 0. */
    static Operator thresholdedRelu(Attributes attributes) {
        double alpha = attributes.real("alpha", 1);
        return of(x -> x > alpha ? x : 0);
    }

    /**
     * The series {@code 2 / sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n + 1))}, written without alternating signs, up to 3; beyond, the
     * continued fraction of {@code 1 - erf}. Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
     */
    static double erf(double x) {
        double a = Math.abs(x);
        if (Double.isNaN(x)) {
            return x;
        }
        if (a < 3) {
            double term = a;
            double sum = a;
            for (int n = 1; term > sum * 1e-17; n++) {
                term *= 2 * a * a / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum, x);
        }
        double fraction = a;
        for (int n = 60; n > 0; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        return Math.copySign(1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction), x);
    }
}

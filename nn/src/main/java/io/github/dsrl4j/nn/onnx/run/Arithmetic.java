package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Elements.Combination;
import io.github.dsrl4j.nn.onnx.run.Elements.Function;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import java.util.function.LongBinaryOperator;

/** Arithmetic on one element at a time: Add, Sub, Mul, Div, Pow, Min, Max, Sum, Mean, Sqrt, Exp, Log, Abs, Neg, Ceil, Floor. */
final class Arithmetic {
    private static final Combination ADD = new Combination(Binary.ADD, Double::sum, Long::sum);
    private static final Combination MIN = new Combination(null, Math::min, Math::min);
    private static final Combination MAX = new Combination(null, Math::max, Math::max);
    private static final Combination POWER = new Combination(null, Math::pow, null);

    private Arithmetic() {}

    static Operator add(Attributes attributes) {
        return of(attributes, ADD);
    }

    static Operator subtract(Attributes attributes) {
        return of(attributes, new Combination(Binary.SUBTRACT, (a, b) -> a - b, (a, b) -> a - b));
    }

    static Operator multiply(Attributes attributes) {
        return of(attributes, new Combination(Binary.MULTIPLY, (a, b) -> a * b, (a, b) -> a * b));
    }

    /** Division; of whole numbers towards zero, where a divisor of 0 is an error. */
    static Operator divide(Attributes attributes) {
        return of(attributes, new Combination(Binary.DIVIDE, (a, b) -> a / b, nonZero((a, b) -> a / b)));
    }

    /** {@code fmod = 0}: the remainder with the divisor's sign; {@code fmod = 1}: with the dividend's. */
    static Operator modulo(Attributes attributes) {
        return attributes.flag("fmod", false)
                ? of(attributes, new Combination(null, (a, b) -> a % b, nonZero((a, b) -> a % b)))
                : of(attributes, new Combination(null, Arithmetic::floorMod, nonZero(Math::floorMod)));
    }

    private static double floorMod(double a, double b) {
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0, b);
        }
        return remainder < 0 == b < 0 ? remainder : remainder + b;
    }

    private static LongBinaryOperator nonZero(LongBinaryOperator division) {
        return (a, b) -> {
            if (b == 0) {
                throw new OnnxException("a whole number is divided by zero");
            }
            return division.applyAsLong(a, b);
        };
    }

    private static Operator of(Attributes attributes, Combination combination) {
        var alignment = Alignment.of(attributes);
        return Operator.of(call -> Elements.combine(call, combination, call.value(0), alignment.aligned(call)));
    }

    /** The smallest of any number of values. */
    static Operator min(Attributes attributes) {
        return fold(MIN);
    }

    /** The largest of any number of values. */
    static Operator max(Attributes attributes) {
        return fold(MAX);
    }

    /** The sum of any number of values. */
    static Operator sum(Attributes attributes) {
        return fold(ADD);
    }

    private static Operator fold(Combination combination) {
        return Operator.of(call -> fold(call, combination));
    }

    private static Value fold(Call call, Combination combination) {
        Value result = call.value(0);
        for (int i = 1; i < call.inputs(); i++) {
            result = Elements.combine(call, combination, result, call.value(i));
        }
        return result;
    }

    /** The mean of any number of values. */
    static Operator mean(Attributes attributes) {
        return Operator.of(call -> {
            double scale = 1.0 / call.inputs();
            return Elements.apply(call, new Function(null, x -> x * scale, null), fold(call, ADD));
        });
    }

    /** {@code base^exponent}, in the base's type; from version 12 the exponent may have another. */
    static Operator power(Attributes attributes) {
        var alignment = Alignment.of(attributes);
        return Operator.of(call -> {
            Value base = call.value(0);
            Value exponent = alignment.aligned(call);
            if (base instanceof Integers whole) {
                return wholePower(call, whole, exponent);
            }
            if (base instanceof Floats
                    && exponent.size() == 1
                    && exponent.shape().rank() <= base.shape().rank()) {
                if (exponent.real(0) == 2) {
                    return Elements.apply(call, new Function(Unary.SQUARE, null, null), base);
                }
                if (exponent.real(0) == 0.5) {
                    return Elements.apply(call, new Function(Unary.SQRT, null, null), base);
                }
            }
            return Elements.combine(call, POWER, base, Constants.cast(call, exponent, base.type()));
        });
    }

    private static Value wholePower(Call call, Integers base, Value exponent) {
        if (exponent instanceof Integers whole) {
            Value same = Constants.cast(call, whole, base.type());
            return Elements.combine(call, new Combination(null, null, Arithmetic::wholePower), base, same);
        }
        Value wide = Constants.cast(call, base, DataType.DOUBLE);
        Value result = Elements.combine(call, POWER, wide, Constants.cast(call, exponent, DataType.DOUBLE));
        return Constants.cast(call, result, base.type());
    }

    /** By squaring; a negative exponent gives 0, and 1 or -1 where the base is one of them. */
    private static long wholePower(long base, long exponent) {
        if (exponent < 0) {
            boolean unit = base == 1 || base == -1;
            return unit ? (exponent % 2 == 0 ? 1 : base) : 0;
        }
        long result = 1;
        long square = base;
        for (long rest = exponent; rest != 0; rest >>= 1) {
            result *= (rest & 1) == 0 ? 1 : square;
            square *= square;
        }
        return result;
    }

    static Operator sqrt(Attributes attributes) {
        return of(new Function(Unary.SQRT, Math::sqrt, null));
    }

    static Operator exp(Attributes attributes) {
        return of(new Function(Unary.EXP, Math::exp, null));
    }

    static Operator log(Attributes attributes) {
        return of(new Function(Unary.LOG, Math::log, null));
    }

    static Operator abs(Attributes attributes) {
        return of(new Function(Unary.ABS, Math::abs, Math::abs));
    }

    static Operator negate(Attributes attributes) {
        return of(new Function(Unary.NEGATE, x -> -x, x -> -x));
    }

    static Operator ceil(Attributes attributes) {
        return of(new Function(null, Math::ceil, null));
    }

    static Operator floor(Attributes attributes) {
        return of(new Function(null, Math::floor, null));
    }

    /** To the nearest whole number, ties to even. */
    static Operator round(Attributes attributes) {
        return of(new Function(null, Math::rint, null));
    }

    static Operator reciprocal(Attributes attributes) {
        return of(new Function(null, x -> 1 / x, null));
    }

    static Operator sign(Attributes attributes) {
        return of(new Function(null, Math::signum, x -> Long.signum(x)));
    }

    private static Operator of(Function function) {
        return Operator.of(call -> Elements.apply(call, function, call.value(0)));
    }

    /** {@code y = scale x + shift} on float32. */
    static Tensor affine(Call call, Tensor x, float scale, float shift) {
        Tensor y = call.create(x.shape());
        call.kernels().elementwise().affine(x.size(), scale, shift, x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    /**
     * Clip: min(max(x, lower), upper), where the upper limit wins. Up to version 10 the limits are attributes, then inputs,
     * either of which may be missing.
     */
    static Operator clip(Attributes attributes) {
        if (attributes.opset() < 11) {
            float lower = attributes.real("min", -Float.MAX_VALUE);
            float upper = attributes.real("max", Float.MAX_VALUE);
            return Operator.of(call -> clip(call, new Floats(call.tensor(0)), lower, upper));
        }
        return Operator.of(call -> {
            Value x = call.value(0);
            if (!(x instanceof Integers whole)) {
                return clip(
                        call,
                        x,
                        call.has(1) ? call.number(1) : Double.NEGATIVE_INFINITY,
                        call.has(2) ? call.number(2) : Double.POSITIVE_INFINITY);
            }
            long lower = call.has(1) ? limit(call, 1) : Long.MIN_VALUE;
            long upper = call.has(2) ? limit(call, 2) : Long.MAX_VALUE;
            return Elements.apply(call, new Function(null, null, v -> Math.min(Math.max(v, lower), upper)), whole);
        });
    }

    private static long limit(Call call, int input) {
        call.number(input);
        return call.integers(input)[0];
    }

    private static Value clip(Call call, Value x, double lower, double upper) {
        if (x instanceof Doubles) {
            return Elements.apply(call, new Function(null, v -> Math.min(Math.max(v, lower), upper), null), x);
        }
        Tensor from = ((Floats) x).tensor();
        Tensor to = call.create(from.shape());
        clamp(from, (float) lower, (float) upper, to);
        return new Floats(to);
    }

    /** {@code y = min(max(x, lower), upper)}; y may be x. */
    static void clamp(Tensor x, float lower, float upper, Tensor y) {
        float[] from = x.array();
        float[] to = y.array();
        for (int i = 0; i < x.size(); i++) {
            to[y.offset() + i] = Math.min(Math.max(from[x.offset() + i], lower), upper);
        }
    }
}

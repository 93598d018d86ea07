package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of one number and their derivatives. The function is chosen anew for each vector: the branch is always predicted,
 * vectors stay in registers across it, and memory is the limit.
 */
final class UnaryLoops {
    private UnaryLoops() {}

    static void forward(Unary f, int n, float[] x, int xFrom, float[] y, int yFrom) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            value(f, FloatVector.fromArray(SPECIES, x, xFrom + i)).intoArray(y, yFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            value(f, FloatVector.fromArray(SPECIES, x, xFrom + i, tail)).intoArray(y, yFrom + i, tail);
        }
    }

    private static FloatVector value(Unary f, FloatVector x) {
        return switch (f) {
            case RELU -> x.max(0);
            case SIGMOID -> VectorMath.sigmoid(x);
            case TANH -> VectorMath.tanh(x);
            case EXP -> VectorMath.exp(x);
            case LOG -> VectorMath.log(x);
            case SQRT -> x.sqrt();
            case ABS -> x.abs();
            case NEGATE -> x.neg();
            case SQUARE -> x.mul(x);
        };
    }

    static void backward(
            Unary f,
            int n,
            float[] x,
            int xFrom,
            float[] y,
            int yFrom,
            float[] dy,
            int dyFrom,
            float[] dx,
            int dxFrom) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            derivative(
                            f,
                            FloatVector.fromArray(SPECIES, x, xFrom + i),
                            FloatVector.fromArray(SPECIES, y, yFrom + i),
                            FloatVector.fromArray(SPECIES, dy, dyFrom + i))
                    .intoArray(dx, dxFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            derivative(
                            f,
                            FloatVector.fromArray(SPECIES, x, xFrom + i, tail),
                            FloatVector.fromArray(SPECIES, y, yFrom + i, tail),
                            FloatVector.fromArray(SPECIES, dy, dyFrom + i, tail))
                    .intoArray(dx, dxFrom + i, tail);
        }
    }

    private static FloatVector derivative(Unary f, FloatVector x, FloatVector y, FloatVector dy) {
        return switch (f) {
            case RELU -> FloatVector.zero(SPECIES).blend(dy, x.compare(VectorOperators.GT, 0));
            case SIGMOID -> dy.mul(y.mul(FloatVector.broadcast(SPECIES, 1).sub(y)));
            case TANH -> dy.mul(FloatVector.broadcast(SPECIES, 1).sub(y.mul(y)));
            case EXP -> dy.mul(y);
            case LOG -> dy.div(x);
            case SQRT -> dy.mul(0.5f).div(y);
            case ABS -> dy.mul(sign(x));
            case NEGATE -> dy.neg();
            case SQUARE -> dy.mul(2).mul(x);
        };
    }

    /** 1, -1 or x itself (a zero or NaN). */
    private static FloatVector sign(FloatVector x) {
        return x.blend(1, x.compare(VectorOperators.GT, 0)).blend(-1, x.compare(VectorOperators.LT, 0));
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The derivatives of the functions in {@link UnaryLoops}, times the gradient of their results. */
final class UnaryDerivativeLoops {
    private UnaryDerivativeLoops() {}

    /** dx from x, y = f(x) and dy. */
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
        int whole = SPECIES.loopBound(n);
        run(f, whole, x, xFrom, y, yFrom, dy, dyFrom, dx, dxFrom);
        if (whole < n) {
            float[] tail = new float[3 * LANES];
            System.arraycopy(x, xFrom + whole, tail, 0, n - whole);
            System.arraycopy(y, yFrom + whole, tail, LANES, n - whole);
            System.arraycopy(dy, dyFrom + whole, tail, 2 * LANES, n - whole);
            run(f, LANES, tail, 0, tail, LANES, tail, 2 * LANES, tail, 0);
            System.arraycopy(tail, 0, dx, dxFrom + whole, n - whole);
        }
    }

    /** n is a multiple of the vector's width. */
    private static void run(
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
        switch (f) {
            case RELU -> relu(n, x, xFrom, dy, dyFrom, dx, dxFrom);
            case SIGMOID -> sigmoid(n, y, yFrom, dy, dyFrom, dx, dxFrom);
            case TANH -> tanh(n, y, yFrom, dy, dyFrom, dx, dxFrom);
            case EXP -> exp(n, y, yFrom, dy, dyFrom, dx, dxFrom);
            case LOG -> log(n, x, xFrom, dy, dyFrom, dx, dxFrom);
            case SQRT -> sqrt(n, y, yFrom, dy, dyFrom, dx, dxFrom);
            case ABS -> abs(n, x, xFrom, dy, dyFrom, dx, dxFrom);
            case NEGATE -> negate(n, dy, dyFrom, dx, dxFrom);
            case SQUARE -> square(n, x, xFrom, dy, dyFrom, dx, dxFrom);
        }
    }

    private static void relu(int n, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.zero(SPECIES)
                    .blend(
                            FloatVector.fromArray(SPECIES, dy, dyFrom + i),
                            FloatVector.fromArray(SPECIES, x, xFrom + i).compare(VectorOperators.GT, 0))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void sigmoid(int n, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, y, yFrom + i);
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .mul(v.mul(FloatVector.broadcast(SPECIES, 1).sub(v)))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void tanh(int n, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, y, yFrom + i);
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .mul(FloatVector.broadcast(SPECIES, 1).sub(v.mul(v)))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void exp(int n, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .mul(FloatVector.fromArray(SPECIES, y, yFrom + i))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void log(int n, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .div(FloatVector.fromArray(SPECIES, x, xFrom + i))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void sqrt(int n, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .mul(0.5f)
                    .div(FloatVector.fromArray(SPECIES, y, yFrom + i))
                    .intoArray(dx, dxFrom + i);
        }
    }

    private static void abs(int n, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            // 1, -1 or x itself (a zero or NaN).
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i);
            var sign = v.blend(1, v.compare(VectorOperators.GT, 0)).blend(-1, v.compare(VectorOperators.LT, 0));
            FloatVector.fromArray(SPECIES, dy, dyFrom + i).mul(sign).intoArray(dx, dxFrom + i);
        }
    }

    private static void negate(int n, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, dy, dyFrom + i).neg().intoArray(dx, dxFrom + i);
        }
    }

    private static void square(int n, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, dy, dyFrom + i)
                    .mul(2)
                    .mul(FloatVector.fromArray(SPECIES, x, xFrom + i))
                    .intoArray(dx, dxFrom + i);
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import jdk.incubator.vector.FloatVector;

/**
 * Functions of one number. Each has a loop of its own: where the paths of a choice meet inside a loop, the compiler makes an object
 * of every vector that comes out of it. What is left at the end is computed in a padded copy.
 */
final class UnaryLoops {
    private UnaryLoops() {}

    static void forward(Unary f, int n, float[] x, int xFrom, float[] y, int yFrom) {
        int whole = SPECIES.loopBound(n);
        run(f, whole, x, xFrom, y, yFrom);
        if (whole < n) {
            float[] tail = new float[LANES];
            System.arraycopy(x, xFrom + whole, tail, 0, n - whole);
            run(f, LANES, tail, 0, tail, 0);
            System.arraycopy(tail, 0, y, yFrom + whole, n - whole);
        }
    }

    /** n is a multiple of the vector's width. */
    private static void run(Unary f, int n, float[] x, int xFrom, float[] y, int yFrom) {
        switch (f) {
            case RELU -> relu(n, x, xFrom, y, yFrom);
            case SIGMOID -> sigmoid(n, x, xFrom, y, yFrom);
            case TANH -> tanh(n, x, xFrom, y, yFrom);
            case EXP -> exp(n, x, xFrom, y, yFrom);
            case LOG -> log(n, x, xFrom, y, yFrom);
            case SQRT -> sqrt(n, x, xFrom, y, yFrom);
            case ABS -> abs(n, x, xFrom, y, yFrom);
            case NEGATE -> negate(n, x, xFrom, y, yFrom);
            case SQUARE -> square(n, x, xFrom, y, yFrom);
        }
    }

    private static void relu(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).max(0).intoArray(y, yFrom + i);
        }
    }

    private static void sigmoid(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            VectorMath.sigmoid(FloatVector.fromArray(SPECIES, x, xFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void tanh(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            VectorMath.tanh(FloatVector.fromArray(SPECIES, x, xFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void exp(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            VectorMath.exp(FloatVector.fromArray(SPECIES, x, xFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void log(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            VectorMath.log(FloatVector.fromArray(SPECIES, x, xFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void sqrt(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).sqrt().intoArray(y, yFrom + i);
        }
    }

    private static void abs(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).abs().intoArray(y, yFrom + i);
        }
    }

    private static void negate(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).neg().intoArray(y, yFrom + i);
        }
    }

    private static void square(int n, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < n; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i);
            v.mul(v).intoArray(y, yFrom + i);
        }
    }
}

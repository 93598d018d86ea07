package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import io.github.dsrl4j.tensor.kernel.Epilogue.Chain;
import io.github.dsrl4j.tensor.kernel.Epilogue.Stage;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** A chain of stages on a stretch of one plane: a loop a stage, and one loop for the two pairs that networks are full of. */
final class EpilogueLoops {
    private EpilogueLoops() {}

    /**
     * Takes {@code n} elements of a plane through the chain.
     *
     * @param at where in {@code [planes, area]} the first of them stands
     */
    static void run(Chain chain, int planes, int plane, int at, int n, float[] x, int xFrom, float[] y, int yFrom) {
        if (chain.length() == 0) {
            System.arraycopy(x, xFrom, y, yFrom, n);
            return;
        }
        float[] from = x;
        int start = xFrom;
        int s = 0;
        while (s < chain.length()) {
            Stage stage = chain.stage(s);
            float[] a = chain.operand(s);
            int o = chain.offset(s);
            boolean thenPrelu = s + 1 < chain.length() && chain.stage(s + 1) == Stage.PRELU;
            if (thenPrelu && stage == Stage.AFFINE) {
                float slope = chain.operand(s + 1)[chain.offset(s + 1) + plane];
                affinePrelu(n, a[o + plane], a[o + planes + plane], slope, from, start, y, yFrom);
                s++;
            } else if (thenPrelu && stage == Stage.ADD) {
                float slope = chain.operand(s + 1)[chain.offset(s + 1) + plane];
                addPrelu(n, slope, from, start, a, o + at, y, yFrom);
                s++;
            } else {
                single(stage, planes, plane, at, n, from, start, a, o, y, yFrom);
            }
            from = y;
            start = yFrom;
            s++;
        }
    }

    private static void single(
            Stage stage,
            int planes,
            int plane,
            int at,
            int n,
            float[] x,
            int xFrom,
            float[] a,
            int o,
            float[] y,
            int yFrom) {
        switch (stage) {
            case AFFINE -> affine(n, a[o + plane], a[o + planes + plane], x, xFrom, y, yFrom);
            case SCALE -> scale(n, a[o + plane], x, xFrom, y, yFrom);
            case ADD -> BinaryLoops.both(Binary.ADD, n, x, xFrom, a, o + at, y, yFrom);
            case MULTIPLY -> BinaryLoops.both(Binary.MULTIPLY, n, x, xFrom, a, o + at, y, yFrom);
            case PRELU -> PreluLoops.forward(n, a[o + plane], x, xFrom, y, yFrom);
            case RELU -> UnaryLoops.forward(Unary.RELU, n, x, xFrom, y, yFrom);
            case SIGMOID -> UnaryLoops.forward(Unary.SIGMOID, n, x, xFrom, y, yFrom);
            case TANH -> UnaryLoops.forward(Unary.TANH, n, x, xFrom, y, yFrom);
        }
    }

    private static void affine(int n, float scale, float shift, float[] x, int xFrom, float[] y, int yFrom) {
        var a = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, shift);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).fma(a, b).intoArray(y, yFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, xFrom + i, tail).fma(a, b).intoArray(y, yFrom + i, tail);
        }
    }

    private static void scale(int n, float factor, float[] x, int xFrom, float[] y, int yFrom) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).mul(factor).intoArray(y, yFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, xFrom + i, tail).mul(factor).intoArray(y, yFrom + i, tail);
        }
    }

    private static void affinePrelu(
            int n, float scale, float shift, float slope, float[] x, int xFrom, float[] y, int yFrom) {
        var a = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, shift);
        var s = FloatVector.broadcast(SPECIES, slope);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i).fma(a, b);
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i);
        }
        if (i < n) {
            VectorMask<Float> tail = SPECIES.indexInRange(i, n);
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i, tail).fma(a, b);
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i, tail);
        }
    }

    private static void addPrelu(
            int n, float slope, float[] x, int xFrom, float[] addend, int addendFrom, float[] y, int yFrom) {
        var s = FloatVector.broadcast(SPECIES, slope);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i)
                    .add(FloatVector.fromArray(SPECIES, addend, addendFrom + i));
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i);
        }
        if (i < n) {
            VectorMask<Float> tail = SPECIES.indexInRange(i, n);
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i, tail)
                    .add(FloatVector.fromArray(SPECIES, addend, addendFrom + i, tail));
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i, tail);
        }
    }
}

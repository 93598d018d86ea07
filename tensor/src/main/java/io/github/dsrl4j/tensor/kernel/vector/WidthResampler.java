package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.GATHERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Bilinear resampling of one row along its width, from tables made once a call. */
record WidthResampler(int[] low, int[] high, float[] fraction) {
    static WidthResampler of(ResampleAxis axis) {
        int out = axis.low().length;
        int[] high = new int[out];
        float[] fraction = new float[out];
        for (int j = 0; j < out; j++) {
            high[j] = axis.high(j);
            fraction[j] = (float) axis.fraction()[j];
        }
        return new WidthResampler(axis.low(), high, fraction);
    }

    void resize(float[] x, int xFrom, float[] y, int yFrom) {
        int bound = GATHERS ? SPECIES.loopBound(low.length) : 0;
        for (int j = 0; j < bound; j += LANES) {
            var f = FloatVector.fromArray(SPECIES, fraction, j);
            var left = FloatVector.fromArray(SPECIES, x, xFrom, low, j);
            var right = FloatVector.fromArray(SPECIES, x, xFrom, high, j);
            right.fma(f, left.mul(FloatVector.broadcast(SPECIES, 1).sub(f))).intoArray(y, yFrom + j);
        }
        for (int j = bound; j < low.length; j++) {
            float f = fraction[j];
            y[yFrom + j] = Math.fma(x[xFrom + high[j]], f, x[xFrom + low[j]] * (1 - f));
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

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
        for (int j = 0; j < low.length; j++) {
            float f = fraction[j];
            y[yFrom + j] = (1 - f) * x[xFrom + low[j]] + f * x[xFrom + high[j]];
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

/** Bilinear resampling along one axis: {@code y[i] = (1 - fraction[i]) x[low[i]] + fraction[i] x[min(low[i] + 1, in - 1)]}. */
record ResampleAxis(int in, int[] low, double[] fraction) {
    static ResampleAxis of(int in, int out, boolean alignCorners) {
        int[] low = new int[out];
        double[] fraction = new double[out];
        for (int i = 0; i < out; i++) {
            double position = position(i, in, out, alignCorners);
            low[i] = Math.min((int) position, in - 1);
            fraction[i] = position - low[i];
        }
        return new ResampleAxis(in, low, fraction);
    }

    private static double position(int i, int in, int out, boolean alignCorners) {
        if (alignCorners) {
            return out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
        }
        return Math.max(0, (i + 0.5) * in / out - 0.5);
    }

    /** Nearest neighbours: all fractions are 0. */
    static ResampleAxis nearest(int in, int out) {
        int[] low = new int[out];
        for (int i = 0; i < out; i++) {
            low[i] = (int) ((long) i * in / out);
        }
        return new ResampleAxis(in, low, new double[out]);
    }

    int high(int i) {
        return Math.min(low[i] + 1, in - 1);
    }

    Adjoint adjoint() {
        return Adjoint.of(in, low.length, sink -> {
            for (int i = 0; i < low.length; i++) {
                sink.term(i, low[i], 1 - fraction[i]);
                sink.term(i, high(i), fraction[i]);
            }
        });
    }
}

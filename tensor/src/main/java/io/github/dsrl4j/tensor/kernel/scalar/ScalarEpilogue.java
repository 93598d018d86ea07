package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Epilogue;

/** Each element goes through the chain on its own; every stage rounds once. */
final class ScalarEpilogue implements Epilogue {
    @Override
    public void apply(Chain chain, int planes, int area, float[] x, int xOffset, float[] y, int yOffset) {
        for (int p = 0; p < planes; p++) {
            for (int i = p * area; i < (p + 1) * area; i++) {
                float v = x[xOffset + i];
                for (int s = 0; s < chain.length(); s++) {
                    v = value(chain.stage(s), v, chain.operand(s), chain.offset(s), planes, p, i);
                }
                y[yOffset + i] = v;
            }
        }
    }

    private static float value(Stage stage, float v, float[] a, int aOffset, int planes, int p, int i) {
        return switch (stage) {
            case AFFINE -> Math.fma(v, a[aOffset + p], a[aOffset + planes + p]);
            case SCALE -> v * a[aOffset + p];
            case ADD -> v + a[aOffset + i];
            case MULTIPLY -> v * a[aOffset + i];
            case PRELU -> v > 0 ? v : a[aOffset + p] * v;
            case RELU -> Math.max(v, 0);
            case SIGMOID -> (float) (1 / (1 + Math.exp(-v)));
            case TANH -> (float) Math.tanh(v);
        };
    }
}

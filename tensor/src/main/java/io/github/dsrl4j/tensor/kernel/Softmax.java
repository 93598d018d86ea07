package io.github.dsrl4j.tensor.kernel;

/**
 * Softmax along the middle dimension of {@code [outer, classes, inner]}, and the cross entropy on it. All subtract the
 * largest logit first.
 */
public interface Softmax {
    /** Sizes of the input. */
    record Geometry(int outer, int classes, int inner) {}

    /** {@code y = exp(x) / sum exp(x)}. */
    void forward(Geometry g, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code dx = y (dy - sum(dy y))}. */
    void backward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset);

    /** {@code y = x - log sum exp(x)}. */
    void logForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code dx = dy - exp(y) sum(dy)}. */
    void logBackward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset);

    /**
     * Weighted negative log likelihood of the labelled classes. {@code labels} is {@code [outer, inner]} and holds class
     * indices as exact floats; positions with {@code ignoreIndex} count nothing. Writes
     * {@code result[resultOffset] = sum weight[label] (logsumexp(x) - x[label])} and
     * {@code result[resultOffset + 1] = sum weight[label]}, and behind them {@code 1 / sum weight[label]}, or 0 where that sum is
     * 0; {@code classWeights} may be null (all 1).
     */
    void crossEntropyForward(
            Geometry g,
            int ignoreIndex,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] result,
            int resultOffset);

    /**
     * {@code dx = scale[scaleOffset] weight[label] (softmax(x) - onehot(label))}, 0 at ignored positions. Here dx may be the same stretch
     * of memory as x.
     */
    void crossEntropyBackward(
            Geometry g,
            int ignoreIndex,
            float[] scale,
            int scaleOffset,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] dx,
            int dxOffset);

    /** Writes how many of n labels are neither a class, 0 to {@code classes - 1}, nor {@code ignoreIndex}; not exact beyond 2^24. */
    default void unknownLabels(
            int n, int classes, int ignoreIndex, float[] labels, int labelsOffset, float[] result, int resultOffset) {
        int unknown = 0;
        for (int i = labelsOffset; i < labelsOffset + n; i++) {
            int id = (int) labels[i];
            boolean known = id == labels[i] && ((id >= 0 && id < classes) || id == ignoreIndex);
            unknown += known ? 0 : 1;
        }
        result[resultOffset] = unknown;
    }
}

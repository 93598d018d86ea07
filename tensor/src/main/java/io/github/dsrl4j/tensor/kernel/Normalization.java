package io.github.dsrl4j.tensor.kernel;

/**
 * Batch normalisation over batch and area, per channel, of {@code [batch, channels, area]}:
 * {@code y = (x - mean) / sqrt(var + epsilon) weight + bias}. Statistics are summed in double precision or to the same
 * accuracy.
 */
public interface Normalization {
    /** Sizes of the input. */
    record Geometry(int batch, int channels, int area) {}

    /**
     * Per channel: the mean of x, and the biased variance {@code sum (x - mean)^2 / (batch area)}, both written to arrays of
     * length {@code channels}.
     */
    void statistics(
            Geometry g, float[] x, int xOffset, float[] mean, int meanOffset, float[] variance, int varianceOffset);

    /** y from the given statistics (of this batch in training, running ones at inference). */
    void forward(
            Geometry g,
            float epsilon,
            float[] x,
            int xOffset,
            float[] mean,
            int meanOffset,
            float[] variance,
            int varianceOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset);

    /**
     * dx, dweight and dbias. With {@code training} the statistics are functions of x:
     * {@code dx = weight / sqrt(var + eps) (dy - mean(dy) - xhat mean(dy xhat))}; otherwise they are constants:
     * {@code dx = dy weight / sqrt(var + eps)}. {@code dweight = sum dy xhat}, {@code dbias = sum dy}.
     */
    void backward(
            Geometry g,
            boolean training,
            float epsilon,
            float[] x,
            int xOffset,
            float[] mean,
            int meanOffset,
            float[] variance,
            int varianceOffset,
            float[] weight,
            int weightOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dweight,
            int dweightOffset,
            float[] dbias,
            int dbiasOffset);

    /**
     * Moves running statistics towards those of a batch: {@code runningMean = (1 - momentum) runningMean + momentum mean}, and so the
     * variance, of which the batch's is multiplied by {@code correction}.
     */
    default void follow(
            int channels,
            float momentum,
            float correction,
            Place mean,
            Place variance,
            Place runningMean,
            Place runningVariance) {
        float keep = 1 - momentum;
        float corrected = momentum * correction;
        for (int c = 0; c < channels; c++) {
            float m = mean.array()[mean.offset() + c];
            float v = variance.array()[variance.offset() + c];
            int meanAt = runningMean.offset() + c;
            int varianceAt = runningVariance.offset() + c;
            runningMean.array()[meanAt] = keep * runningMean.array()[meanAt] + momentum * m;
            runningVariance.array()[varianceAt] = keep * runningVariance.array()[varianceAt] + corrected * v;
        }
    }
}

package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Operation.Passes;
import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.Resampling;
import io.github.dsrl4j.tensor.kernel.Softmax;
import java.util.List;

/**
 * Operations on maps {@code [batch, channels, height, width]} that do little with each element, so that memory decides about their
 * time.
 */
public record PlaneOperation(Kind kind, int batch, int channels, int height, int width) implements Operation {
    /** Of the batch normalisation. */
    public static final float EPSILON = 1e-5f;

    private static final int IGNORED = 255;

    /** What is done with the maps. */
    public enum Kind {
        /** Batch normalisation in training. Inputs: x, dy, weight and bias. Results: y, mean, variance, and dx, dweight, dbias. */
        BATCH_NORM("batch norm"),
        /** PReLU with a slope a channel. Inputs: x, dy and the slopes. Results: y, and dx, dslope. */
        PRELU("prelu"),
        /** To twice the size, corners aligned. Inputs: x and dy. Results: y, and dx. */
        BILINEAR("bilinear x2"),
        /** The mean of logits x, a channel being a class. Inputs: x and the labels. Results: sum, weight and its inverse, and dx. */
        CROSS_ENTROPY("cross entropy");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private int area() {
        return height * width;
    }

    private int size() {
        return batch * channels * area();
    }

    @Override
    public String name() {
        return "%s %d channels, %s%dx%d"
                .formatted(kind.label, channels, batch == 1 ? "" : batch + " x ", height, width);
    }

    @Override
    public Effort effort() {
        long floats = switch (kind) {
            case BATCH_NORM, PRELU -> 2L * size();
            case BILINEAR -> 5L * size();
            case CROSS_ENTROPY -> size() + (long) size() / channels;
        };
        return Effort.ofFloats(0, floats);
    }

    @Override
    public Effort effortWithGradients() {
        long floats = switch (kind) {
            case BATCH_NORM, PRELU -> 5L * size();
            case BILINEAR -> 10L * size();
            case CROSS_ENTROPY -> 3L * size() + 2L * size() / channels;
        };
        return Effort.ofFloats(0, floats);
    }

    @Override
    public List<float[]> inputs(Inputs inputs) {
        float[] x = inputs.floats(size());
        return switch (kind) {
            case BATCH_NORM -> List.of(x, inputs.floats(size()), inputs.floats(channels), inputs.floats(channels));
            case PRELU -> List.of(x, inputs.floats(size()), inputs.floats(channels));
            case BILINEAR -> List.of(x, inputs.floats(4 * size()));
            case CROSS_ENTROPY -> List.of(x, inputs.labels(batch * area(), channels));
        };
    }

    @Override
    public Passes on(Kernels kernels, List<float[]> inputs) {
        return switch (kind) {
            case BATCH_NORM -> batchNorm(kernels, inputs);
            case PRELU -> prelu(kernels, inputs);
            case BILINEAR -> bilinear(kernels, inputs);
            case CROSS_ENTROPY -> crossEntropy(kernels, inputs);
        };
    }

    private Passes batchNorm(Kernels kernels, List<float[]> inputs) {
        var g = new Normalization.Geometry(batch, channels, area());
        float[] x = inputs.get(0);
        float[] dy = inputs.get(1);
        float[] weight = inputs.get(2);
        float[] bias = inputs.get(3);
        float[] mean = new float[channels];
        float[] var = new float[channels];
        float[] y = new float[size()];
        float[] dx = new float[size()];
        float[] dweight = new float[channels];
        float[] dbias = new float[channels];
        var norm = kernels.normalization();
        Runnable forward = () -> {
            norm.statistics(g, x, 0, mean, 0, var, 0);
            norm.forward(g, EPSILON, x, 0, mean, 0, var, 0, weight, 0, bias, 0, y, 0);
        };
        Runnable backward = () ->
                norm.backward(g, true, EPSILON, x, 0, mean, 0, var, 0, weight, 0, dy, 0, dx, 0, dweight, 0, dbias, 0);
        return Passes.inTurn(forward, List.of(y, mean, var), backward, List.of(dx, dweight, dbias));
    }

    private Passes prelu(Kernels kernels, List<float[]> inputs) {
        float[] x = inputs.get(0);
        float[] dy = inputs.get(1);
        float[] slope = inputs.get(2);
        float[] y = new float[size()];
        float[] dx = new float[size()];
        float[] dslope = new float[channels];
        var elementwise = kernels.elementwise();
        return Passes.inTurn(
                () -> elementwise.preluForward(batch, channels, area(), x, 0, slope, 0, y, 0),
                List.of(y),
                () -> elementwise.preluBackward(batch, channels, area(), x, 0, slope, 0, dy, 0, dx, 0, dslope, 0),
                List.of(dx, dslope));
    }

    private Passes bilinear(Kernels kernels, List<float[]> inputs) {
        var g = new Resampling.Geometry(batch * channels, height, width, 2 * height, 2 * width);
        float[] x = inputs.get(0);
        float[] dy = inputs.get(1);
        float[] y = new float[4 * size()];
        float[] dx = new float[size()];
        var resampling = kernels.resampling();
        return Passes.inTurn(
                () -> resampling.bilinearForward(g, true, x, 0, y, 0),
                List.of(y),
                () -> resampling.bilinearBackward(g, true, dy, 0, dx, 0),
                List.of(dx));
    }

    private Passes crossEntropy(Kernels kernels, List<float[]> inputs) {
        var g = new Softmax.Geometry(batch, channels, area());
        float[] x = inputs.get(0);
        float[] labels = inputs.get(1);
        float[] sums = new float[3];
        float[] dx = new float[size()];
        float[] scale = {1f / labels.length};
        var softmax = kernels.softmax();
        return Passes.inTurn(
                () -> softmax.crossEntropyForward(g, IGNORED, x, 0, labels, 0, null, 0, sums, 0),
                List.of(sums),
                () -> softmax.crossEntropyBackward(g, IGNORED, scale, 0, x, 0, labels, 0, null, 0, dx, 0),
                List.of(dx));
    }
}

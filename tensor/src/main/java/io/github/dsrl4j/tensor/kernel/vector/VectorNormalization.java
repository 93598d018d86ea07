package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.Parallel;

/**
 * Batch normalisation, plane by plane; the sums of the planes of a channel are added in the order of the batch. The loops are in
 * {@link NormalizationLoops}.
 */
final class VectorNormalization implements Normalization {
    /**
     * A channel's x and dy of at most so many elements each stay in a core's second-level cache between the pass that sums
     * and the pass that writes dx, so one thread does both, one channel after the other.
     */
    private static final int CACHED = 1 << 17;

    private final Parallel parallel;
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer planeSums = new ThreadBuffer();

    VectorNormalization(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void statistics(
            Geometry g, float[] x, int xOffset, float[] mean, int meanOffset, float[] variance, int varianceOffset) {
        int planes = g.batch() * g.channels();
        double[] sums = planeSums.doubles(2 * planes);
        Pieces.run(parallel, planes, g.area(), (from, to) -> {
            float[] buffer = lanes.floats(NormalizationLoops.SUMS);
            for (int plane = from; plane < to; plane++) {
                NormalizationLoops.moments(x, xOffset + plane * g.area(), g.area(), buffer, sums, 2 * plane);
            }
        });
        for (int c = 0; c < g.channels(); c++) {
            NormalizationLoops.merge(g, c, sums, mean, meanOffset, variance, varianceOffset);
        }
    }

    @Override
    public void forward(
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
            int yOffset) {
        Pieces.run(parallel, g.batch() * g.channels(), g.area(), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                int c = plane % g.channels();
                float scale = (float) (weight[weightOffset + c] / deviation(variance[varianceOffset + c], epsilon));
                int first = plane * g.area();
                NormalizationLoops.normalize(
                        g.area(),
                        mean[meanOffset + c],
                        scale,
                        bias[biasOffset + c],
                        x,
                        xOffset + first,
                        y,
                        yOffset + first);
            }
        });
    }

    @Override
    public void backward(
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
            int dbiasOffset) {
        var pass = new BackwardPass(
                g,
                training,
                epsilon,
                new Part(x, xOffset),
                new Part(mean, meanOffset),
                new Part(variance, varianceOffset),
                new Part(weight, weightOffset),
                new Part(dy, dyOffset),
                new Part(dx, dxOffset),
                new Part(dweight, dweightOffset),
                new Part(dbias, dbiasOffset),
                // Of each channel, too, where there is no image.
                planeSums.doubles(2 * Math.max(1, g.batch()) * g.channels()));
        if (g.batch() * g.area() <= CACHED && g.channels() >= 8) {
            Pieces.run(parallel, g.channels(), 2L * g.batch() * g.area(), (from, to) -> {
                float[] buffer = lanes.floats(NormalizationLoops.SUMS);
                for (int c = from; c < to; c++) {
                    for (int plane = c; plane < pass.planes(); plane += g.channels()) {
                        pass.sum(plane, buffer);
                    }
                    pass.finish(c);
                    for (int plane = c; plane < pass.planes(); plane += g.channels()) {
                        pass.write(plane);
                    }
                }
            });
            return;
        }
        Pieces.run(parallel, pass.planes(), g.area(), (from, to) -> {
            float[] buffer = lanes.floats(NormalizationLoops.SUMS);
            for (int plane = from; plane < to; plane++) {
                pass.sum(plane, buffer);
            }
        });
        for (int c = 0; c < g.channels(); c++) {
            pass.finish(c);
        }
        Pieces.run(parallel, pass.planes(), g.area(), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                pass.write(plane);
            }
        });
    }

    private static double deviation(float variance, float epsilon) {
        return Math.sqrt((double) variance + epsilon);
    }

    /** A stretch of an array. */
    private record Part(float[] array, int offset) {
        float get(int i) {
            return array[offset + i];
        }

        void set(int i, double value) {
            array[offset + i] = (float) value;
        }
    }

    /**
     * The steps of a backward pass. First {@code sum} on all planes of a channel, then {@code finish}, which leaves the sums of the
     * whole channel in the place of its first plane, then {@code write}.
     */
    private record BackwardPass(
            Geometry g,
            boolean training,
            float epsilon,
            Part x,
            Part mean,
            Part variance,
            Part weight,
            Part dy,
            Part dx,
            Part dweight,
            Part dbias,
            double[] sums) {
        int planes() {
            return g.batch() * g.channels();
        }

        void sum(int plane, float[] buffer) {
            int first = plane * g.area();
            float m = mean.get(plane % g.channels());
            NormalizationLoops.gradientSums(
                    g.area(), m, x.array, x.offset + first, dy.array, dy.offset + first, buffer, sums, 2 * plane);
        }

        void finish(int c) {
            double sum = 0;
            double product = 0;
            for (int plane = c; plane < planes(); plane += g.channels()) {
                sum += sums[2 * plane];
                product += sums[2 * plane + 1];
            }
            sums[2 * c] = sum;
            sums[2 * c + 1] = product;
            dbias.set(c, sum);
            dweight.set(c, product / deviation(variance.get(c), epsilon));
        }

        void write(int plane) {
            int c = plane % g.channels();
            double deviation = deviation(variance.get(c), epsilon);
            double scale = weight.get(c) / deviation;
            double count = (double) g.batch() * g.area();
            double shift = training ? -scale * sums[2 * c] / count : 0;
            double slope = training ? -scale * sums[2 * c + 1] / (count * deviation * deviation) : 0;
            int first = plane * g.area();
            NormalizationLoops.gradient(
                    g.area(),
                    mean.get(c),
                    (float) scale,
                    (float) slope,
                    (float) shift,
                    x.array,
                    x.offset + first,
                    dy.array,
                    dy.offset + first,
                    dx.array,
                    dx.offset + first);
        }
    }
}

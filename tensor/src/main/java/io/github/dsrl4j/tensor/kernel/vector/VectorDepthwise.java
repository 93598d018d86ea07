package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.DepthwisePyramid;
import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Place;
import java.util.Arrays;
import java.util.List;

/**
 * Depthwise convolution, alone or as a pyramid, with any window, stride and dilation. It is bound by memory: each plane of x and dy is
 * read once, by one thread, for all taps of all branches and for both gradients, and what is computed on the way stays in a near cache.
 * {@link DepthwiseBand} does the work on a plane.
 */
final class VectorDepthwise implements Convolution, DepthwisePyramid {
    private final Parallel parallel;
    private final VectorConvolution general;
    private final PlanCache<List<ConvolutionGeometry>, DepthwisePlan> plans = new PlanCache<>(DepthwisePlan::new);
    private final ThreadBuffer lines = new ThreadBuffer();
    private final ThreadBuffer weightsOfTaps = new ThreadBuffer();
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer partialSums = new ThreadBuffer();

    /** @param general does a single convolution of stride 1, whose {@link RowKernels} store their results as they come */
    VectorDepthwise(Parallel parallel, VectorConvolution general) {
        this.parallel = parallel;
        this.general = general;
    }

    @Override
    public void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        if (g.isEmpty() || g.strideHeight() * g.strideWidth() == 1) {
            general.forward(g, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
            return;
        }
        var of = new Weights(new float[][] {weight}, new int[] {weightOffset});
        runForward(plans.get(List.of(g)), x, xOffset, of, bias, biasOffset, y, yOffset);
    }

    @Override
    public void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset) {
        if (g.isEmpty()) {
            general.backwardData(g, dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
            return;
        }
        var of = new Weights(new float[][] {weight}, new int[] {weightOffset});
        runBackward(plans.get(List.of(g)), null, 0, of, dy, dyOffset, bias, biasOffset, dx, dxOffset, null);
    }

    @Override
    public void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        if (g.isEmpty()) {
            general.backwardWeight(g, x, xOffset, dy, dyOffset, dweight, dweightOffset);
            return;
        }
        var to = new Weights(new float[][] {dweight}, new int[] {dweightOffset});
        runBackward(plans.get(List.of(g)), x, xOffset, null, dy, dyOffset, null, 0, null, 0, to);
    }

    @Override
    public void backward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dweight,
            int dweightOffset) {
        if (g.isEmpty()) {
            general.backward(g, x, xOffset, weight, weightOffset, dy, dyOffset, dx, dxOffset, dweight, dweightOffset);
            return;
        }
        var of = new Weights(new float[][] {weight}, new int[] {weightOffset});
        var to = new Weights(new float[][] {dweight}, new int[] {dweightOffset});
        runBackward(plans.get(List.of(g)), x, xOffset, of, dy, dyOffset, null, 0, dx, dxOffset, to);
    }

    @Override
    public int workingMemory(List<ConvolutionGeometry> branches) {
        return 0;
    }

    @Override
    public void forward(List<ConvolutionGeometry> branches, Place x, List<Place> weights, Place y, Place work) {
        if (branches.getFirst().isEmpty()) {
            return;
        }
        runForward(plans.get(branches), x.array(), x.offset(), Weights.at(weights), null, 0, y.array(), y.offset());
    }

    @Override
    public void backward(
            List<ConvolutionGeometry> branches,
            Place x,
            List<Place> weights,
            Place dy,
            Place dx,
            List<Place> dweights,
            Place work) {
        if (branches.getFirst().isEmpty()) {
            for (int i = 0; dweights != null && i < branches.size(); i++) {
                int from = dweights.get(i).offset();
                ConvolutionGeometry g = branches.get(i);
                Arrays.fill(dweights.get(i).array(), from, from + g.outChannels() * g.kernelArea(), 0);
            }
            return;
        }
        runBackward(
                plans.get(branches),
                dweights == null ? null : x.array(),
                dweights == null ? 0 : x.offset(),
                Weights.at(weights),
                dy.array(),
                dy.offset(),
                null,
                0,
                dx == null ? null : dx.array(),
                dx == null ? 0 : dx.offset(),
                dweights == null ? null : Weights.at(dweights));
    }

    /** Where the weights of each branch lie, or their gradients. */
    private record Weights(float[][] arrays, int[] offsets) {
        static Weights at(List<Place> places) {
            return new Weights(
                    places.stream().map(Place::array).toArray(float[][]::new),
                    places.stream().mapToInt(Place::offset).toArray());
        }
    }

    private DepthwiseBand band(DepthwisePlan plan) {
        return new DepthwiseBand(
                plan,
                lines.floats(DepthwiseBand.memoryLength(plan)),
                weightsOfTaps.floats(plan.taps),
                lanes.floats(plan.taps * LANES));
    }

    private void runForward(
            DepthwisePlan plan,
            float[] x,
            int xOffset,
            Weights weights,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        var g = plan.geometry;
        int channels = g.inChannels();
        int branches = plan.branches.length;
        long cost = g.inArea() + (long) plan.taps * g.outArea() / 4;
        Pieces.run(parallel, g.batch() * channels, cost, (from, to) -> {
            var band = band(plan);
            for (int plane = from; plane < to; plane++) {
                int c = plane % channels;
                band.take(c, weights.arrays, weights.offsets);
                int first = plane / channels * branches * channels + c;
                band.forward(
                        x,
                        xOffset + plane * g.inArea(),
                        bias == null ? 0 : bias[biasOffset + c],
                        y,
                        yOffset + first * g.outArea(),
                        channels * g.outArea());
            }
        });
    }

    private void runBackward(
            DepthwisePlan plan,
            float[] x,
            int xOffset,
            Weights weights,
            float[] dy,
            int dyOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset,
            Weights dweights) {
        var g = plan.geometry;
        int channels = g.inChannels();
        int step = channels * g.outArea();
        int images = g.batch() / plan.imageChunks;
        double[] sums = dweights == null ? null : partialSums.doubles(channels * plan.imageChunks * plan.taps);
        long cost = images * (g.inArea() + (long) plan.taps * g.outArea() / 2);
        Pieces.run(parallel, channels * plan.imageChunks, cost, (from, to) -> {
            var band = band(plan);
            for (int item = from; item < to; item++) {
                int c = item / plan.imageChunks;
                if (weights != null) {
                    band.take(c, weights.arrays, weights.offsets);
                }
                if (sums != null) {
                    band.clearSums(sums, item * plan.taps);
                }
                int firstImage = item % plan.imageChunks * images;
                for (int n = firstImage; n < firstImage + images; n++) {
                    band.backward(
                            x,
                            xOffset + (n * channels + c) * g.inArea(),
                            dy,
                            dyOffset + (n * plan.branches.length * channels + c) * g.outArea(),
                            step,
                            bias == null ? 0 : bias[biasOffset + c],
                            dx,
                            dxOffset + (n * channels + c) * g.inArea(),
                            sums,
                            item * plan.taps);
                }
                if (sums != null) {
                    band.addLanes(sums, item * plan.taps);
                }
            }
        });
        if (dweights != null) {
            store(plan, sums, dweights);
        }
    }

    /** The sums over all images, in the order of the weights. */
    private static void store(DepthwisePlan plan, double[] sums, Weights dweights) {
        for (int b = 0; b < plan.branches.length; b++) {
            var branch = plan.branches[b];
            float[] to = dweights.arrays[b];
            for (int c = 0; c < plan.geometry.inChannels(); c++) {
                int first = dweights.offsets[b] + c * branch.taps();
                for (int t = 0; t < branch.taps(); t++) {
                    double sum = 0;
                    for (int chunk = 0; chunk < plan.imageChunks; chunk++) {
                        sum += sums[(c * plan.imageChunks + chunk) * plan.taps + branch.firstTap() + t];
                    }
                    to[first + branch.order()[t]] = (float) sum;
                }
            }
        }
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.Place;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** Launches of {@link NormalizationCode}. */
final class OpenClNormalization implements Normalization {
    private final OpenClContext context;

    OpenClNormalization(OpenClContext context) {
        this.context = context;
    }

    private Pieces pieces(Geometry g) {
        return Pieces.of(context, g.channels(), g.batch() * g.area());
    }

    private Launch launch(int op, Geometry g, Pieces pieces) {
        return context.launch(op).ints(g.batch(), g.channels(), g.area(), pieces.count(), pieces.length());
    }

    @Override
    public void statistics(
            Geometry g, float[] x, int xOffset, float[] mean, int meanOffset, float[] variance, int varianceOffset) {
        Pieces pieces = pieces(g);
        if (pieces.count() == 1) {
            launch(Op.STATISTICS, g, pieces)
                    .at(x, xOffset)
                    .at(mean, meanOffset)
                    .at(variance, varianceOffset)
                    .over(g.channels());
            return;
        }
        int items = g.channels() * pieces.count();
        try (Block sums = context.scratch(items)) {
            launch(Op.CHANNEL_SUMS, g, pieces).at(x, xOffset).at(sums).over(items);
            launch(Op.CHANNEL_MEANS, g, pieces).at(sums).at(mean, meanOffset).over(g.channels());
            launch(Op.CHANNEL_SQUARES, g, pieces)
                    .at(x, xOffset)
                    .at(sums)
                    .at(mean, meanOffset)
                    .over(items);
            launch(Op.CHANNEL_MEANS, g, pieces)
                    .at(sums)
                    .at(variance, varianceOffset)
                    .over(g.channels());
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
        int n = g.batch() * g.channels() * g.area();
        int run = context.run(n);
        launch(Op.NORMALIZE, g, pieces(g))
                .ints(run, n)
                .floats(epsilon)
                .at(x, xOffset)
                .at(mean, meanOffset)
                .at(variance, varianceOffset)
                .at(weight, weightOffset)
                .at(bias, biasOffset)
                .at(y, yOffset)
                .over(Math.ceilDiv(n, run));
    }

    @Override
    public void follow(
            int channels,
            float momentum,
            float correction,
            Place mean,
            Place variance,
            Place runningMean,
            Place runningVariance) {
        context.launch(Op.FOLLOW)
                .ints(0, channels, 0, 1, context.gpu() ? 1 : channels)
                .floats(1 - momentum, momentum, momentum * correction)
                .at(mean.array(), mean.offset())
                .at(variance.array(), variance.offset())
                .at(runningMean.array(), runningMean.offset())
                .at(runningVariance.array(), runningVariance.offset())
                .over(context.gpu() ? channels : 1);
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
        Pieces pieces = pieces(g);
        int n = g.batch() * g.channels() * g.area();
        int run = context.run(n);
        IntFunction<Launch> withInputs = op -> launch(op, g, pieces)
                .ints(run, n, training ? 1 : 0)
                .floats(epsilon)
                .at(x, xOffset)
                .at(mean, meanOffset)
                .at(variance, varianceOffset)
                .at(weight, weightOffset)
                .at(dy, dyOffset);
        UnaryOperator<Launch> toParameters =
                launch -> launch.at(dweight, dweightOffset).at(dbias, dbiasOffset);
        if (pieces.count() == 1) {
            toParameters
                    .apply(withInputs.apply(Op.NORMALIZE_BACKWARD).at(dx, dxOffset))
                    .over(g.channels());
            return;
        }
        int items = g.channels() * pieces.count();
        try (Block sums = context.scratch(2 * items)) {
            withInputs.apply(Op.NORMALIZE_SUMS).at(sums).over(items);
            toParameters.apply(withInputs.apply(Op.NORMALIZE_TOTALS).at(sums)).over(g.channels());
        }
        toParameters.apply(withInputs.apply(Op.NORMALIZE_DX).at(dx, dxOffset)).over(Math.ceilDiv(n, run));
    }
}

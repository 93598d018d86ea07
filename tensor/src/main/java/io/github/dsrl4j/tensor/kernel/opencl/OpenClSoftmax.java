package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Softmax;

/** Launches of {@link SoftmaxCode}. */
final class OpenClSoftmax implements Softmax {
    private final OpenClContext context;

    OpenClSoftmax(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void forward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        over(g, context.launch(Op.SOFTMAX_FORWARD).at(x, xOffset).at(y, yOffset), 0);
    }

    @Override
    public void backward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        over(
                g,
                context.launch(Op.SOFTMAX_BACKWARD)
                        .at(y, yOffset)
                        .at(dy, dyOffset)
                        .at(dx, dxOffset),
                0);
    }

    @Override
    public void logForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        over(g, context.launch(Op.LOG_SOFTMAX_FORWARD).at(x, xOffset).at(y, yOffset), 0);
    }

    @Override
    public void logBackward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        over(
                g,
                context.launch(Op.LOG_SOFTMAX_BACKWARD)
                        .at(y, yOffset)
                        .at(dy, dyOffset)
                        .at(dx, dxOffset),
                0);
    }

    @Override
    public void crossEntropyForward(
            Geometry g,
            int ignoreIndex,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] result,
            int resultOffset) {
        int items = Math.max(1, Math.ceilDiv(g.outer() * g.inner(), run(g)));
        try (Block partial = context.scratch(2 * items)) {
            over(
                    g,
                    context.launch(Op.CROSS_ENTROPY_FORWARD)
                            .at(x, xOffset)
                            .at(labels, labelsOffset)
                            .at(classWeights, classWeightsOffset)
                            .at(partial),
                    ignoreIndex,
                    items);
            new OpenClReduction(context).sum(2, items, 1, partial.array(), partial.offset(), result, resultOffset);
            context.launch(Op.CROSS_ENTROPY_INVERSE).at(result, resultOffset).over(1);
        }
    }

    @Override
    public void crossEntropyBackward(
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
            int dxOffset) {
        over(
                g,
                context.launch(Op.CROSS_ENTROPY_BACKWARD)
                        .at(x, xOffset)
                        .at(labels, labelsOffset)
                        .at(classWeights, classWeightsOffset)
                        .at(dx, dxOffset)
                        .at(scale, scaleOffset),
                ignoreIndex);
    }

    @Override
    public void unknownLabels(
            int n, int classes, int ignoreIndex, float[] labels, int labelsOffset, float[] result, int resultOffset) {
        int items = Math.max(1, Math.ceilDiv(n, context.run(n)));
        try (Block partial = context.scratch(items)) {
            context.launch(Op.UNKNOWN_LABELS)
                    .at(labels, labelsOffset)
                    .at(partial)
                    .overElements(n, classes, ignoreIndex);
            new OpenClReduction(context)
                    .sum(1, n == 0 ? 0 : items, 1, partial.array(), partial.offset(), result, resultOffset);
        }
    }

    /** An item does so many positions; softmax does much for each, so pieces may be short. */
    private int run(Geometry g) {
        int positions = g.outer() * g.inner();
        return context.gpu()
                ? 1
                : Math.ceilDiv(Math.max(1, Math.ceilDiv(positions, context.pieces())), Arena.ALIGNMENT)
                        * Arena.ALIGNMENT;
    }

    private void over(Geometry g, Launch launch, int ignoreIndex, int... others) {
        int run = run(g);
        int positions = g.outer() * g.inner();
        launch.ints(run, positions, g.classes(), g.inner(), ignoreIndex)
                .ints(others)
                .over(Math.max(1, Math.ceilDiv(positions, run)));
    }
}

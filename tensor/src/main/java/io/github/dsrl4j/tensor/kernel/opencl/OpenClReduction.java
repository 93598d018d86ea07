package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Reduction;

/** Launches of {@link ReductionCode}. */
final class OpenClReduction implements Reduction {
    /** Columns that a work item of a processor adds up side by side. */
    private static final int LANES = 16;

    private final OpenClContext context;

    OpenClReduction(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void sum(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        reduce(inner == 1 ? Op.SUM_ROWS : Op.SUM_COLUMNS, outer, length, inner, x, xOffset, y, yOffset);
    }

    @Override
    public void max(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        reduce(inner == 1 ? Op.MAX_ROWS : Op.MAX_COLUMNS, outer, length, inner, x, xOffset, y, yOffset);
    }

    private void reduce(int op, int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        int columns = op == Op.SUM_COLUMNS && !context.gpu() ? LANES : 1;
        int blocks = Math.ceilDiv(inner, columns);
        Pieces pieces = Pieces.of(context, outer * blocks, length);
        int items = outer * blocks * pieces.count();
        int[] sizes = {outer, length, inner, pieces.count(), pieces.length(), columns};
        if (pieces.count() == 1) {
            context.launch(op).at(x, xOffset).at(y, yOffset).ints(sizes).over(items);
            return;
        }
        try (Block partial = context.scratch(outer * pieces.count() * inner)) {
            context.launch(op).at(x, xOffset).at(partial).ints(sizes).over(items);
            reduce(op, outer, pieces.count(), inner, partial.array(), partial.offset(), y, yOffset);
        }
    }

    @Override
    public void argMax(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        int n = outer * inner;
        int run = context.gpu() ? 1 : Math.max(1, Math.ceilDiv(n, context.pieces()));
        context.launch(Op.ARG_MAX)
                .at(x, xOffset)
                .at(y, yOffset)
                .ints(outer, length, inner, run)
                .over(Math.ceilDiv(n, run));
    }

    @Override
    public void rowProducts(
            int rows, int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        int n = rows * length;
        try (Block products = context.scratch(n)) {
            new OpenClElementwise(context)
                    .binary(Binary.MULTIPLY, n, a, aOffset, b, bOffset, products.array(), products.offset());
            sum(rows, length, 1, products.array(), products.offset(), y, yOffset);
        }
    }

    @Override
    public void squaredDifference(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        Pieces pieces = Pieces.of(context, 1, n);
        try (Block partial = context.scratch(pieces.count())) {
            context.launch(Op.SQUARED_DIFFERENCE)
                    .at(a, aOffset)
                    .at(b, bOffset)
                    .at(partial)
                    .ints(1, n, 1, pieces.count(), pieces.length())
                    .over(pieces.count());
            sum(1, pieces.count(), 1, partial.array(), partial.offset(), y, yOffset);
        }
    }

    @Override
    public void squaredNorm(int n, float[] x, int xOffset, float[] y, int yOffset) {
        Pieces pieces = Pieces.of(context, 1, n);
        try (Block partial = context.scratch(pieces.count())) {
            context.launch(Op.SQUARED_NORM)
                    .at(x, xOffset)
                    .at(partial)
                    .ints(1, n, 1, pieces.count(), pieces.length())
                    .over(pieces.count());
            sum(1, pieces.count(), 1, partial.array(), partial.offset(), y, yOffset);
        }
    }
}

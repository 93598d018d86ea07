package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Elementwise;

/** Launches of {@link ElementwiseCode}. */
@SuppressWarnings("EnumOrdinal") // the device program counts functions in their order
final class OpenClElementwise implements Elementwise {
    private final OpenClContext context;

    OpenClElementwise(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void fill(int n, float value, float[] y, int yOffset) {
        context.launch(Op.FILL).at(y, yOffset).floats(value).overElements(n);
    }

    @Override
    public void unary(Unary f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        context.launch(Op.UNARY + f.ordinal()).at(x, xOffset).at(y, yOffset).overElements(n);
    }

    @Override
    public void unaryBackward(
            Unary f,
            int n,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        context.launch(Op.UNARY_BACKWARD + f.ordinal())
                .at(x, xOffset)
                .at(y, yOffset)
                .at(dy, dyOffset)
                .at(dx, dxOffset)
                .overElements(n);
    }

    @Override
    public void binary(Binary f, int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
        context.launch(Op.BINARY + f.ordinal())
                .at(a, aOffset)
                .at(b, bOffset)
                .at(c, cOffset)
                .overElements(n);
    }

    @Override
    public void binaryBroadcast(
            Binary f,
            int[] dims,
            float[] a,
            int aOffset,
            int[] aStrides,
            float[] b,
            int bOffset,
            int[] bStrides,
            float[] c,
            int cOffset) {
        Box box = Box.inOrder(dims, aStrides, bStrides);
        int size = box.size();
        box.forEachLaunch((ai, bi, index) -> context.launch(Op.BROADCAST + f.ordinal())
                .at(a, aOffset + ai)
                .at(b, bOffset + bi)
                .at(c, cOffset + index * size)
                .overElements(size, box.numbers()));
    }

    @Override
    public void affine(int n, float scale, float shift, float[] x, int xOffset, float[] y, int yOffset) {
        context.launch(Op.AFFINE)
                .at(x, xOffset)
                .at(y, yOffset)
                .floats(scale, shift)
                .overElements(n);
    }

    @Override
    public void addScaled(int n, float scale, float[] x, int xOffset, float[] y, int yOffset) {
        context.launch(Op.ADD_SCALED)
                .at(x, xOffset)
                .at(y, yOffset)
                .floats(scale)
                .overElements(n);
    }

    @Override
    public void preluForward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] y,
            int yOffset) {
        context.launch(Op.PRELU)
                .at(x, xOffset)
                .at(slope, slopeOffset)
                .at(y, yOffset)
                .overElements(batch * channels * area, channels, area);
    }

    @Override
    public void preluBackward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dslope,
            int dslopeOffset) {
        // First, as dx may be the memory of dy.
        Pieces pieces = Pieces.of(context, channels, batch * area);
        try (Block sums = pieces.count() == 1 ? null : context.scratch(channels * pieces.count())) {
            float[] target = sums == null ? dslope : sums.array();
            int at = sums == null ? dslopeOffset : sums.offset();
            context.launch(Op.PRELU_SLOPE)
                    .at(x, xOffset)
                    .at(dy, dyOffset)
                    .at(target, at)
                    .ints(0, 0, channels, area, batch * area, pieces.length(), pieces.count())
                    .over(channels * pieces.count());
            if (sums != null) {
                new OpenClReduction(context).sum(channels, pieces.count(), 1, target, at, dslope, dslopeOffset);
            }
        }
        context.launch(Op.PRELU_BACKWARD)
                .at(x, xOffset)
                .at(slope, slopeOffset)
                .at(dy, dyOffset)
                .at(dx, dxOffset)
                .overElements(batch * channels * area, channels, area);
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;

/**
 * On a processor the product is a 1 x 1 convolution of one row, whose source channels are the rows of B ({@link ConvolutionGatherCode}),
 * or for {@code A B^T}, where rows of both lie side by side, the sum over pixels that is a convolution's adjoint with respect to its weights
 * ({@link ConvolutionWeightCode}). On a graphics processor see {@link MatrixProductLocalCode}.
 */
final class OpenClMatrixProduct implements MatrixProduct {
    private static final int LANES = 24;
    private static final int DOT_COLUMNS = 3;

    /** Rows and columns of a tile on a graphics processor, and the work items of its group. */
    private static final int LOCAL_TILE = 64;

    private static final int LOCAL_GROUP = 256;

    private final OpenClContext context;

    OpenClMatrixProduct(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void multiply(
            int m,
            int n,
            int k,
            boolean transposeA,
            float[] a,
            int aOffset,
            int aLeading,
            boolean transposeB,
            float[] b,
            int bOffset,
            int bLeading,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            if (!accumulate) {
                clear(m, n, c, cOffset, cLeading);
            }
            return;
        }
        if (context.gpu()) {
            context.launch(Op.LOCAL_PRODUCT)
                    .at(a, aOffset)
                    .at(b, bOffset)
                    .at(c, cOffset)
                    .ints(m, n, k, transposeA ? 1 : aLeading, transposeA ? aLeading : 1)
                    .ints(transposeB ? 1 : bLeading, transposeB ? bLeading : 1, cLeading, accumulate ? 1 : 0)
                    .groups(Math.ceilDiv(m, LOCAL_TILE) * Math.ceilDiv(n, LOCAL_TILE), LOCAL_GROUP);
        } else if (transposeB && !transposeA) {
            rowsByRows(m, n, k, a, aOffset, aLeading, b, bOffset, bLeading, c, cOffset, cLeading, accumulate);
        } else {
            gather(
                    m,
                    n,
                    k,
                    transposeA,
                    a,
                    aOffset,
                    aLeading,
                    transposeB,
                    b,
                    bOffset,
                    bLeading,
                    c,
                    cOffset,
                    cLeading,
                    accumulate);
        }
    }

    /** A sum over nothing. */
    private void clear(int m, int n, float[] c, int cOffset, int cLeading) {
        for (int row = 0; row < m; row++) {
            context.launch(Op.FILL).at(c, cOffset + row * cLeading).floats(0).overElements(n);
        }
    }

    private void gather(
            int m,
            int n,
            int k,
            boolean transposeA,
            float[] a,
            int aOffset,
            int aLeading,
            boolean transposeB,
            float[] b,
            int bOffset,
            int bLeading,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate) {
        int height = OpenClConvolution.tileHeight(m);
        int blocks = Math.ceilDiv(m, height);
        int tiles = Math.ceilDiv(n, LANES);
        int share = OpenClConvolution.tilesOfAnItem(context, tiles, blocks);
        int sourceWidth = transposeB ? (n - 1) * bLeading + 1 : n;
        boolean careful = (long) bOffset + (long) (transposeB ? n : k) * bLeading + LANES > b.length;
        context.launch(Op.GATHER)
                .at(b, bOffset)
                .at(a, aOffset)
                .at(null, 0)
                .at(c, cOffset)
                .ints(1, m, k)
                .ints(1, sourceWidth, 1, cLeading, 1, 1)
                .ints(0, 0, 1, 0, 0, 1)
                .ints(1, transposeB ? bLeading : 1, 1, 1)
                .ints(n, n, 1, tiles, blocks)
                .ints(transposeA ? 1 : aLeading, transposeA ? aLeading : 1, 0)
                .ints(transposeB ? 1 : bLeading, height, careful ? 1 : 0, share, accumulate ? 1 : 0)
                .over(blocks * Math.ceilDiv(tiles, share));
    }

    private void rowsByRows(
            int m,
            int n,
            int k,
            float[] a,
            int aOffset,
            int aLeading,
            float[] b,
            int bOffset,
            int bLeading,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate) {
        int height = OpenClConvolution.tileHeight(m);
        int blocks = Math.ceilDiv(m, height);
        int columnBlocks = Math.ceilDiv(n, DOT_COLUMNS);
        context.launch(Op.WEIGHT_SUMS)
                .at(b, bOffset)
                .at(a, aOffset)
                .at(c, cOffset)
                .ints(1, m, n)
                .ints(1, bLeading, 1, aLeading, 1, 1)
                .ints(0, 0, 1, 0, 0, 0)
                .ints(1, 1, 0, 0, 0)
                .ints(k, 1, 1, blocks, columnBlocks)
                .ints(n, 0, cLeading, height, 0, 0, accumulate ? 1 : 0)
                .over(columnBlocks * blocks);
    }
}

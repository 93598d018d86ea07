package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The matrix product after Goto and van de Geijn (Anatomy of high-performance matrix multiplication, 2008): A is packed once,
 * in the order in which the register tiles read it; for each block of {@value #DEPTH} steps of the sum, two vectors' width of
 * columns of B is packed to a panel that stays in the first-level cache while all tiles of A, which stream from the second
 * level, pass over it.
 */
public final class VectorMatrixProduct implements MatrixProduct {
    /** A panel of 256 steps takes 32 KB with the widest vectors. */
    private static final int DEPTH = 256;

    private static final int PANEL_WIDTH = PanelKernels.WIDTH;
    private static final int[] COLUMNS = {0, LANES};

    /** Multiply-adds that are worth a piece of their own. */
    private static final long PIECE_COST = 500_000;

    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    public VectorMatrixProduct(Parallel parallel) {
        this.parallel = parallel;
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
        var blocks = new RowBlocks(m, true);
        int depthBlocks = Math.max(1, Math.ceilDiv(k, DEPTH));
        int[] steps = new int[k];
        for (int i = 0; i < k; i++) {
            steps[i] = i * (transposeA ? aLeading : 1);
        }
        float[] packed = scratch.get().floats(Scratch.Use.WEIGHTS, blocks.packedLength(k, depthBlocks));
        for (int d = 0; d < depthBlocks; d++) {
            blocks.pack(a, aOffset, transposeA ? 1 : aLeading, steps, d, d * DEPTH, Math.min(DEPTH, k - d * DEPTH), null, 0, packed, 0);
        }
        int panels = Math.ceilDiv(n, PANEL_WIDTH);
        int pieces = Math.clamp((long) m * n * k / PIECE_COST, 1, Math.min(panels, 64));
        parallel.forEach(pieces, piece -> {
            var own = scratch.get();
            int end = panels * (piece + 1) / pieces;
            for (int d = 0; d < depthBlocks; d++) {
                int depth = Math.min(DEPTH, k - d * DEPTH);
                for (int p = panels * piece / pieces; p < end; p++) {
                    int column = p * PANEL_WIDTH;
                    int width = Math.min(PANEL_WIDTH, n - column);
                    float[] panel = own.floats(Scratch.Use.PANEL, DEPTH * PANEL_WIDTH);
                    if (transposeB) {
                        packTransposed(b, bOffset + column * bLeading + d * DEPTH, bLeading, depth, width, panel);
                    } else {
                        pack(b, bOffset + d * DEPTH * bLeading + column, bLeading, depth, width, panel);
                    }
                    tiles(blocks, packed, d, depth, own, panel, width, c, cOffset + column, cLeading, accumulate || d > 0);
                }
            }
        });
    }

    private static void tiles(
            RowBlocks blocks, float[] packed, int depthBlock, int depth, Scratch scratch, float[] panel, int width, float[] c,
            int cOffset, int cLeading, boolean add) {
        var target = scratch.target;
        for (int i = 0; i < blocks.count(); i++) {
            int to = cOffset + blocks.start(i) * cLeading;
            boolean whole = width == PANEL_WIDTH;
            if (whole) {
                target.to(c, to, cLeading, COLUMNS, 0, blocks.rows(i), add);
            } else {
                target.toAside(blocks.rows(i));
            }
            PanelKernels.run(
                    blocks.tileRows(i), depth, packed, blocks.packedOffset(i, depthBlock, depthBlock * DEPTH, depth), panel, target);
            for (int v = 0; !whole && v * LANES < width; v++) {
                target.merge(v, 0, Math.min(LANES, width - v * LANES), c, to + v * LANES, cLeading, add);
            }
        }
    }

    private static void pack(float[] b, int offset, int leading, int depth, int width, float[] panel) {
        for (int d = 0; d < depth; d++) {
            int from = offset + d * leading;
            int to = d * PANEL_WIDTH;
            if (width == PANEL_WIDTH) {
                FloatVector.fromArray(SPECIES, b, from).intoArray(panel, to);
                FloatVector.fromArray(SPECIES, b, from + LANES).intoArray(panel, to + LANES);
            } else {
                System.arraycopy(b, from, panel, to, width);
                Arrays.fill(panel, to + width, to + PANEL_WIDTH, 0);
            }
        }
    }

    private static void packTransposed(float[] b, int offset, int leading, int depth, int width, float[] panel) {
        for (int j = 0; j < PANEL_WIDTH; j++) {
            for (int d = 0; d < depth; d++) {
                panel[d * PANEL_WIDTH + j] = j < width ? b[offset + j * leading + d] : 0;
            }
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Parallel;
import jdk.incubator.vector.FloatVector;

/**
 * The matrix product after Goto and van de Geijn (Anatomy of high-performance matrix multiplication, 2008): A is packed once,
 * in the order in which the register tiles read it; for each block of {@value #DEPTH} steps of the sum, two vectors' width of
 * columns of B is packed to a panel that stays in the first-level cache while all tiles of A, which stream from the second
 * level, pass over it.
 */
public final class VectorMatrixProduct implements MatrixProduct {
    /**
     * Steps of the sum in one go: as many as rounding allows, since after each block of steps C is read and written once more.
     */
    private static final int DEPTH = 256;

    /** Floats of packed A that a piece passes over for each panel: a quarter of a second-level cache. */
    private static final int MOST_PACKED = 128 * 1024;

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
        var blocks = new RowBlocks(m, RowBlocks.Kind.PANEL);
        int depthBlocks = Math.max(1, Math.ceilDiv(k, DEPTH));
        int[] steps = new int[k];
        for (int i = 0; i < k; i++) {
            steps[i] = i * (transposeA ? aLeading : 1);
        }
        int length = blocks.packedLength(k, depthBlocks);
        float[] packed = scratch.get().floats(Scratch.Use.WEIGHTS, length);
        int parts = depthBlocks * blocks.count();
        Pieces.run(parallel, parts, length / parts, (from, end) -> {
            var transposer = scratch.get().transposer;
            for (int part = from; part < end; part++) {
                int d = part / blocks.count();
                blocks.pack(
                        part % blocks.count(),
                        a,
                        aOffset,
                        transposeA ? 1 : aLeading,
                        steps,
                        d,
                        d * DEPTH,
                        Math.min(DEPTH, k - d * DEPTH),
                        null,
                        0,
                        packed,
                        0,
                        transposer);
            }
        });
        int panels = Math.ceilDiv(n, PANEL_WIDTH);
        int rowChunks =
                Math.ceilDiv(blocks.count(), Math.max(1, MOST_PACKED / (Math.min(k, DEPTH) * blocks.tileRows(0) + 1)));
        int wanted = Math.clamp((long) m * n * k / PIECE_COST, 1, 64);
        int columnChunks = Math.clamp(Math.ceilDiv(wanted, rowChunks), 1, panels);
        var call = new Call(blocks, k, n, packed, transposeB, b, bOffset, bLeading, c, cOffset, cLeading, accumulate);
        parallel.forEach(rowChunks * columnChunks, piece -> {
            int rowChunk = piece / columnChunks;
            int columnChunk = piece % columnChunks;
            call.run(
                    scratch.get(),
                    blocks.count() * rowChunk / rowChunks,
                    blocks.count() * (rowChunk + 1) / rowChunks,
                    panels * columnChunk / columnChunks,
                    panels * (columnChunk + 1) / columnChunks);
        });
    }

    /** The product of all packed rows with B. */
    private record Call(
            RowBlocks blocks,
            int k,
            int n,
            float[] packed,
            boolean transposeB,
            float[] b,
            int bOffset,
            int bLeading,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate) {

        /** Some blocks of rows by some panels of columns. */
        void run(Scratch scratch, int firstBlock, int endBlock, int firstPanel, int endPanel) {
            for (int start = 0; start == 0 || start < k; start += DEPTH) {
                int depth = Math.min(DEPTH, k - start);
                int group = PanelKernels.groupOf(depth);
                float[] panels = scratch.floats(Scratch.Use.PANEL, group * depth * PANEL_WIDTH);
                for (int p = firstPanel; p < endPanel; p += group) {
                    int end = Math.min(p + group, endPanel);
                    int width = Math.min(n, end * PANEL_WIDTH) - p * PANEL_WIDTH;
                    if (transposeB) {
                        packTransposed(
                                b,
                                bOffset + p * PANEL_WIDTH * bLeading + start,
                                bLeading,
                                depth,
                                width,
                                panels,
                                scratch.transposer);
                    } else {
                        pack(b, bOffset + start * bLeading + p * PANEL_WIDTH, bLeading, depth, width, panels);
                    }
                    for (int q = p; q < end; q++) {
                        tiles(
                                scratch.target,
                                firstBlock,
                                endBlock,
                                start,
                                depth,
                                panels,
                                (q - p) * depth * PANEL_WIDTH,
                                q * PANEL_WIDTH);
                    }
                }
            }
        }

        private void tiles(
                TileTarget target,
                int firstBlock,
                int endBlock,
                int start,
                int depth,
                float[] panel,
                int panelOffset,
                int column) {
            boolean add = accumulate || start > 0;
            int width = Math.min(PANEL_WIDTH, n - column);
            for (int i = firstBlock; i < endBlock; i++) {
                int to = cOffset + column + blocks.start(i) * cLeading;
                int rows = blocks.rows(i);
                boolean whole = width == PANEL_WIDTH && rows == blocks.tileRows(i);
                if (whole) {
                    target.to(c, to, cLeading, COLUMNS, 0, add);
                } else {
                    target.toAside();
                }
                int from = blocks.packedOffset(i, start / DEPTH, start, depth);
                PanelKernels.run(blocks.tileRows(i), depth, packed, from, panel, panelOffset, target);
                for (int v = 0; !whole && v * LANES < width; v++) {
                    target.merge(v, rows, Math.min(LANES, width - v * LANES), c, to + v * LANES, cLeading, add);
                }
            }
        }
    }

    /** The first {@code width} columns of B in panels, filled up with zeros. */
    private static void pack(float[] b, int offset, int leading, int depth, int width, float[] panels) {
        int whole = width / LANES * LANES;
        for (int d = 0; d < depth; d++) {
            int from = offset + d * leading;
            int to = d * PANEL_WIDTH;
            int j = 0;
            for (; j < whole; j += LANES) {
                FloatVector.fromArray(SPECIES, b, from + j).intoArray(panels, to);
                to += j % PANEL_WIDTH == 0 ? LANES : depth * PANEL_WIDTH - LANES;
            }
            while (j % PANEL_WIDTH != 0 || j < width) {
                panels[to] = j < width ? b[from + j] : 0;
                to++;
                j++;
            }
        }
    }

    private static void packTransposed(
            float[] b, int offset, int leading, int depth, int width, float[] panels, Transposer transposer) {
        for (int p = 0; p < width; p += PANEL_WIDTH) {
            for (int j = 0; j < PANEL_WIDTH; j += LANES) {
                int rows = Math.clamp(width - (long) p - j, 0, LANES);
                for (int d = 0; d < depth; d += Transposer.MOST_COLUMNS) {
                    int count = Math.min(Transposer.MOST_COLUMNS, depth - d);
                    int to = (p * depth + d * PANEL_WIDTH) + j;
                    transposer.run(b, offset + (p + j) * leading + d, leading, rows, count, panels, to, PANEL_WIDTH);
                }
            }
        }
    }
}

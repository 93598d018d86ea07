package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Parallel;
import jdk.incubator.vector.FloatVector;

/**
 * The matrix product after Goto and van de Geijn (Anatomy of high-performance matrix multiplication, 2008): A and B are packed
 * once, in the order in which the register tiles read them. For each block of {@value #DEPTH} steps of the sum, two vectors' width
 * of columns of B, a panel, stays in the first-level cache while a few tiles of A pass over it; those stay in the second level
 * while the next panels take their turn.
 */
public final class VectorMatrixProduct implements MatrixProduct {
    /**
     * Steps of the sum in one go: as many as rounding allows, since after each block of steps C is read and written once more.
     */
    private static final int DEPTH = 256;

    /** Steps of the sum that are packed at once, a multiple of {@link #DEPTH}. */
    private static final int MOST_STEPS = 1 << 18;

    /** Floats of B that are packed before they are used: packed B is to stay in a shared cache. */
    private static final int MOST_PACKED = 1024 * 1024;

    /** Panels that a piece passes over, and that are packed at once: the longer the runs of memory that are read, the better. */
    private static final int PANELS_AT_ONCE = 8;

    private static final int PANEL_WIDTH = PanelKernels.WIDTH;
    private static final int[] COLUMNS = {0, LANES};

    /** Multiply-adds that are worth a piece of their own. */
    private static final long PIECE_COST = 500_000;

    /** Pieces that a product is cut into at least, if it is worth that many. */
    private static final int FEWEST_PIECES = 8;

    /** Most turns of tiles of a piece. */
    private static final int TURNS_IN_PIECE = 11;

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
        // Sums go on in C after each block of steps anyway, so that parts of a long sum give the same bits in bounded
        // memory.
        for (int first = 0; first == 0 || first < k; first += MOST_STEPS) {
            multiplySteps(
                    m,
                    n,
                    Math.min(MOST_STEPS, k - first),
                    transposeA,
                    a,
                    aOffset + first * (transposeA ? aLeading : 1),
                    aLeading,
                    transposeB,
                    b,
                    bOffset + first * (transposeB ? 1 : bLeading),
                    bLeading,
                    c,
                    cOffset,
                    cLeading,
                    accumulate || first > 0);
        }
    }

    private void multiplySteps(
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
        var blocks = new RowBlocks(m, RowBlocks.Kind.PANEL);
        float[] packedA = packA(blocks, k, transposeA, a, aOffset, aLeading);
        int most = Math.max(1, MOST_PACKED / (k * PANEL_WIDTH + 1) / PANELS_AT_ONCE) * PANELS_AT_ONCE * PANEL_WIDTH;
        for (int column = 0; column < n; column += most) {
            int width = Math.min(most, n - column);
            int from = bOffset + column * (transposeB ? bLeading : 1);
            float[] packedB = packB(width, k, transposeB, b, from, bLeading);
            run(new Call(blocks, width, k, packedA, packedB, c, cOffset + column, cLeading, accumulate));
        }
    }

    private float[] packA(RowBlocks blocks, int k, boolean transpose, float[] a, int offset, int leading) {
        int depthBlocks = Math.max(1, Math.ceilDiv(k, DEPTH));
        int[] steps = new int[k];
        for (int i = 0; i < k; i++) {
            steps[i] = i * (transpose ? leading : 1);
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
                        offset,
                        transpose ? 1 : leading,
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
        return packed;
    }

    /** {@code n} columns of B: for each block of steps, panel after panel. */
    private float[] packB(int n, int k, boolean transpose, float[] b, int offset, int leading) {
        int panels = Math.ceilDiv(n, PANEL_WIDTH);
        float[] packed = scratch.get().floats(Scratch.Use.PANEL, k * panels * PANEL_WIDTH);
        int groups = Math.ceilDiv(panels, PANELS_AT_ONCE);
        int parts = groups * Math.ceilDiv(k, DEPTH);
        Pieces.run(parallel, parts, (long) DEPTH * PANELS_AT_ONCE * PANEL_WIDTH, (from, end) -> {
            for (int part = from; part < end; part++) {
                int start = part / groups * DEPTH;
                int depth = Math.min(DEPTH, k - start);
                int column = part % groups * PANELS_AT_ONCE * PANEL_WIDTH;
                int width = Math.min(PANELS_AT_ONCE * PANEL_WIDTH, n - column);
                int to = start * panels * PANEL_WIDTH + column * depth;
                if (transpose) {
                    int first = offset + column * leading + start;
                    packTransposed(b, first, leading, depth, width, packed, to, scratch.get().transposer);
                } else {
                    pack(b, offset + start * leading + column, leading, depth, width, packed, to);
                }
            }
        });
        return packed;
    }

    /**
     * Pieces are many tiles of rows by a few panels, which are read from a far cache once for each of those tiles; a small product is
     * cut finer, for there to be some pieces at all.
     */
    private void run(Call call) {
        int tiles = call.blocks.count();
        int panels = Math.ceilDiv(call.n, PANEL_WIDTH);
        int turns = Math.ceilDiv(tiles, PanelKernels.TILES_IN_TURN);
        long cost = (long) call.blocks.paddedRows() * call.n * call.k;
        int wanted = Math.clamp(cost / PIECE_COST, 1, FEWEST_PIECES);
        int rowChunks = Math.ceilDiv(turns, TURNS_IN_PIECE);
        int columnChunks =
                Math.max(Math.ceilDiv(panels, PANELS_AT_ONCE), Math.min(panels, Math.ceilDiv(wanted, rowChunks)));
        rowChunks = Math.max(rowChunks, Math.min(turns, Math.ceilDiv(wanted, columnChunks)));
        runPieces(call, rowChunks, turns, columnChunks, panels);
    }

    private void runPieces(Call call, int rowChunks, int turns, int columnChunks, int panels) {
        parallel.forEach(rowChunks * columnChunks, piece -> {
            int rowChunk = piece / columnChunks;
            int columnChunk = piece % columnChunks;
            call.run(
                    scratch.get().target,
                    turns * rowChunk / rowChunks * PanelKernels.TILES_IN_TURN,
                    Math.min(call.blocks.count(), turns * (rowChunk + 1) / rowChunks * PanelKernels.TILES_IN_TURN),
                    panels * columnChunk / columnChunks,
                    panels * (columnChunk + 1) / columnChunks);
        });
    }

    /** The product of packed rows and packed columns. */
    private record Call(
            RowBlocks blocks,
            int n,
            int k,
            float[] packedA,
            float[] packedB,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate) {

        /** Some tiles of rows by some panels of columns. */
        void run(TileTarget target, int firstTile, int endTile, int firstPanel, int endPanel) {
            for (int start = 0; start == 0 || start < k; start += DEPTH) {
                int depth = Math.min(DEPTH, k - start);
                for (int first = firstTile; first < endTile; first += PanelKernels.TILES_IN_TURN) {
                    int end = Math.min(first + PanelKernels.TILES_IN_TURN, endTile);
                    for (int panel = firstPanel; panel < endPanel; panel++) {
                        for (int tile = first; tile < end; tile++) {
                            tile(target, tile, panel, start, depth);
                        }
                    }
                }
            }
        }

        private void tile(TileTarget target, int tile, int panel, int start, int depth) {
            boolean add = accumulate || start > 0;
            int column = panel * PANEL_WIDTH;
            int width = Math.min(PANEL_WIDTH, n - column);
            int to = cOffset + column + blocks.start(tile) * cLeading;
            int rows = blocks.rows(tile);
            boolean whole = width == PANEL_WIDTH && rows == blocks.tileRows(tile);
            if (whole) {
                target.to(c, to, cLeading, COLUMNS, 0, add);
            } else {
                target.toAside();
            }
            int a = blocks.packedOffset(tile, start / DEPTH, start, depth);
            int b = start * Math.ceilDiv(n, PANEL_WIDTH) * PANEL_WIDTH + column * depth;
            PanelKernels.run(blocks.tileRows(tile), depth, packedA, a, packedB, b, target);
            for (int v = 0; !whole && v * LANES < width; v++) {
                target.merge(v, rows, Math.min(LANES, width - v * LANES), c, to + v * LANES, cLeading, add);
            }
        }
    }

    /** The first {@code width} columns of B in panels, filled up with zeros. */
    private static void pack(
            float[] b, int offset, int leading, int depth, int width, float[] panels, int panelsOffset) {
        int whole = width / LANES * LANES;
        for (int d = 0; d < depth; d++) {
            int from = offset + d * leading;
            int to = panelsOffset + d * PANEL_WIDTH;
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
            float[] b,
            int offset,
            int leading,
            int depth,
            int width,
            float[] panels,
            int panelsOffset,
            Transposer transposer) {
        for (int p = 0; p < width; p += PANEL_WIDTH) {
            for (int j = 0; j < PANEL_WIDTH; j += LANES) {
                int rows = Math.clamp(width - (long) p - j, 0, LANES);
                for (int d = 0; d < depth; d += Transposer.MOST_COLUMNS) {
                    int count = Math.min(Transposer.MOST_COLUMNS, depth - d);
                    int to = panelsOffset + p * depth + d * PANEL_WIDTH + j;
                    transposer.run(b, offset + (p + j) * leading + d, leading, rows, count, panels, to, PANEL_WIDTH);
                }
            }
        }
    }
}

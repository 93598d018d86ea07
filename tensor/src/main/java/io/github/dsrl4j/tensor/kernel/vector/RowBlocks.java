package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import java.util.Arrays;

/**
 * How the rows of C (output channels) are cut into register tiles, and the packing of A (weights) that goes with it. For each
 * block of the summed dimension, and in it for each tile of R rows, packed A holds R starting values (the bias at the first
 * block, else 0), then for each step the R weights of that step. Rows that fill up a tile are 0.
 */
final class RowBlocks {
    /** Rows of a tile, and the cost of a step of it for two vectors: the inverse of its measured speed. */
    private static final int[][] TILES = Lanes.MANY_REGISTERS
            ? new int[][] {{8, 53}, {4, 29}, {2, 21}, {1, 18}}
            : new int[][] {{4, 46}, {2, 28}, {1, 20}};

    private static final int[][] PANEL_TILES =
            Lanes.MANY_REGISTERS ? new int[][] {{12, 67}, {8, 47}, {4, 29}} : new int[][] {{4, 46}};

    private final int rows;
    private final int[] tileRows;
    private final int[] start;
    private final int paddedRows;

    private static final int[][] ROW_TILES = {{1, 20}};

    /** Which register tiles compute a product. */
    enum Kind {
        /** {@link TileKernels}, with few rows. */
        TILE,
        /** {@link PanelKernels}, or with many rows {@link TileKernels}. */
        PANEL,
        /** {@link RowKernels}. */
        ROW
    }

    /** The cheapest cut of {@code rows}. */
    RowBlocks(int rows, Kind kind) {
        this.rows = rows;
        this.tileRows = cut(
                rows,
                switch (kind) {
                    case TILE -> TILES;
                    case PANEL -> PANEL_TILES;
                    case ROW -> ROW_TILES;
                });
        this.start = new int[tileRows.length];
        int at = 0;
        for (int i = 0; i < tileRows.length; i++) {
            start[i] = at;
            at += tileRows[i];
        }
        this.paddedRows = at;
    }

    private static int[] cut(int rows, int[][] shapes) {
        int[] cost = new int[rows + 1];
        int[] choice = new int[rows + 1];
        for (int left = 1; left <= rows; left++) {
            cost[left] = Integer.MAX_VALUE;
            for (int[] tile : shapes) {
                int with = tile[1] + cost[Math.max(0, left - tile[0])];
                if (with < cost[left]) {
                    cost[left] = with;
                    choice[left] = tile[0];
                }
            }
        }
        int[] tiles = new int[rows];
        int count = 0;
        for (int left = rows; left > 0; left -= choice[left]) {
            tiles[count++] = choice[left];
        }
        return Arrays.copyOf(tiles, count);
    }

    int count() {
        return tileRows.length;
    }

    /** The rows of the register tile that serves block i. */
    int tileRows(int i) {
        return tileRows[i];
    }

    /** The first row of block i. */
    int start(int i) {
        return start[i];
    }

    /** How many rows of block i there really are. */
    int rows(int i) {
        return Math.min(tileRows[i], rows - start[i]);
    }

    /** The rows of all register tiles together: at least as many as there are. */
    int paddedRows() {
        return paddedRows;
    }

    /** Where, in packed A, the tile of block i starts, for steps {@code depthStart} on, {@code depth} of them, in block {@code depthBlock}. */
    int packedOffset(int i, int depthBlock, int depthStart, int depth) {
        return paddedRows * (depthStart + depthBlock) + start[i] * (depth + 1);
    }

    /** The length of packed A for {@code depth} steps in {@code depthBlocks} blocks. */
    int packedLength(int depth, int depthBlocks) {
        return paddedRows * (depth + depthBlocks);
    }

    /**
     * Packs tile i of the block of steps that starts at {@code depthStart}: step d, row r is
     * {@code a[aOffset + steps[d] + r rowStride]}. {@code bias} may be null. Where the steps lie side by side in memory, they are
     * transposed in squares.
     */
    void pack(
            int i,
            float[] a,
            int aOffset,
            int rowStride,
            int[] steps,
            int depthBlock,
            int depthStart,
            int depth,
            float[] bias,
            int biasOffset,
            float[] packed,
            int packedOffset,
            Transposer transposer) {
        int height = tileRows[i];
        int real = rows(i);
        int to = packedOffset + packedOffset(i, depthBlock, depthStart, depth);
        for (int r = 0; r < height; r++) {
            packed[to + r] = r < real && bias != null ? bias[biasOffset + start[i] + r] : 0;
        }
        to += height;
        int from = aOffset + start[i] * rowStride;
        int d = 0;
        if (depth >= LANES && height <= LANES && isRun(steps, depthStart, depth)) {
            // Whole vectors are stored, which run over their rows into the steps behind: the last ones must not.
            int end = depth - Math.ceilDiv(LANES - height, height);
            while (d < end) {
                int count = Math.min(Transposer.MOST_COLUMNS, end - d);
                int at = from + steps[depthStart + d];
                transposer.run(a, at, rowStride, real, count, packed, to + d * height, height);
                d += count;
            }
        }
        for (; d < depth; d++) {
            int at = from + steps[depthStart + d];
            for (int r = 0; r < height; r++) {
                packed[to + d * height + r] = r < real ? a[at + r * rowStride] : 0;
            }
        }
    }

    private static boolean isRun(int[] steps, int start, int length) {
        for (int i = 1; i < length; i++) {
            if (steps[start + i] != steps[start] + i) {
                return false;
            }
        }
        return true;
    }
}

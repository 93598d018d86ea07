package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import java.util.Arrays;

/**
 * The {@code count} vectors that cover a block of output pixels: where each reads its source ({@code columns}) and where its
 * result belongs ({@code targets}). Where a row is no multiple of the vector, its last vector starts earlier and overlaps the one
 * before; the overlap is computed twice, to the same bits. In a row narrower than a vector only {@code lanes} lanes count. The
 * lists end with copies of the last vector, so that a wide tile never runs over.
 */
record VectorPositions(int count, int lanes, int[] columns, int[] targets) {
    /** {@code width} pixels in one row, where what comes before them may be computed and stored once more. */
    static VectorPositions ofStretch(int width) {
        var p = empty(Math.ceilDiv(width, LANES), LANES);
        for (int v = 0; v < p.count; v++) {
            p.columns[v] = Math.min(v * LANES, width - LANES);
            p.targets[v] = p.columns[v];
        }
        return p.finish();
    }

    /** {@code rows} rows of {@code width} pixels, {@code sourceStride} and {@code targetStride} apart. */
    static VectorPositions ofRows(int rows, int width, int sourceStride, int targetStride) {
        int inRow = Math.ceilDiv(width, LANES);
        var p = empty(rows * inRow, Math.min(width, LANES));
        for (int v = 0; v < p.count; v++) {
            int row = v / inRow;
            int start = Math.max(0, Math.min(v % inRow * LANES, width - LANES));
            p.columns[v] = row * sourceStride + start;
            p.targets[v] = row * targetStride + start;
        }
        return p.finish();
    }

    /** As {@link #ofRows}, but no vector overlaps another: the last of a row reads on behind it. */
    static VectorPositions ofWholeVectors(int rows, int width, int sourceStride) {
        int inRow = Math.ceilDiv(width, LANES);
        var p = empty(rows * inRow, LANES);
        for (int v = 0; v < p.count; v++) {
            p.columns[v] = v / inRow * sourceStride + v % inRow * LANES;
        }
        return p.finish();
    }

    private static VectorPositions empty(int count, int lanes) {
        return new VectorPositions(
                count, lanes, new int[count + TileTarget.MOST_VECTORS], new int[count + TileTarget.MOST_VECTORS]);
    }

    private VectorPositions finish() {
        if (count > 0) {
            Arrays.fill(columns, count, columns.length, columns[count - 1]);
            Arrays.fill(targets, count, targets.length, targets[count - 1]);
        }
        return this;
    }

    /** Whether every row is narrower than a vector, so that no vector can be stored whole. */
    boolean isNarrow() {
        return lanes < LANES;
    }
}

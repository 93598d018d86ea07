package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import java.util.Arrays;

/**
 * The vectors that cover a stretch of output pixels: where each reads its source and where it writes. Where a row is no
 * multiple of the vector, its last vector starts earlier and overlaps the one before; the overlap is computed twice, to the same
 * bits. Such a vector, and one that is wider than the whole row, is <em>ragged</em>: only the lanes {@code firstLane} to
 * {@code endLane - 1} are its own. The lists end with copies of the last vector so that a wide tile never runs over.
 */
final class VectorPositions {
    final int count;
    final int[] columns;
    final int[] targets;
    final int firstLane;
    final int endLane;
    private final boolean[] ragged;

    private VectorPositions(int count, int firstLane, int endLane) {
        this.count = count;
        this.firstLane = firstLane;
        this.endLane = endLane;
        this.columns = new int[count + TileTarget.MOST_VECTORS];
        this.targets = new int[count + TileTarget.MOST_VECTORS];
        this.ragged = new boolean[count];
    }

    /** Of {@code width} pixels in one row, where what comes before them may be read and written over with what it holds anyhow. */
    static VectorPositions ofStretch(int width) {
        var p = new VectorPositions(Math.ceilDiv(width, LANES), (LANES - width % LANES) % LANES, LANES);
        for (int v = 0; v < p.columns.length; v++) {
            int start = Math.min(v * LANES, width - LANES);
            p.columns[v] = start;
            p.targets[v] = start;
        }
        if (width % LANES != 0) {
            p.ragged[p.count - 1] = true;
        }
        return p;
    }

    /** Of {@code rows} rows of {@code width} pixels; rows are {@code sourceStride} and {@code targetStride} apart. */
    static VectorPositions ofRows(int rows, int width, int sourceStride, int targetStride) {
        int inRow = Math.ceilDiv(width, LANES);
        var p = new VectorPositions(rows * inRow, width < LANES ? 0 : (LANES - width % LANES) % LANES, Math.min(width, LANES));
        for (int v = 0; v < p.count; v++) {
            int row = v / inRow;
            int column = v % inRow * LANES;
            int start = Math.max(0, Math.min(column, width - LANES));
            p.columns[v] = row * sourceStride + start;
            p.targets[v] = row * targetStride + start;
            p.ragged[v] = column + LANES > width;
        }
        if (p.count > 0) {
            Arrays.fill(p.columns, p.count, p.columns.length, p.columns[p.count - 1]);
            Arrays.fill(p.targets, p.count, p.targets.length, p.targets[p.count - 1]);
        }
        return p;
    }

    /** Whether every row is narrower than a vector, so that no vector can be stored whole. */
    boolean isNarrow() {
        return endLane < LANES;
    }

    boolean isRagged(int v) {
        return ragged[v];
    }

    /** Whether the vectors from {@code first} on, {@code n} of them, are all there and none is ragged. */
    boolean isClean(int first, int n) {
        if (first + n > count) {
            return false;
        }
        for (int v = first; v < first + n; v++) {
            if (ragged[v]) {
                return false;
            }
        }
        return true;
    }
}

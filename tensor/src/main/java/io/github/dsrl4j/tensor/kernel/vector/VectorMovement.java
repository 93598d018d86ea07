package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Movement;
import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;

/** Copies: the box is described by as few dimensions as can be, and its rows are shared out. */
final class VectorMovement implements Movement {
    /** Shorter runs are copied by a loop, since calling the machine's own copy costs more than it saves. */
    private static final int SHORT_RUN = 16;

    /** Elements of a block that one thread copies. */
    private static final int BLOCK = 1 << 14;

    /** Columns of a transposition that are copied at a time: a cache line of the target. */
    private static final int STRIP = 16;

    private final Parallel parallel;

    VectorMovement(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void copy(int n, float[] x, int xOffset, float[] y, int yOffset) {
        Pieces.elements(parallel, n, (from, to) -> System.arraycopy(x, xOffset + from, y, yOffset + from, to - from));
    }

    @Override
    public void stridedCopy(
            int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides) {
        for (int extent : dims) {
            if (extent == 0) {
                return;
            }
        }
        var order = inOrderOfTarget(dims, xStrides, yStrides);
        var plan = Broadcast.collapse(order.dims(), order.aStrides(), order.bStrides());
        if (plan.dims().length == 1) {
            plan = plan.withLeadingOne();
        }
        copyPlanes(plan, x, xOffset, y, yOffset);
    }

    /** Shares out blocks of the last two dimensions. */
    private void copyPlanes(Broadcast plan, float[] x, int xOffset, float[] y, int yOffset) {
        var planes = plan.withoutLast();
        int rows = planes.inner();
        int rowAt = planes.dims().length - 1;
        int columns = plan.inner();
        int blockRows = Math.clamp(BLOCK / columns, 1, rows);
        int blockColumns = Math.min(columns, BLOCK);
        int blocksDown = Math.ceilDiv(rows, blockRows);
        int blocksAcross = Math.ceilDiv(columns, blockColumns);
        int blocks = blocksDown * blocksAcross;
        var steps = new Steps(
                planes.aStrides()[rowAt],
                plan.aStrides()[rowAt + 1],
                planes.bStrides()[rowAt],
                plan.bStrides()[rowAt + 1]);
        Pieces.run(parallel, planes.rows() * blocks, (long) blockRows * blockColumns, (from, to) -> {
            for (int item = from; item < to; item++) {
                int plane = item / blocks;
                int row = item % blocks / blocksAcross * blockRows;
                int column = item % blocksAcross * blockColumns;
                int xi = xOffset + planes.offset(plane, planes.aStrides()) + row * steps.xRow + column * steps.x;
                int yi = yOffset + planes.offset(plane, planes.bStrides()) + row * steps.yRow + column * steps.y;
                copyBlock(
                        Math.min(blockRows, rows - row), Math.min(blockColumns, columns - column), steps, x, xi, y, yi);
            }
        });
    }

    /** Distances between the rows and between the elements of a row, in the source and in the target. */
    private record Steps(int xRow, int x, int yRow, int y) {}

    private static void copyBlock(int rows, int columns, Steps s, float[] x, int xFrom, float[] y, int yFrom) {
        if (s.x == 1 && s.y == 1 && columns >= SHORT_RUN) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x, xFrom + i * s.xRow, y, yFrom + i * s.yRow, columns);
            }
        } else if (s.x == 0 && s.y == 1) {
            for (int i = 0; i < rows; i++) {
                int first = yFrom + i * s.yRow;
                Arrays.fill(y, first, first + columns, x[xFrom + i * s.xRow]);
            }
        } else if (columns < SHORT_RUN && rows > columns) {
            for (int j = 0; j < columns; j++) {
                copyRun(rows, x, xFrom + j * s.x, s.xRow, y, yFrom + j * s.y, s.yRow);
            }
        } else {
            // A transposition reads down a column: each cache line that it touches serves the rows that follow.
            for (int j = 0; j < columns; j += STRIP) {
                int width = Math.min(STRIP, columns - j);
                for (int i = 0; i < rows; i++) {
                    copyRun(width, x, xFrom + i * s.xRow + j * s.x, s.x, y, yFrom + i * s.yRow + j * s.y, s.y);
                }
            }
        }
    }

    private static void copyRun(int n, float[] x, int xFrom, int xStep, float[] y, int yFrom, int yStep) {
        for (int i = 0; i < n; i++) {
            y[yFrom + i * yStep] = x[xFrom + i * xStep];
        }
    }

    /** The dimensions in the order in which they lie in the target, so that it is written front to back. */
    private static Broadcast inOrderOfTarget(int[] dims, int[] xStrides, int[] yStrides) {
        int[] d = dims.clone();
        int[] xs = xStrides.clone();
        int[] ys = yStrides.clone();
        for (int i = 1; i < d.length; i++) {
            for (int j = i; j > 0 && Math.abs(ys[j - 1]) < Math.abs(ys[j]); j--) {
                swap(d, j);
                swap(xs, j);
                swap(ys, j);
            }
        }
        return new Broadcast(d, xs, ys);
    }

    private static void swap(int[] array, int j) {
        int held = array[j];
        array[j] = array[j - 1];
        array[j - 1] = held;
    }
}

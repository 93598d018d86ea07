package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of output pixels that see their sources under the same window: output (i, j) of the phase is pixel
 * {@code (i stepHeight + rowPhase, j stepWidth + columnPhase)} of the whole output, and adds up, for each tap t, source pixel
 * {@code (i strideHeight + tapRows[t], j strideWidth + tapColumns[t])} times the weight at {@code tapWeights[t]}.
 *
 * <p>A convolution has one phase. Its adjoint with stride s has s x s of them: the output pixels whose coordinates have the same
 * remainders mod s meet the same taps, so no product with an inserted zero is ever made. Taps are in the order of their source
 * pixels.
 */
record WindowPhase(
        int rowPhase, int columnPhase, int rows, int columns, int[] tapRows, int[] tapColumns, int[] tapWeights) {

    int taps() {
        return tapRows.length;
    }

    /** Whether the window is a grid of 3 x 3 pixels. */
    boolean isThreeByThree() {
        return taps() == 9
                && tapRows[4] - tapRows[0] == tapRows[8] - tapRows[4]
                && tapColumns[4] - tapColumns[0] == tapColumns[8] - tapColumns[4]
                && tapRows[4] != tapRows[0]
                && tapRows[2] == tapRows[0];
    }

    /** The same with the taps from last to first. */
    private WindowPhase reversed() {
        return new WindowPhase(
                rowPhase, columnPhase, rows, columns, reversed(tapRows), reversed(tapColumns), reversed(tapWeights));
    }

    private static int[] reversed(int[] x) {
        int[] y = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[x.length - 1 - i];
        }
        return y;
    }

    static List<WindowPhase> ofForward(ConvolutionGeometry g) {
        int taps = g.kernelArea();
        int[] rows = new int[taps];
        int[] columns = new int[taps];
        int[] weights = new int[taps];
        for (int t = 0; t < taps; t++) {
            rows[t] = t / g.kernelWidth() * g.dilationHeight() - g.paddingHeight();
            columns[t] = t % g.kernelWidth() * g.dilationWidth() - g.paddingWidth();
            weights[t] = t;
        }
        return List.of(new WindowPhase(0, 0, g.outHeight(), g.outWidth(), rows, columns, weights));
    }

    static List<WindowPhase> ofBackwardData(ConvolutionGeometry g) {
        var phases = new ArrayList<WindowPhase>();
        for (int r = 0; r < Math.min(g.strideHeight(), g.inHeight()); r++) {
            int[][] rowTaps = taps(r + g.paddingHeight(), g.kernelHeight(), g.dilationHeight(), g.strideHeight());
            for (int c = 0; c < Math.min(g.strideWidth(), g.inWidth()); c++) {
                int[][] columnTaps = taps(c + g.paddingWidth(), g.kernelWidth(), g.dilationWidth(), g.strideWidth());
                phases.add(product(g, r, c, rowTaps, columnTaps));
            }
        }
        return phases;
    }

    /** Pairs (kernel index, source index) of the taps that reach an output at remainder {@code origin}. */
    private static int[][] taps(int origin, int kernel, int dilation, int stride) {
        var found = new ArrayList<int[]>();
        for (int k = 0; k < kernel; k++) {
            if (Math.floorMod(origin - k * dilation, stride) == 0) {
                found.add(new int[] {k, Math.floorDiv(origin - k * dilation, stride)});
            }
        }
        return found.toArray(int[][]::new);
    }

    private static WindowPhase product(ConvolutionGeometry g, int r, int c, int[][] rowTaps, int[][] columnTaps) {
        int taps = rowTaps.length * columnTaps.length;
        int[] rows = new int[taps];
        int[] columns = new int[taps];
        int[] weights = new int[taps];
        int t = 0;
        for (int[] row : rowTaps) {
            for (int[] column : columnTaps) {
                rows[t] = row[1];
                columns[t] = column[1];
                weights[t] = row[0] * g.kernelWidth() + column[0];
                t++;
            }
        }
        return new WindowPhase(
                        r,
                        c,
                        Math.ceilDiv(g.inHeight() - r, g.strideHeight()),
                        Math.ceilDiv(g.inWidth() - c, g.strideWidth()),
                        rows,
                        columns,
                        weights)
                .reversed();
    }
}

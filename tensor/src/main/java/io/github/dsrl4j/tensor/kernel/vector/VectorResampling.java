package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Resampling;

/**
 * Resizing, plane by plane. Bilinear: each source row is resized along the width once, and output rows mix two of those as
 * vectors along the width. The backward passes are {@link Adjoint}s.
 */
final class VectorResampling implements Resampling {
    private final Parallel parallel;
    private final ThreadBuffer rows = new ThreadBuffer();

    VectorResampling(Parallel parallel) {
        this.parallel = parallel;
    }

    private static int inArea(Geometry g) {
        return g.inHeight() * g.inWidth();
    }

    private static int outArea(Geometry g) {
        return g.outHeight() * g.outWidth();
    }

    @Override
    public void bilinearForward(Geometry g, boolean alignCorners, float[] x, int xOffset, float[] y, int yOffset) {
        var down = ResampleAxis.of(g.inHeight(), g.outHeight(), alignCorners);
        var across = WidthResampler.of(ResampleAxis.of(g.inWidth(), g.outWidth(), alignCorners));
        Pieces.run(parallel, g.planes(), (long) inArea(g) + outArea(g), (from, to) -> {
            float[] resized = rows.floats(2 * g.outWidth());
            for (int plane = from; plane < to; plane++) {
                bilinearPlane(
                        g, down, across, x, xOffset + plane * inArea(g), y, yOffset + plane * outArea(g), resized);
            }
        });
    }

    /** Source row r, resized along the width, is kept in half {@code r % 2} of {@code resized} while output rows need it. */
    private static void bilinearPlane(
            Geometry g,
            ResampleAxis down,
            WidthResampler across,
            float[] x,
            int xPlane,
            float[] y,
            int yPlane,
            float[] resized) {
        int width = g.outWidth();
        int even = -1;
        int odd = -1;
        for (int i = 0; i < g.outHeight(); i++) {
            int low = down.low()[i];
            int high = down.high(i);
            for (int r = low; r <= high; r++) {
                if (r != (r % 2 == 0 ? even : odd)) {
                    across.resize(x, xPlane + r * g.inWidth(), resized, r % 2 * width);
                    even = r % 2 == 0 ? r : even;
                    odd = r % 2 == 0 ? odd : r;
                }
            }
            float fraction = (float) down.fraction()[i];
            RowLoops.mix(width, fraction, resized, low % 2 * width, resized, high % 2 * width, y, yPlane + i * width);
        }
    }

    @Override
    public void bilinearBackward(Geometry g, boolean alignCorners, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        backward(
                g,
                ResampleAxis.of(g.inHeight(), g.outHeight(), alignCorners),
                ResampleAxis.of(g.inWidth(), g.outWidth(), alignCorners),
                dy,
                dyOffset,
                dx,
                dxOffset);
    }

    private void backward(
            Geometry g, ResampleAxis down, ResampleAxis across, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        var rowAdjoint = down.adjoint();
        var columnAdjoint = across.adjoint();
        Pieces.run(parallel, g.planes(), (long) inArea(g) + outArea(g), (from, to) -> {
            float[] buffer = rows.floats(columnAdjoint.rowLength());
            for (int plane = from; plane < to; plane++) {
                int dyPlane = dyOffset + plane * outArea(g);
                Adjoint.applyToPlane(
                        rowAdjoint, columnAdjoint, false, dy, dyPlane, dx, dxOffset + plane * inArea(g), buffer);
            }
        });
    }

    @Override
    public void nearestForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        int[] sourceRow = ResampleAxis.nearest(g.inHeight(), g.outHeight()).low();
        int[] sourceColumn = ResampleAxis.nearest(g.inWidth(), g.outWidth()).low();
        Pieces.run(parallel, g.planes(), outArea(g), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * inArea(g);
                int yPlane = yOffset + plane * outArea(g);
                for (int i = 0; i < g.outHeight(); i++) {
                    int row = yPlane + i * g.outWidth();
                    if (i > 0 && sourceRow[i] == sourceRow[i - 1]) {
                        System.arraycopy(y, row - g.outWidth(), y, row, g.outWidth());
                    } else {
                        nearestRow(sourceColumn, g.outWidth(), x, xPlane + sourceRow[i] * g.inWidth(), y, row);
                    }
                }
            }
        });
    }

    private static void nearestRow(int[] source, int width, float[] x, int xFrom, float[] y, int yFrom) {
        for (int j = 0; j < width; j++) {
            y[yFrom + j] = x[xFrom + source[j]];
        }
    }

    @Override
    public void nearestBackward(Geometry g, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        backward(
                g,
                ResampleAxis.nearest(g.inHeight(), g.outHeight()),
                ResampleAxis.nearest(g.inWidth(), g.outWidth()),
                dy,
                dyOffset,
                dx,
                dxOffset);
    }
}

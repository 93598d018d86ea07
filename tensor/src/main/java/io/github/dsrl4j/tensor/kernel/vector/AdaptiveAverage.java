package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.GATHERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Adaptive average pooling: output i of h covers the input rows floor(i H / h) to ceil((i + 1) H / h). The rows of a window are summed
 * as vectors along the width, then its columns; halving and the average of a whole plane have loops of their own.
 */
final class AdaptiveAverage {
    private final Parallel parallel;
    private final ThreadBuffer row = new ThreadBuffer();

    AdaptiveAverage(Parallel parallel) {
        this.parallel = parallel;
    }

    private static int begin(int i, int in, int out) {
        return (int) ((long) i * in / out);
    }

    private static int end(int i, int in, int out) {
        return (int) Math.ceilDiv((i + 1L) * in, out);
    }

    /**
     * The windows along the width: element k of window j is column {@code columns[k out + j]}, and counts {@code weights[k out + j]}, the
     * share of a column, or 0 behind the end of the window, where the column is its last one.
     */
    private record Windows(int out, int reach, int[] columns, float[] weights) {
        static Windows of(int in, int out) {
            int reach = 0;
            for (int j = 0; j < out; j++) {
                reach = Math.max(reach, end(j, in, out) - begin(j, in, out));
            }
            int[] columns = new int[reach * out];
            float[] weights = new float[reach * out];
            for (int j = 0; j < out; j++) {
                int left = begin(j, in, out);
                int count = end(j, in, out) - left;
                for (int k = 0; k < reach; k++) {
                    columns[k * out + j] = left + Math.min(k, count - 1);
                    weights[k * out + j] = k < count ? 1.0f / count : 0;
                }
            }
            return new Windows(out, reach, columns, weights);
        }

        /** {@code y[j] = share sum over k of weights[k, j] sums[columns[k, j]]}. */
        void means(float share, float[] sums, float[] y, int yFrom) {
            int bound = GATHERS ? SPECIES.loopBound(out) : 0;
            for (int j = 0; j < bound; j += LANES) {
                var mean = FloatVector.zero(SPECIES);
                for (int k = j; k < reach * out; k += out) {
                    mean = FloatVector.fromArray(SPECIES, sums, 0, columns, k)
                            .fma(FloatVector.fromArray(SPECIES, weights, k), mean);
                }
                mean.mul(share).intoArray(y, yFrom + j);
            }
            for (int j = bound; j < out; j++) {
                float mean = 0;
                for (int k = j; k < reach * out; k += out) {
                    mean = Math.fma(sums[columns[k]], weights[k], mean);
                }
                y[yFrom + j] = mean * share;
            }
        }
    }

    void forward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset) {
        int area = inHeight * inWidth;
        int outArea = outHeight * outWidth;
        boolean halves = inHeight == 2 * outHeight && inWidth == 2 * outWidth;
        var windows = halves || outArea == 1 ? null : Windows.of(inWidth, outWidth);
        Pieces.run(parallel, planes, area, (from, to) -> {
            float[] buffer = row.floats(Math.max(inWidth, LANES));
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * area;
                int yPlane = yOffset + plane * outArea;
                if (outArea == 1) {
                    y[yPlane] = (float) (Sums.sum(x, xPlane, area, buffer) / area);
                } else if (halves) {
                    HalvingLoops.mean(outHeight, outWidth, x, xPlane, y, yPlane);
                } else {
                    plane(windows, inHeight, inWidth, outHeight, x, xPlane, y, yPlane, buffer);
                }
            }
        });
    }

    private static void plane(
            Windows windows,
            int inHeight,
            int inWidth,
            int outHeight,
            float[] x,
            int xPlane,
            float[] y,
            int yPlane,
            float[] buffer) {
        for (int i = 0; i < outHeight; i++) {
            int top = begin(i, inHeight, outHeight);
            int rows = end(i, inHeight, outHeight) - top;
            RowLoops.sum(rows, inWidth, x, xPlane + top * inWidth, inWidth, buffer, 0);
            windows.means(1.0f / rows, buffer, y, yPlane + i * windows.out);
        }
    }

    void backward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            boolean add,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        int area = inHeight * inWidth;
        int outArea = outHeight * outWidth;
        boolean halves = inHeight == 2 * outHeight && inWidth == 2 * outWidth;
        if (outArea == 1 || (halves && !add)) {
            Pieces.run(parallel, planes, area, (from, to) -> {
                for (int plane = from; plane < to; plane++) {
                    int dxPlane = dxOffset + plane * area;
                    if (outArea > 1) {
                        HalvingLoops.spread(outHeight, outWidth, dy, dyOffset + plane * outArea, dx, dxPlane);
                    } else if (add) {
                        shift(area, dy[dyOffset + plane] / area, dx, dxPlane);
                    } else {
                        Arrays.fill(dx, dxPlane, dxPlane + area, dy[dyOffset + plane] / area);
                    }
                }
            });
            return;
        }
        var rows = adjoint(inHeight, outHeight);
        var columns = adjoint(inWidth, outWidth);
        Pieces.run(parallel, planes, area, (from, to) -> {
            float[] buffer = row.floats(columns.rowLength());
            for (int plane = from; plane < to; plane++) {
                int dyPlane = dyOffset + plane * outArea;
                Adjoint.applyToPlane(rows, columns, add, dy, dyPlane, dx, dxOffset + plane * area, buffer);
            }
        });
    }

    private static void shift(int n, float by, float[] x, int from) {
        int bound = SPECIES.loopBound(n);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, from + i).add(by).intoArray(x, from + i);
        }
        for (int i = bound; i < n; i++) {
            x[from + i] += by;
        }
    }

    private static Adjoint adjoint(int in, int out) {
        return Adjoint.of(in, out, sink -> {
            for (int i = 0; i < out; i++) {
                int end = end(i, in, out);
                double share = 1.0 / (end - begin(i, in, out));
                for (int r = begin(i, in, out); r < end; r++) {
                    sink.term(i, r, share);
                }
            }
        });
    }
}

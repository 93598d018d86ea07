package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.GATHERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The transpose of a linear map along one axis of an image, such as resampling or average pooling: input r has gradient
 * {@code sum over k < count[r] of weights[r reach + k] dy[first[r] + k]}. Gathering what belongs to an input leaves no two
 * additions to the same place, so the loops run along the width as vectors and planes need no order.
 *
 * @param weights {@code [in, reach]}, to be read along the terms of an input
 * @param byTerm {@code [reach, in]}, the same, to be read along the inputs
 */
record Adjoint(int in, int out, int reach, int[] first, int[] count, float[] weights, float[] byTerm) {
    /** One term of the forward map: {@code y[to] += weight x[from]}. */
    @FunctionalInterface
    interface Terms {
        void forEach(Sink sink);
    }

    /** Receives the terms of a map. */
    @FunctionalInterface
    interface Sink {
        void term(int to, int from, double weight);
    }

    /** The transpose of the map with the given terms, which are listed twice: to measure, and to fill in. */
    static Adjoint of(int in, int out, Terms terms) {
        int[] first = new int[in];
        int[] end = new int[in];
        Arrays.fill(first, out);
        terms.forEach((to, from, weight) -> {
            if (weight != 0) {
                first[from] = Math.min(first[from], to);
                end[from] = Math.max(end[from], to + 1);
            }
        });
        int reach = 1;
        int[] count = new int[in];
        for (int r = 0; r < in; r++) {
            count[r] = Math.max(0, end[r] - first[r]);
            first[r] = count[r] == 0 ? 0 : first[r];
            reach = Math.max(reach, count[r]);
        }
        float[] weights = new float[in * reach];
        int width = reach;
        terms.forEach((to, from, weight) -> {
            if (weight != 0) {
                weights[from * width + to - first[from]] += (float) weight;
            }
        });
        float[] byTerm = new float[in * reach];
        for (int r = 0; r < in; r++) {
            for (int k = 0; k < reach; k++) {
                byTerm[k * in + r] = weights[r * reach + k];
            }
        }
        return new Adjoint(in, out, reach, first, count, weights, byTerm);
    }

    /** The transpose of averaging over windows. */
    static Adjoint ofWindows(int in, int out, int kernel, int stride, int padding, boolean countIncludePad) {
        return of(in, out, sink -> {
            for (int i = 0; i < out; i++) {
                double share = 1.0 / windowCount(i, in, kernel, stride, padding, countIncludePad);
                int begin = i * stride - padding;
                for (int r = Math.max(0, begin); r < Math.min(in, begin + kernel); r++) {
                    sink.term(i, r, share);
                }
            }
        });
    }

    /** What window i is divided by along one axis. */
    static int windowCount(int i, int in, int kernel, int stride, int padding, boolean countIncludePad) {
        int begin = i * stride - padding;
        return countIncludePad
                ? Math.min(begin + kernel, in + padding) - begin
                : Math.min(begin + kernel, in) - Math.max(begin, 0);
    }

    /** The length of the working memory of {@link #applyToPlane}: a row of dy, and the terms of weight 0 behind its end. */
    int rowLength() {
        return out + reach;
    }

    /** dx from dy of one plane, or what to add to it; {@code row} is working memory for {@code columns.rowLength()} elements. */
    static void applyToPlane(
            Adjoint rows, Adjoint columns, boolean add, float[] dy, int dyPlane, float[] dx, int dxPlane, float[] row) {
        Arrays.fill(row, columns.out, columns.rowLength(), 0);
        for (int r = 0; r < rows.in; r++) {
            if (!add && r > 0 && rows.repeats(r)) {
                System.arraycopy(dx, dxPlane + (r - 1) * columns.in, dx, dxPlane + r * columns.in, columns.in);
                continue;
            }
            int from = dyPlane + rows.first[r] * columns.out;
            RowLoops.weightedSum(
                    rows.count[r], columns.out, rows.weights, r * rows.reach, dy, from, columns.out, row, 0);
            if (add) {
                columns.addToRow(row, dx, dxPlane + r * columns.in);
            } else {
                columns.applyToRow(row, dx, dxPlane + r * columns.in);
            }
        }
    }

    /** Whether the terms of input r are those of the input before it, as within a window of an average. */
    private boolean repeats(int r) {
        return first[r] == first[r - 1]
                && count[r] == count[r - 1]
                && Arrays.equals(
                        weights, r * reach, r * reach + count[r], weights, (r - 1) * reach, (r - 1) * reach + count[r]);
    }

    private void applyToRow(float[] row, float[] dx, int dxFrom) {
        int bound = GATHERS ? SPECIES.loopBound(in) : 0;
        for (int c = 0; c < bound; c += LANES) {
            var sum = FloatVector.zero(SPECIES);
            for (int k = 0; k < reach; k++) {
                sum = FloatVector.fromArray(SPECIES, row, k, first, c)
                        .fma(FloatVector.fromArray(SPECIES, byTerm, k * in + c), sum);
            }
            sum.intoArray(dx, dxFrom + c);
        }
        for (int c = bound; c < in; c++) {
            float sum = 0;
            for (int k = 0; k < count[c]; k++) {
                sum += weights[c * reach + k] * row[first[c] + k];
            }
            dx[dxFrom + c] = sum;
        }
    }

    /** A loop of its own, because a vector that is one or the other is not kept in a register. */
    private void addToRow(float[] row, float[] dx, int dxFrom) {
        int bound = GATHERS ? SPECIES.loopBound(in) : 0;
        for (int c = 0; c < bound; c += LANES) {
            var sum = FloatVector.fromArray(SPECIES, dx, dxFrom + c);
            for (int k = 0; k < reach; k++) {
                sum = FloatVector.fromArray(SPECIES, row, k, first, c)
                        .fma(FloatVector.fromArray(SPECIES, byTerm, k * in + c), sum);
            }
            sum.intoArray(dx, dxFrom + c);
        }
        for (int c = bound; c < in; c++) {
            float sum = dx[dxFrom + c];
            for (int k = 0; k < count[c]; k++) {
                sum += weights[c * reach + k] * row[first[c] + k];
            }
            dx[dxFrom + c] = sum;
        }
    }
}

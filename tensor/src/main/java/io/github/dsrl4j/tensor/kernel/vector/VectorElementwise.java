package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Element-wise arithmetic: shares out the elements; the loops are in {@link UnaryLoops}, {@link BinaryLoops} and {@link PreluLoops}. */
final class VectorElementwise implements Elementwise {
    /** Longer rows of a broadcast are cut, so that one row can occupy all threads. */
    private static final int SEGMENT = 1 << 15;

    private final Parallel parallel;
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer planeSums = new ThreadBuffer();

    VectorElementwise(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void fill(int n, float value, float[] y, int yOffset) {
        Pieces.elements(parallel, n, (from, to) -> Arrays.fill(y, yOffset + from, yOffset + to, value));
    }

    @Override
    public void unary(Unary f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        Pieces.elements(
                parallel, n, (from, to) -> UnaryLoops.forward(f, to - from, x, xOffset + from, y, yOffset + from));
    }

    @Override
    public void unaryBackward(
            Unary f,
            int n,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        Pieces.elements(
                parallel,
                n,
                (from, to) -> UnaryDerivativeLoops.backward(
                        f, to - from, x, xOffset + from, y, yOffset + from, dy, dyOffset + from, dx, dxOffset + from));
    }

    @Override
    public void binary(Binary f, int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
        Pieces.elements(
                parallel,
                n,
                (from, to) -> BinaryLoops.both(f, to - from, a, aOffset + from, b, bOffset + from, c, cOffset + from));
    }

    @Override
    public void binaryBroadcast(
            Binary f,
            int[] dims,
            float[] a,
            int aOffset,
            int[] aStrides,
            float[] b,
            int bOffset,
            int[] bStrides,
            float[] c,
            int cOffset) {
        var plan = Broadcast.collapse(dims, aStrides, bStrides);
        int inner = plan.inner();
        int aStep = plan.aStrides()[plan.dims().length - 1];
        int bStep = plan.bStrides()[plan.dims().length - 1];
        int segments = Math.max(1, Math.ceilDiv(inner, SEGMENT));
        Pieces.run(parallel, plan.rows() * segments, Math.min(inner, SEGMENT), (from, to) -> {
            for (int item = from; item < to; item++) {
                int row = item / segments;
                int start = item % segments * SEGMENT;
                int ai = aOffset + plan.offset(row, plan.aStrides()) + start * aStep;
                int bi = bOffset + plan.offset(row, plan.bStrides()) + start * bStep;
                int n = Math.min(SEGMENT, inner - start);
                BinaryLoops.row(f, n, a, ai, aStep, b, bi, bStep, c, cOffset + row * inner + start);
            }
        });
    }

    @Override
    public void affine(int n, float scale, float shift, float[] x, int xOffset, float[] y, int yOffset) {
        Pieces.elements(
                parallel, n, (from, to) -> affineLoop(to - from, scale, shift, x, xOffset + from, y, yOffset + from));
    }

    private static void affineLoop(int n, float scale, float shift, float[] x, int xFrom, float[] y, int yFrom) {
        int bound = SPECIES.loopBound(n);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).mul(scale).add(shift).intoArray(y, yFrom + i);
        }
        for (int i = bound; i < n; i++) {
            y[yFrom + i] = scale * x[xFrom + i] + shift;
        }
    }

    @Override
    public void addScaled(int n, float scale, float[] x, int xOffset, float[] y, int yOffset) {
        Pieces.elements(
                parallel, n, (from, to) -> addScaledLoop(to - from, scale, x, xOffset + from, y, yOffset + from));
    }

    private static void addScaledLoop(int n, float scale, float[] x, int xFrom, float[] y, int yFrom) {
        int bound = SPECIES.loopBound(n);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i)
                    .mul(scale)
                    .add(FloatVector.fromArray(SPECIES, y, yFrom + i))
                    .intoArray(y, yFrom + i);
        }
        for (int i = bound; i < n; i++) {
            y[yFrom + i] += scale * x[xFrom + i];
        }
    }

    @Override
    public void preluForward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] y,
            int yOffset) {
        Pieces.run(parallel, batch * channels, area, (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                float s = slope[slopeOffset + plane % channels];
                PreluLoops.forward(area, s, x, xOffset + plane * area, y, yOffset + plane * area);
            }
        });
    }

    @Override
    public void preluBackward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dslope,
            int dslopeOffset) {
        double[] sums = planeSums.doubles(batch * channels);
        Pieces.run(parallel, batch * channels, area, (from, to) -> {
            float[] buffer = lanes.floats(LANES);
            for (int plane = from; plane < to; plane++) {
                float s = slope[slopeOffset + plane % channels];
                int first = plane * area;
                sums[plane] = PreluLoops.backward(
                        area, s, x, xOffset + first, dy, dyOffset + first, dx, dxOffset + first, buffer);
            }
        });
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int plane = c; plane < batch * channels; plane += channels) {
                sum += sums[plane];
            }
            dslope[dslopeOffset + c] = (float) sum;
        }
    }
}

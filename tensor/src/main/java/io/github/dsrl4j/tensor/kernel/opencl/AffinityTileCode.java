package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The tiles of the affinity loss on a processor. A work item has 8 rows of the similarity matrices and goes along them 24 columns at a
 * time: similarities of a, then of b, in registers; signs of their differences; then what the signs weigh is added to the
 * gradient's sums, 16 channels at a time.
 *
 * <p>Operands: p, q unit vectors of a and b by channel, r, s by position; t, u the sums h of {@link AffinityCode} (null where no gradient
 * is wanted); v partial sums of the loss. Numbers: i0 batch, i1 positions, i2 positions padded to a multiple of 24; i3, i4
 * channels of a, as they are and padded to a multiple of 16; i5, i6 of b.
 */
abstract class AffinityTileCode extends DepthwiseRowCode {
    final void affinityTiles(
            int item, float[] ua, float[] ub, float[] ta, float[] tb, float[] ha, float[] hb, float[] partial) {
        int blocks = (i1 + 7) / 8;
        int image = item / blocks;
        int row = item % blocks * 8;
        float[] a_$private$ = new float[192];
        float[] b_$private$ = new float[192];
        float[] signs_$private$ = new float[192];
        float[] loss_$private$ = new float[8];
        zero8(loss_$private$, 0);
        for (int column = 0; column < i2; column += 24) {
            similarities(ua, pAt + image * i3 * i2, i3, row, column, a_$private$);
            similarities(ub, qAt + image * i5 * i2, i5, row, column, b_$private$);
            for (int e = 0; e < 192; e += 8) {
                signs8(loss_$private$, signs_$private$, a_$private$, b_$private$, e);
            }
            if (tAt >= 0) {
                addSigned(
                        ta,
                        rAt + (image * i2 + column) * i4,
                        ha,
                        tAt + (image * i2 + row) * i4,
                        i4,
                        column,
                        signs_$private$);
            }
            if (uAt >= 0) {
                addSigned(
                        tb,
                        sAt + (image * i2 + column) * i6,
                        hb,
                        uAt + (image * i2 + row) * i6,
                        i6,
                        column,
                        signs_$private$);
            }
        }
        float[] lanes_$private$ = new float[8];
        spill8(lanes_$private$, 0, loss_$private$);
        float sum = 0f;
        for (int j = 0; j < 8; j++) {
            sum += lanes_$private$[j];
        }
        partial[vAt + item] = sum;
    }

    private void similarities(float[] u, int first, int channels, int row, int column, float[] tile_$private$) {
        float[] sums_$private$ = new float[192];
        float[] xs_$private$ = new float[24];
        zero24(sums_$private$, 0);
        zero24(sums_$private$, 24);
        zero24(sums_$private$, 48);
        zero24(sums_$private$, 72);
        zero24(sums_$private$, 96);
        zero24(sums_$private$, 120);
        zero24(sums_$private$, 144);
        zero24(sums_$private$, 168);
        for (int c = 0; c < channels; c++) {
            int from = first + c * i2;
            load24(xs_$private$, u, from + column);
            multiplyAdd24(sums_$private$, 0, u[from + row], xs_$private$);
            multiplyAdd24(sums_$private$, 24, u[from + row + 1], xs_$private$);
            multiplyAdd24(sums_$private$, 48, u[from + row + 2], xs_$private$);
            multiplyAdd24(sums_$private$, 72, u[from + row + 3], xs_$private$);
            multiplyAdd24(sums_$private$, 96, u[from + row + 4], xs_$private$);
            multiplyAdd24(sums_$private$, 120, u[from + row + 5], xs_$private$);
            multiplyAdd24(sums_$private$, 144, u[from + row + 6], xs_$private$);
            multiplyAdd24(sums_$private$, 168, u[from + row + 7], xs_$private$);
        }
        spill24(tile_$private$, 0, sums_$private$);
        spill24(tile_$private$, 24, sums_$private$);
        spill24(tile_$private$, 48, sums_$private$);
        spill24(tile_$private$, 72, sums_$private$);
        spill24(tile_$private$, 96, sums_$private$);
        spill24(tile_$private$, 120, sums_$private$);
        spill24(tile_$private$, 144, sums_$private$);
        spill24(tile_$private$, 168, sums_$private$);
    }

    private void signs8(
            float[] loss_$private$, float[] signs_$private$, float[] a_$private$, float[] b_$private$, int at) {
        for (int j = 0; j < 8; j++) {
            float difference = a_$private$[at + j] - b_$private$[at + j];
            loss_$private$[j] += difference < 0f ? -difference : difference;
            signs_$private$[at + j] = (difference > 0f ? 1f : 0f) - (difference < 0f ? 1f : 0f);
        }
    }

    /** {@code h[r] += sum over 24 columns of signs[r, column] t[column]}, from 0 at the first columns. */
    private void addSigned(float[] t, int from, float[] h, int to, int channels, int column, float[] signs_$private$) {
        for (int c = 0; c < channels; c += 16) {
            float[] sums_$private$ = new float[128];
            float[] xs_$private$ = new float[16];
            float keep = column == 0 ? 0f : 1f;
            start16(sums_$private$, 0, h, to + c, keep);
            start16(sums_$private$, 16, h, to + c + channels, keep);
            start16(sums_$private$, 32, h, to + c + 2 * channels, keep);
            start16(sums_$private$, 48, h, to + c + 3 * channels, keep);
            start16(sums_$private$, 64, h, to + c + 4 * channels, keep);
            start16(sums_$private$, 80, h, to + c + 5 * channels, keep);
            start16(sums_$private$, 96, h, to + c + 6 * channels, keep);
            start16(sums_$private$, 112, h, to + c + 7 * channels, keep);
            for (int j = 0; j < 24; j++) {
                load8(xs_$private$, 0, t, from + j * channels + c);
                load8(xs_$private$, 8, t, from + j * channels + c + 8);
                multiplyAdd16(sums_$private$, 0, signs_$private$[j], xs_$private$);
                multiplyAdd16(sums_$private$, 16, signs_$private$[j + 24], xs_$private$);
                multiplyAdd16(sums_$private$, 32, signs_$private$[j + 48], xs_$private$);
                multiplyAdd16(sums_$private$, 48, signs_$private$[j + 72], xs_$private$);
                multiplyAdd16(sums_$private$, 64, signs_$private$[j + 96], xs_$private$);
                multiplyAdd16(sums_$private$, 80, signs_$private$[j + 120], xs_$private$);
                multiplyAdd16(sums_$private$, 96, signs_$private$[j + 144], xs_$private$);
                multiplyAdd16(sums_$private$, 112, signs_$private$[j + 168], xs_$private$);
            }
            store16(h, to + c, sums_$private$, 0);
            store16(h, to + c + channels, sums_$private$, 16);
            store16(h, to + c + 2 * channels, sums_$private$, 32);
            store16(h, to + c + 3 * channels, sums_$private$, 48);
            store16(h, to + c + 4 * channels, sums_$private$, 64);
            store16(h, to + c + 5 * channels, sums_$private$, 80);
            store16(h, to + c + 6 * channels, sums_$private$, 96);
            store16(h, to + c + 7 * channels, sums_$private$, 112);
        }
    }

    private void multiplyAdd16(float[] a_$private$, int at, float w, float[] b_$private$) {
        multiplyAdd8(a_$private$, at, w, b_$private$, 0);
        multiplyAdd8(a_$private$, at + 8, w, b_$private$, 8);
    }

    /** What is there, or zeros in place of anything that is there. */
    private void start8(float[] a_$private$, int at, float[] h, int from, float keep) {
        for (int j = 0; j < 8; j++) {
            float v = h[from + j];
            a_$private$[at + j] = keep > 0f ? v : 0f;
        }
    }

    private void start16(float[] a_$private$, int at, float[] h, int from, float keep) {
        start8(a_$private$, at, h, from, keep);
        start8(a_$private$, at + 8, h, from + 8, keep);
    }

    private void store8(float[] h, int to, float[] a_$private$, int at) {
        for (int j = 0; j < 8; j++) {
            h[to + j] = a_$private$[at + j];
        }
    }

    private void store16(float[] h, int to, float[] a_$private$, int at) {
        store8(h, to, a_$private$, at);
        store8(h, to + 8, a_$private$, at + 8);
    }
}

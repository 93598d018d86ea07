package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The affinity loss before and after its tiles. A feature map gets unit vectors u in two layouts, {@code [channel, position]} and
 * {@code [position, channel]}, each padded with zeros, which add nothing to any sum; the tiles leave in {@code [position, channel]}
 * the sums {@code h[i] = sum over j of sign(S_a[i, j] - S_b[i, j]) u[j]} and partial sums of the loss.
 *
 * <p>Numbers: i0 batch, i1 positions, i2 positions padded, i3 channels, i4 channels padded; i5 positions of a work item.
 */
abstract class AffinityCode extends EpilogueCode {
    /** Operands: p features; q unit vectors by channel, r by position; s 1 / norm of each position, 0 where there is no vector. */
    final void affinityUnits(int item, float[] x, float[] byChannel, float[] byPosition, float[] inverse) {
        int end = min(i0 * i2, (item + 1) * i5);
        for (int at = item * i5; at < end; at++) {
            int image = at / i2;
            int i = at % i2;
            int inside = i < i1 ? 1 : 0;
            int source = pAt + image * i3 * i1 + (inside == 1 ? i : 0);
            float squares = 0f;
            for (int c = 0; c < i3; c++) {
                float v = x[source + c * i1];
                squares += v * v;
            }
            float norm = sqrt(squares);
            if (squares > 3e38f) {
                norm = largeNorm(x, source);
            }
            int none = inside == 0 || norm < 1e-12f ? 1 : 0;
            float scale = none == 1 ? 0f : 1f / norm;
            inverse[sAt + at] = scale;
            int to = rAt + at * i4;
            for (int c = 0; c < i3; c++) {
                // An infinite feature has no direction: infinity times 0 is NaN, as in the other kernels.
                float u = none == 1 ? 0f : x[source + c * i1] * scale;
                byChannel[qAt + (image * i3 + c) * i2 + i] = u;
                byPosition[to + c] = u;
            }
            for (int c = i3; c < i4; c++) {
                byPosition[to + c] = 0f;
            }
        }
    }

    /** The norm of a feature whose squares overflow; infinite where the feature itself is. */
    final float largeNorm(float[] x, int source) {
        float squares = 0f;
        for (int c = 0; c < i3; c++) {
            float v = x[source + c * i1] * 1e-19f;
            squares += v * v;
        }
        return sqrt(squares) * 1e19f;
    }

    /**
     * {@code dx[i] = f0 (h[i] - u[i] (u[i] . h[i])) / norm[i]}. Operands: p h, q unit vectors by position, r 1 / norm, s dx
     * {@code [channel, position]}.
     */
    final void affinityGradient(int item, float[] h, float[] u, float[] inverse, float[] dx) {
        int end = min(i0 * i1, (item + 1) * i5);
        for (int at = item * i5; at < end; at++) {
            int image = at / i1;
            int i = at % i1;
            int position = image * i2 + i;
            int hRow = pAt + position * i4;
            int uRow = qAt + position * i4;
            float along = 0f;
            for (int c = 0; c < i3; c++) {
                along += u[uRow + c] * h[hRow + c];
            }
            float scale = f0 * inverse[rAt + position];
            int to = sAt + image * i3 * i1 + i;
            for (int c = 0; c < i3; c++) {
                dx[to + c * i1] = (h[hRow + c] - u[uRow + c] * along) * scale;
            }
        }
    }

    /** One work item adds up i0 partial sums p and writes f0 times the sum to q. */
    final void affinityLoss(int item, float[] partial, float[] loss) {
        if (item == 0) {
            float sum = 0f;
            float lost = 0f;
            for (int k = 0; k < i0; k++) {
                // Compensated, as there may be many.
                float term = partial[pAt + k] - lost;
                float next = sum + term;
                lost = next - sum - term;
                sum = next;
            }
            loss[qAt] = f0 * sum;
        }
    }
}

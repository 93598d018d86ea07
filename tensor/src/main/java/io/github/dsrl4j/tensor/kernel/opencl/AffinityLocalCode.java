package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The tiles of the affinity loss on a graphics processor. A group of 256 work items has 64 rows of the similarity matrices and goes along
 * them 64 columns at a time; an item keeps 4 x 4 elements in registers, and slices of the features are shared in local memory, as in the
 * matrix product. Operands and numbers are those of {@link AffinityTileCode}, but positions are padded to a multiple of 64.
 */
abstract class AffinityLocalCode extends ConvolutionLocalCode {
    final void affinityLocalTiles(
            float[] ua, float[] ub, float[] ta, float[] tb, float[] ha, float[] hb, float[] partial) {
        int item = getLocalId();
        int blocks = i2 / 64;
        int image = getGroupId() / blocks;
        int row = getGroupId() % blocks * 64;
        float[] a_$private$ = new float[16];
        float[] b_$private$ = new float[16];
        float loss = 0f;
        // No channels where no gradient is wanted; a condition around barriers would double the program.
        int channelsA = tAt >= 0 ? i4 : 0;
        int channelsB = uAt >= 0 ? i6 : 0;
        for (int column = 0; column < i2; column += 64) {
            localSimilarities(item, ua, pAt + image * i3 * i2, i3, row, column, a_$private$);
            localSimilarities(item, ub, qAt + image * i5 * i2, i5, row, column, b_$private$);
            for (int e = 0; e < 16; e++) {
                float difference = a_$private$[e] - b_$private$[e];
                loss += difference < 0f ? -difference : difference;
                float sign = (difference > 0f ? 1f : 0f) - (difference < 0f ? 1f : 0f);
                shared[(item % 16 + 16 * (e % 4)) * 65 + item / 16 * 4 + e / 4] = sign;
            }
            localBarrier();
            addLocalSigned(
                    item, ta, rAt + (image * i2 + column) * i4, ha, tAt + (image * i2 + row) * i4, channelsA, column);
            addLocalSigned(
                    item, tb, sAt + (image * i2 + column) * i6, hb, uAt + (image * i2 + row) * i6, channelsB, column);
        }
        localBarrier();
        shared[item] = loss;
        localBarrier();
        if (item == 0) {
            float sum = 0f;
            for (int other = 0; other < 256; other++) {
                sum += shared[other];
            }
            partial[vAt + getGroupId()] = sum;
        }
    }

    private void localSimilarities(
            int item, float[] u, int first, int channels, int row, int column, float[] sums_$private$) {
        for (int e = 0; e < 16; e++) {
            sums_$private$[e] = 0f;
        }
        for (int c = 0; c < channels; c += 16) {
            for (int e = 0; e < 4; e++) {
                int term = item / 64 + 4 * e;
                int lane = item % 64;
                int inside = c + term < channels ? 1 : 0;
                int from = inside == 1 ? first + (c + term) * i2 : first;
                float v = u[from + row + lane];
                float w = u[from + column + lane];
                sliceA[term * 65 + lane] = inside == 1 ? v : 0f;
                sliceB[term * 65 + lane] = inside == 1 ? w : 0f;
            }
            localBarrier();
            addSlice(sums_$private$, item / 16 * 4, item % 16);
            localBarrier();
        }
    }

    /** {@code h[r] += sum over 64 columns of signs[r, column] t[column]}, 64 channels at a time, from 0 at the first columns. */
    private void addLocalSigned(int item, float[] t, int from, float[] h, int to, int channels, int column) {
        for (int c = 0; c < channels; c += 64) {
            float[] sums_$private$ = new float[16];
            for (int e = 0; e < 16; e++) {
                int channel = c + item % 16 + 16 * (e % 4);
                int at = to + (item / 16 * 4 + e / 4) * channels + channel;
                int known = (channel < channels ? 1 : 0) & (column > 0 ? 1 : 0);
                float v = h[known == 1 ? at : to];
                sums_$private$[e] = known == 1 ? v : 0f;
            }
            for (int first = 0; first < 64; first += 16) {
                for (int e = 0; e < 4; e++) {
                    int term = item / 64 + 4 * e;
                    int lane = item % 64;
                    int inside = c + lane < channels ? 1 : 0;
                    sliceA[term * 65 + lane] = shared[(first + term) * 65 + lane];
                    float v = t[inside == 1 ? from + (first + term) * channels + c + lane : from];
                    sliceB[term * 65 + lane] = inside == 1 ? v : 0f;
                }
                localBarrier();
                addSlice(sums_$private$, item / 16 * 4, item % 16);
                localBarrier();
            }
            for (int e = 0; e < 16; e++) {
                int channel = c + item % 16 + 16 * (e % 4);
                if (channel < channels) {
                    h[to + (item / 16 * 4 + e / 4) * channels + channel] = sums_$private$[e];
                }
            }
        }
    }
}

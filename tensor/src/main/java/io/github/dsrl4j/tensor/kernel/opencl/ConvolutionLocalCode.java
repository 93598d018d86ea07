package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The convolution and its adjoints on a graphics processor; what is gathered is explained at {@link ConvolutionGatherCode}, whose numbers
 * these are, except: i20 grid pixels of a phase; i21, i28 how far apart the taps of one phase are; i22 tiles of pixels; i29 work items.
 */
abstract class ConvolutionLocalCode extends MatrixProductLocalCode {
    /**
     * For wide groups: like the matrix product of weights by patches, 64 output channels by 64 pixels a group of 256 items. The slices of
     * patches are gathered straight into local memory.
     */
    final void localGather(float[] x, float[] w, float[] bias, float[] y) {
        int item = getLocalId();
        int rest = getGroupId();
        int firstOutput = rest % i23 * 64;
        rest = rest / i23;
        int firstPixel = rest % i22 * 64;
        rest = rest / i22;
        int phaseColumn = rest % i18;
        rest = rest / i18;
        int phaseRow = rest % i17;
        rest = rest / i17;
        int group = rest % i0;
        int image = rest / i0;
        int firstK = firstTap(i10 + phaseRow, i9, i11, i7);
        int firstL = firstTap(i13 + phaseColumn, i12, i14, i8);
        int tapsHigh = (i7 - firstK + i21 - 1) / i21;
        int tapsWide = (i8 - firstL + i28 - 1) / i28;
        int terms = i2 * tapsHigh * tapsWide;
        int weights = qAt + group * i26;
        int source = pAt + (image * i0 + group) * i2 * i27;
        int gatherPixel = firstPixel + item % 64;
        int gatherRow = gatherPixel / i19 * i15;
        int gatherColumn = gatherPixel % i19 * i16;
        float[] sums_$private$ = new float[16];
        for (int e = 0; e < 16; e++) {
            sums_$private$[e] = 0f;
        }
        for (int first = 0; first < terms; first += 16) {
            for (int e = 0; e < 4; e++) {
                int at = item + 256 * e;
                int term = first + at % 16;
                int output = firstOutput + at / 16;
                int k = firstK + term / tapsWide % tapsHigh * i21;
                int l = firstL + term % tapsWide * i28;
                int c = term / tapsWide / tapsHigh;
                int inside = (term < terms ? 1 : 0) & (output < i1 ? 1 : 0);
                float v = w[inside == 1 ? weights + output * i24 + c * i25 + k * i8 + l : qAt];
                sliceA[at % 16 * 65 + at / 16] = inside == 1 ? v : 0f;
                int gatherTerm = first + at / 64;
                int gatherK = firstK + gatherTerm / tapsWide % tapsHigh * i21;
                int gatherL = firstL + gatherTerm % tapsWide * i28;
                int gatherC = gatherTerm / tapsWide / tapsHigh;
                int row = gatherRow + (i10 + gatherK * i9 + phaseRow) / i11;
                int column = gatherColumn + (i13 + gatherL * i12 + phaseColumn) / i14;
                int there = (gatherTerm < terms ? 1 : 0) & (gatherPixel < i20 ? 1 : 0) & insideSource(row, column);
                float u = x[there == 1 ? source + gatherC * i27 + row * i4 + column : pAt];
                sliceB[at / 64 * 65 + at % 64] = there == 1 ? u : 0f;
            }
            localBarrier();
            addSlice(sums_$private$, item / 16 * 4, item % 16);
            localBarrier();
        }
        for (int r = 0; r < 4; r++) {
            for (int t = 0; t < 4; t++) {
                int output = firstOutput + item / 16 * 4 + r;
                int pixel = firstPixel + item % 16 + 16 * t;
                int row = pixel / i19 * i17 + phaseRow;
                int column = pixel % i19 * i18 + phaseColumn;
                if (output < i1 && pixel < i20 && row < i5 && column < i6) {
                    float b = rAt < 0 ? 0f : bias[rAt + group * i1 + output];
                    y[sAt + ((image * i0 + group) * i1 + output) * i30 + row * i6 + column] =
                            sums_$private$[r * 4 + t] + b;
                }
            }
        }
    }

    /** For narrow groups and depthwise: a work item has one pixel and up to four output channels, and reads each element of the source once. */
    final void directGather(int item, float[] x, float[] w, float[] bias, float[] y) {
        if (item < i29) {
            int pixel = item % i20;
            int rest = item / i20;
            int output = rest % i23 * 4;
            rest = rest / i23;
            int phaseColumn = rest % i18;
            rest = rest / i18;
            int phaseRow = rest % i17;
            rest = rest / i17;
            int group = rest % i0;
            int image = rest / i0;
            int left = i1 - output;
            int w0 = qAt + group * i26 + output * i24;
            int w1 = left > 1 ? w0 + i24 : w0;
            int w2 = left > 2 ? w1 + i24 : w1;
            int w3 = left > 3 ? w2 + i24 : w2;
            int source = pAt + (image * i0 + group) * i2 * i27;
            int firstK = firstTap(i10 + phaseRow, i9, i11, i7);
            int firstL = firstTap(i13 + phaseColumn, i12, i14, i8);
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            for (int k = firstK; k < i7; k += i21) {
                int row = pixel / i19 * i15 + (i10 + k * i9 + phaseRow) / i11;
                for (int l = firstL; l < i8; l += i28) {
                    int column = pixel % i19 * i16 + (i13 + l * i12 + phaseColumn) / i14;
                    if (insideSource(row, column) == 1) {
                        int from = source + row * i4 + column;
                        int at = k * i8 + l;
                        for (int c = 0; c < i2; c++) {
                            float v = x[from];
                            s0 += v * w[w0 + at];
                            if (left > 1) {
                                s1 += v * w[w1 + at];
                                s2 += v * w[w2 + at];
                                s3 += v * w[w3 + at];
                            }
                            from += i27;
                            at += i25;
                        }
                    }
                }
            }
            int row = pixel / i19 * i17 + phaseRow;
            int column = pixel % i19 * i18 + phaseColumn;
            if (row < i5 && column < i6) {
                int b = rAt + group * i1 + output;
                int to = sAt + ((image * i0 + group) * i1 + output) * i30 + row * i6 + column;
                y[to] = s0 + (rAt < 0 ? 0f : bias[b]);
                if (left > 1) {
                    y[to + i30] = s1 + (rAt < 0 ? 0f : bias[b + 1]);
                }
                if (left > 2) {
                    y[to + 2 * i30] = s2 + (rAt < 0 ? 0f : bias[b + 2]);
                }
                if (left > 3) {
                    y[to + 3 * i30] = s3 + (rAt < 0 ? 0f : bias[b + 3]);
                }
            }
        }
    }

    /**
     * Weights: a group of 128 items has 4 output channels by 3 columns (an input channel with a tap) and a part of the pixels of an image;
     * neighbouring items read neighbouring pixels. Numbers as at {@link ConvolutionWeightCode}, i23 being blocks of 4.
     */
    final void localWeightSums(float[] x, float[] y, float[] z) {
        int item = getLocalId();
        int rest = getGroupId();
        int firstColumn = rest % i24 * 3;
        rest = rest / i24;
        int output = rest % i23 * 4;
        rest = rest / i23;
        int group = rest % i0;
        int chunk = rest / i0;
        int image = chunk / i22;
        int area = i5 * i6;
        int share = (area + i22 - 1) / i22;
        int first = chunk % i22 * share;
        int end = min(area, first + share);
        int left = i1 - output;
        int y0 = qAt + ((image * i0 + group) * i1 + output) * area;
        int y1 = left > 1 ? y0 + area : y0;
        int y2 = left > 2 ? y1 + area : y1;
        int y3 = left > 3 ? y2 + area : y2;
        int source = pAt + (image * i0 + group) * i2 * i3 * i4;
        float[] sums_$private$ = new float[12];
        for (int e = 0; e < 12; e++) {
            sums_$private$[e] = 0f;
        }
        for (int pixel = first + item; pixel < end; pixel += 128) {
            float d0 = y[y0 + pixel];
            float d1 = y[y1 + pixel];
            float d2 = y[y2 + pixel];
            float d3 = y[y3 + pixel];
            for (int t = 0; t < 3; t++) {
                int tap = min(firstColumn + t, i25 - 1);
                int row = pixel / i6 * i15 + i10 + tap / i8 % i7 * i9;
                int column = pixel % i6 * i16 + i13 + tap % i8 * i12;
                int there = insideSource(row, column);
                float v = x[there == 1 ? source + tap / (i7 * i8) * i3 * i4 + row * i4 + column : pAt];
                float u = there == 1 ? v : 0f;
                sums_$private$[t] += d0 * u;
                sums_$private$[3 + t] += d1 * u;
                sums_$private$[6 + t] += d2 * u;
                sums_$private$[9 + t] += d3 * u;
            }
        }
        for (int e = 0; e < 12; e++) {
            shared[e * 128 + item] = sums_$private$[e];
        }
        localBarrier();
        if (item < 12 && item / 3 < left && firstColumn + item % 3 < i25) {
            float sum = 0f;
            for (int other = 0; other < 128; other++) {
                sum += shared[item * 128 + other];
            }
            z[rAt + chunk * i26 + (group * i1 + output + item / 3) * i25 + firstColumn + item % 3] = sum;
        }
    }

    /** Adds up i1 parts of i0 weights each, one weight a work item. */
    final void addWeightParts(int item, float[] z, float[] w) {
        if (item < i0) {
            float sum = 0f;
            for (int part = 0; part < i1; part++) {
                sum += z[pAt + part * i0 + item];
            }
            w[qAt + item] = sum;
        }
    }

    private int firstTap(int base, int slope, int divisor, int taps) {
        int tap = 0;
        while (tap < taps && (base + tap * slope) % divisor != 0) {
            tap++;
        }
        return tap;
    }

    private int insideSource(int row, int column) {
        return (row >= 0 ? 1 : 0) & (row < i3 ? 1 : 0) & (column >= 0 ? 1 : 0) & (column < i4 ? 1 : 0);
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The convolution's adjoint with respect to the weights: sums over pixels. The matrix product {@code A B^T} is one, too. A work item has a tile of up to 8 output channels by 3
 * columns, where a column is a source channel with a tap, and goes over a part of the pixels of an image, eight at a
 * time; the sums of all parts are added up afterwards, always in the same order.
 *
 * <p>Operands: p x, q dy, r partial sums {@code [part, weight]}. Numbers: i0 groups, i1 output and i2 input channels of a group, i3 x i4
 * input, i5 x i6 output, i7 x i8 taps, i9, i10 vertical dilation and -padding, i11 images
 * that a work item sums over, i12, i13 horizontal; i15, i16 strides; i20 pixels of a
 * run (a row, or all rows where input and output have equal rows), i21 runs; i22 parts of an image; i23 blocks of output channels, i24 of
 * columns; i25 columns; i26 weights; i27 distance from one
 * output channel's sums to the next; i28 output channels of a tile; i29 is 1 where no element beyond x may be read; i31 is 1 to add to z.
 */
abstract class ConvolutionWeightCode extends ConvolutionGatherCode {
    final void weightSums(int item, float[] x, float[] y, float[] z) {
        int rest = item;
        int columnBlock = rest % i24;
        rest = rest / i24;
        int block = rest % i23;
        rest = rest / i23;
        int group = rest % i0;
        int chunk = rest / i0;
        int part = chunk % i22;
        int firstImage = chunk / i22 * i11;

        int firstColumn = columnBlock * 3;
        int area = i5 * i6;
        int column1 = min(firstColumn + 1, i25 - 1);
        int column2 = min(firstColumn + 2, i25 - 1);
        int dr0 = tapRow(firstColumn);
        int dr1 = tapRow(column1);
        int dr2 = tapRow(column2);
        int dc0 = tapColumn(firstColumn);
        int dc1 = tapColumn(column1);
        int dc2 = tapColumn(column2);
        int channel0 = firstColumn / (i7 * i8) * i3 * i4;
        int channel1 = column1 / (i7 * i8) * i3 * i4;
        int channel2 = column2 / (i7 * i8) * i3 * i4;
        int lowRow = min(dr0, min(dr1, dr2));
        int highRow = max(dr0, max(dr1, dr2));
        int lowColumn = min(dc0, min(dc1, dc2));
        int highColumn = max(dc0, max(dc1, dc2));

        float[] sums_$private$ = new float[192];
        float[] xs_$private$ = new float[24];
        float[] tile_$private$ = new float[192];
        float[] ends_$private$ = new float[24];
        zero24(sums_$private$, 0);
        zero24(sums_$private$, 24);
        zero24(sums_$private$, 48);
        zero24(sums_$private$, 72);
        zero24(sums_$private$, 96);
        zero24(sums_$private$, 120);
        zero24(sums_$private$, 144);
        zero24(sums_$private$, 168);
        for (int e = 0; e < i28 * 3; e++) {
            ends_$private$[e] = 0f;
        }

        int output = block * i28;
        int left = i1 - output;
        int channels = min(i28, left);

        int firstRun = i21 > 1 ? part * i21 / i22 : 0;
        int endRun = i21 > 1 ? (part + 1) * i21 / i22 : 1;
        int share = i21 > 1 ? i20 : (i20 + 8 * i22 - 1) / (8 * i22) * 8;
        int first = i21 > 1 ? 0 : part * share;
        int end = min(i20, first + share);
        for (int image = firstImage; image < firstImage + i11; image++) {
            int source = pAt + (image * i0 + group) * i2 * i3 * i4;
            int plane0 = source + channel0;
            int plane1 = source + channel1;
            int plane2 = source + channel2;
            int y0 = qAt + ((image * i0 + group) * i1 + output) * area;
            int y1 = left > 1 ? y0 + area : y0;
            int y2 = left > 2 ? y1 + area : y1;
            int y3 = left > 3 ? y2 + area : y2;
            int y4 = left > 4 ? y3 + area : y3;
            int y5 = left > 5 ? y4 + area : y4;
            int y6 = left > 6 ? y5 + area : y5;
            int y7 = left > 7 ? y6 + area : y6;
            for (int run = firstRun; run < endRun; run++) {
                int flat = run * i6 + first;
                int row = flat / i6;
                int column = flat % i6;
                int whole = first + max(0, end - first) / 8 * 8;
                int at = first;
                while (at < whole) {
                    int way = weightWay(row, column, lowRow, highRow, lowColumn, highColumn);
                    int blocks = neighbours(way, column, highColumn, (whole - at) / 8);
                    int from = row * i15 * i4 + column * i16;
                    int yAt = run * i6 + at;
                    for (int b = 0; b < blocks; b++) {
                        if (way == 0) {
                            load8(xs_$private$, 0, x, plane0 + dr0 * i4 + dc0 + from);
                            load8(xs_$private$, 8, x, plane1 + dr1 * i4 + dc1 + from);
                            load8(xs_$private$, 16, x, plane2 + dr2 * i4 + dc2 + from);
                        }
                        if (way == 1) {
                            near8(xs_$private$, 0, x, plane0, row, column, dr0, dc0);
                            near8(xs_$private$, 8, x, plane1, row, column, dr1, dc1);
                            near8(xs_$private$, 16, x, plane2, row, column, dr2, dc2);
                        }
                        if (way == 2) {
                            apart8(xs_$private$, 0, x, plane0 + dr0 * i4 + dc0 + from);
                            apart8(xs_$private$, 8, x, plane1 + dr1 * i4 + dc1 + from);
                            apart8(xs_$private$, 16, x, plane2 + dr2 * i4 + dc2 + from);
                        }
                        if (way == 3) {
                            single8(xs_$private$, 0, x, plane0, row, column, dr0, dc0);
                            single8(xs_$private$, 8, x, plane1, row, column, dr1, dc1);
                            single8(xs_$private$, 16, x, plane2, row, column, dr2, dc2);
                        }
                        multiplyLanes24(sums_$private$, 0, y, y0 + yAt, xs_$private$);
                        if (i28 > 1) {
                            multiplyLanes24(sums_$private$, 24, y, y1 + yAt, xs_$private$);
                        }
                        if (i28 > 2) {
                            multiplyLanes24(sums_$private$, 48, y, y2 + yAt, xs_$private$);
                            multiplyLanes24(sums_$private$, 72, y, y3 + yAt, xs_$private$);
                        }
                        if (i28 > 4) {
                            multiplyLanes24(sums_$private$, 96, y, y4 + yAt, xs_$private$);
                            multiplyLanes24(sums_$private$, 120, y, y5 + yAt, xs_$private$);
                            multiplyLanes24(sums_$private$, 144, y, y6 + yAt, xs_$private$);
                            multiplyLanes24(sums_$private$, 168, y, y7 + yAt, xs_$private$);
                        }
                        from += 8 * i16;
                        yAt += 8;
                    }
                    at += 8 * blocks;
                    column += 8 * blocks;
                    row += column / i6;
                    column = column % i6;
                }
                for (int last = whole; last < end; last++) {
                    float v0 = pixel(x, plane0, row * i15 + dr0, column * i16 + dc0);
                    float v1 = pixel(x, plane1, row * i15 + dr1, column * i16 + dc1);
                    float v2 = pixel(x, plane2, row * i15 + dr2, column * i16 + dc2);
                    for (int r = 0; r < channels; r++) {
                        float v = y[y0 + r * area + run * i6 + last];
                        ends_$private$[r * 3] += v * v0;
                        ends_$private$[r * 3 + 1] += v * v1;
                        ends_$private$[r * 3 + 2] += v * v2;
                    }
                    column++;
                    if (column == i6) {
                        column = 0;
                        row++;
                    }
                }
            }
        }

        spill24(tile_$private$, 0, sums_$private$);
        spill24(tile_$private$, 24, sums_$private$);
        spill24(tile_$private$, 48, sums_$private$);
        spill24(tile_$private$, 72, sums_$private$);
        spill24(tile_$private$, 96, sums_$private$);
        spill24(tile_$private$, 120, sums_$private$);
        spill24(tile_$private$, 144, sums_$private$);
        spill24(tile_$private$, 168, sums_$private$);
        int columns = min(3, i25 - firstColumn);
        int target = rAt + chunk * i26 + (group * i1 + output) * i27 + firstColumn;
        for (int r = 0; r < channels; r++) {
            for (int t = 0; t < columns; t++) {
                float sum = ends_$private$[r * 3 + t];
                for (int j = 0; j < 8; j++) {
                    sum += tile_$private$[r * 24 + t * 8 + j];
                }
                z[target + r * i27 + t] = i31 == 1 ? z[target + r * i27 + t] + sum : sum;
            }
        }
    }

    /** Adds up i1 parts of i0 weights each; a work item has i2 neighbouring weights. */
    final void addParts(int item, float[] z, float[] w) {
        int from = item * i2;
        int to = min(i0, from + i2);
        for (int e = from; e < to; e++) {
            float sum = 0f;
            for (int part = 0; part < i1; part++) {
                sum += z[pAt + part * i0 + e];
            }
            w[qAt + e] = sum;
        }
    }

    private int tapRow(int column) {
        return i10 + column / i8 % i7 * i9;
    }

    private int tapColumn(int column) {
        return i13 + column % i8 * i12;
    }

    /**
     * How eight pixels of x are read at the taps of a tile: 0 all lie in the image, side by side; 1 side by side, and those outside count
     * as 0; 2 all lie in the image, apart; 3 one by one.
     */
    private int weightWay(int row, int column, int lowRow, int highRow, int lowColumn, int highColumn) {
        int within = 0;
        if (column + 7 < i6 && row * i15 + lowRow >= 0 && row * i15 + highRow < i3) {
            if (column * i16 + lowColumn >= 0 && (column + 7) * i16 + highColumn < i4) {
                within = 1;
            }
        }
        if (i7 * i8 == 1 && i21 == 1 && i6 == i4 && lowRow == 0 && lowColumn == 0) {
            within = 1;
        }
        int way = within == 1 ? 2 : 3;
        if (i16 == 1) {
            way = within == 1 ? 0 : 1;
            if (within == 0 && (i29 == 1 || i6 < 8)) {
                way = 3;
            }
        }
        return way;
    }

    /** How many times eight pixels from a column on, of so many at most, are read the same way without looking again. */
    private int neighbours(int way, int column, int highColumn, int most) {
        int count = 1;
        if (way == 0 || way == 2) {
            count = min(i6 - column, (i4 - 1 - highColumn) / i16 - column + 1) / 8;
            if (i7 * i8 == 1 && i21 == 1 && i6 == i4 && i10 == 0 && i13 == 0) {
                count = most;
            }
        }
        return max(1, min(most, count));
    }

    /** Lanes side by side, of which at most one row ends within. */
    private void near8(float[] xs_$private$, int at, float[] x, int plane, int row, int column, int dr, int dc) {
        int from = plane + (row * i15 + dr) * i4 + column + dc;
        int below = row * i15 + dr + i15;
        int here = row * i15 + dr;
        int hereInside = (here >= 0 ? 1 : 0) & (here < i3 ? 1 : 0);
        int belowInside = (below >= 0 ? 1 : 0) & (below < i3 ? 1 : 0);
        for (int j = 0; j < 8; j++) {
            int over = column + j >= i6 ? 1 : 0;
            int c = column + j + dc - over * i6;
            int inside = (over == 1 ? belowInside : hereInside) & (c >= 0 ? 1 : 0) & (c < i4 ? 1 : 0);
            float v = x[from + j];
            xs_$private$[at + j] = inside != 0 ? v : 0f;
        }
    }

    private void apart8(float[] xs_$private$, int at, float[] x, int from) {
        for (int j = 0; j < 8; j++) {
            xs_$private$[at + j] = x[from + j * i16];
        }
    }

    private void single8(float[] xs_$private$, int at, float[] x, int plane, int row, int column, int dr, int dc) {
        int r = row;
        int q = column;
        for (int j = 0; j < 8; j++) {
            xs_$private$[at + j] = pixel(x, plane, r * i15 + dr, q * i16 + dc);
            q++;
            r = q == i6 ? r + 1 : r;
            q = q == i6 ? 0 : q;
        }
    }

    private float pixel(float[] x, int plane, int row, int column) {
        int inside = (row >= 0 ? 1 : 0) & (row < i3 ? 1 : 0) & (column >= 0 ? 1 : 0) & (column < i4 ? 1 : 0);
        float v = x[inside != 0 ? plane + row * i4 + column : plane];
        return inside != 0 ? v : 0f;
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Sums over channels and taps, gathered per output pixel: the convolution, its adjoint with respect to the data, and the matrix product
 * as a 1 x 1 convolution of one row. There is no matrix of patches: a work item keeps a tile of 1, 2, 4 or 8 output channels by 24
 * neighbouring pixels in registers, and for each tap and channel reads 24 neighbouring elements of the source.
 *
 * <p>An adjoint with stride s falls into s x s phases: the output pixels {@code (s r + a, s q + b)} with a grid (r, q) of their own, onto
 * which a part of the taps falls. So in either direction a grid pixel (r, q) and a tap (k, l) meet at the source pixel
 * {@code (r step + dr(k), q step + dc(l))}. Where grid and source have equal rows, the tile runs on over the end of a row.
 *
 * <p>Operands: p source, q weight, r bias (null for none), s output. Numbers: i0 groups, i1 output and i2 source channels of a group,
 * i3 x i4 source, i5 x i6 output, i7 x i8 taps; i9, i10, i11: {@code dr(k) = (i10 + i9 k + phase) / i11} where that is whole, and so
 * with i12, i13, i14 for columns; i15, i16 steps; i17 x i18 phases; i19 grid columns; i20 pixels of a run (of a row, or of all rows),
 * i21 runs; i22 tiles of a run; i23 blocks of output channels; i24, i25, i26 distance of weights from one output channel, source
 * channel and group to the next; i27 distance of planes of the source; i28 channels of a tile; i29 is 1 where no element
 * beyond the source may be read; i30 tiles of a work item;
 * i31 is 1 to add to the output.
 */
abstract class ConvolutionGatherCode extends MatrixProductLanes {
    final void gather(int item, float[] x, float[] w, float[] bias, float[] y) {
        int tiles = i21 * i22;
        int shares = (tiles + i30 - 1) / i30;
        int rest = item;
        int block = rest % i23;
        rest = rest / i23;
        int firstTile = rest % shares * i30;
        rest = rest / shares;
        int phaseColumn = rest % i18;
        rest = rest / i18;
        int phaseRow = rest % i17;
        rest = rest / i17;
        int group = rest % i0;
        int image = rest / i0;
        int endTile = min(tiles, firstTile + i30);
        for (int tile = firstTile; tile < endTile; tile++) {
            gatherTile(tile, block, phaseRow, phaseColumn, group, image, x, w, bias, y);
        }
    }

    private void gatherTile(
            int tile,
            int block,
            int phaseRow,
            int phaseColumn,
            int group,
            int image,
            float[] x,
            float[] w,
            float[] bias,
            float[] y) {
        int run = tile / i22;
        int position = tile % i22 * 24;
        int flat = run * i19 + position;
        int row = flat / i19;
        int column = flat % i19;
        int lastFlat = flat + min(23, i20 - 1 - position);
        int lastRow = lastFlat / i19;
        int lastColumn = lastFlat % i19;
        int placed = 0;

        float[] sums_$private$ = new float[192];
        float[] xs_$private$ = new float[24];
        int[] inside_$private$ = new int[24];
        int[] rows_$private$ = new int[24];
        int[] columns_$private$ = new int[24];
        zero24(sums_$private$, 0);
        zero24(sums_$private$, 24);
        zero24(sums_$private$, 48);
        zero24(sums_$private$, 72);
        zero24(sums_$private$, 96);
        zero24(sums_$private$, 120);
        zero24(sums_$private$, 144);
        zero24(sums_$private$, 168);

        // Channels past the last one are computed as copies of it and not stored.
        int output = block * i28;
        int left = i1 - output;
        int w0 = qAt + group * i26 + output * i24;
        int w1 = left > 1 ? w0 + i24 : w0;
        int w2 = left > 2 ? w1 + i24 : w1;
        int w3 = left > 3 ? w2 + i24 : w2;
        int w4 = left > 4 ? w3 + i24 : w3;
        int w5 = left > 5 ? w4 + i24 : w4;
        int w6 = left > 6 ? w5 + i24 : w5;
        int w7 = left > 7 ? w6 + i24 : w6;
        int source = pAt + (image * i0 + group) * i2 * i27;

        for (int k = 0; k < i7; k++) {
            int rowNumerator = i10 + k * i9 + phaseRow;
            if (rowNumerator % i11 == 0) {
                int dr = rowNumerator / i11;
                for (int l = 0; l < i8; l++) {
                    int columnNumerator = i13 + l * i12 + phaseColumn;
                    if (columnNumerator % i14 == 0) {
                        int dc = columnNumerator / i14;
                        int way = way(row, column, lastRow, lastColumn, dr, dc);
                        if ((way == 1 || way == 2) && placed == 0) {
                            placed = 1;
                            place8(rows_$private$, columns_$private$, 0, flat);
                            place8(rows_$private$, columns_$private$, 8, flat + 8);
                            place8(rows_$private$, columns_$private$, 16, flat + 16);
                        }
                        if (way == 1 || way == 2) {
                            inside8(inside_$private$, rows_$private$, columns_$private$, 0, dr, dc);
                            inside8(inside_$private$, rows_$private$, columns_$private$, 8, dr, dc);
                            inside8(inside_$private$, rows_$private$, columns_$private$, 16, dr, dc);
                        }
                        int from = source + (row * i15 + dr) * i4 + column * i16 + dc;
                        int at = k * i8 + l;
                        int plane = source;
                        for (int c = 0; c < i2; c++) {
                            if (way == 0) {
                                load24(xs_$private$, x, from);
                            }
                            if (way == 1) {
                                masked8(xs_$private$, 0, inside_$private$, x, from);
                                masked8(xs_$private$, 8, inside_$private$, x, from + 8);
                                masked8(xs_$private$, 16, inside_$private$, x, from + 16);
                            }
                            if (way == 2) {
                                picked8(
                                        xs_$private$,
                                        0,
                                        inside_$private$,
                                        rows_$private$,
                                        columns_$private$,
                                        x,
                                        plane,
                                        dr,
                                        dc);
                                picked8(
                                        xs_$private$,
                                        8,
                                        inside_$private$,
                                        rows_$private$,
                                        columns_$private$,
                                        x,
                                        plane,
                                        dr,
                                        dc);
                                picked8(
                                        xs_$private$,
                                        16,
                                        inside_$private$,
                                        rows_$private$,
                                        columns_$private$,
                                        x,
                                        plane,
                                        dr,
                                        dc);
                            }
                            if (way == 3) {
                                spread8(xs_$private$, 0, x, from);
                                spread8(xs_$private$, 8, x, from + 8 * i16);
                                spread8(xs_$private$, 16, x, from + 16 * i16);
                            }
                            multiplyAdd24(sums_$private$, 0, w[w0 + at], xs_$private$);
                            if (i28 > 1) {
                                multiplyAdd24(sums_$private$, 24, w[w1 + at], xs_$private$);
                            }
                            if (i28 > 2) {
                                multiplyAdd24(sums_$private$, 48, w[w2 + at], xs_$private$);
                                multiplyAdd24(sums_$private$, 72, w[w3 + at], xs_$private$);
                            }
                            if (i28 > 4) {
                                multiplyAdd24(sums_$private$, 96, w[w4 + at], xs_$private$);
                                multiplyAdd24(sums_$private$, 120, w[w5 + at], xs_$private$);
                                multiplyAdd24(sums_$private$, 144, w[w6 + at], xs_$private$);
                                multiplyAdd24(sums_$private$, 168, w[w7 + at], xs_$private$);
                            }
                            from = from + i27;
                            plane = plane + i27;
                            at = at + i25;
                        }
                    }
                }
            }
        }

        float[] tile_$private$ = new float[192];
        spill24(tile_$private$, 0, sums_$private$);
        spill24(tile_$private$, 24, sums_$private$);
        spill24(tile_$private$, 48, sums_$private$);
        spill24(tile_$private$, 72, sums_$private$);
        spill24(tile_$private$, 96, sums_$private$);
        spill24(tile_$private$, 120, sums_$private$);
        spill24(tile_$private$, 144, sums_$private$);
        spill24(tile_$private$, 168, sums_$private$);
        int channels = min(i28, left);
        int pixels = min(24, i20 - position);
        int first = (image * i0 + group) * i1 + output;
        int area = i5 * i6;
        int target = sAt + first * area;
        if (i31 == 1) {
            for (int r = 0; r < channels; r++) {
                int to = target + r * area + column;
                for (int j = 0; j < pixels; j++) {
                    y[to + j] = y[to + j] + tile_$private$[r * 24 + j];
                }
            }
        }
        if (i31 == 0 && i17 * i18 == 1) {
            for (int r = 0; r < channels; r++) {
                float b = rAt < 0 ? 0f : bias[rAt + group * i1 + output + r];
                int to = target + r * area + row * i6 + column;
                for (int j = 0; j < pixels; j++) {
                    y[to + j] = tile_$private$[r * 24 + j] + b;
                }
            }
        }
        if (i17 * i18 > 1) {
            for (int j = 0; j < pixels; j++) {
                int outRow = row * i17 + phaseRow;
                int outColumn = column * i18 + phaseColumn;
                int to = target + outRow * i6 + outColumn;
                if (outRow < i5 && outColumn < i6) {
                    for (int r = 0; r < channels; r++) {
                        float b = rAt < 0 ? 0f : bias[rAt + group * i1 + output + r];
                        y[to + r * area] = tile_$private$[r * 24 + j] + b;
                    }
                }
                column++;
                if (column == i19) {
                    column = 0;
                    row++;
                }
            }
        }
    }

    /**
     * How the source pixels of a tile are read at a tap: 0 all lie in the image, side by side; 1 side by side, and those outside
     * count as 0; 2 one by one, because they lie apart or none beyond the source may be touched; 3 all lie in the image, apart.
     */
    private int way(int row, int column, int lastRow, int lastColumn, int dr, int dc) {
        int rowsInside = (row * i15 + dr >= 0 ? 1 : 0) & (lastRow * i15 + dr < i3 ? 1 : 0);
        int inside = row == lastRow
                ? rowsInside & (column * i16 + dc >= 0 ? 1 : 0) & (lastColumn * i16 + dc < i4 ? 1 : 0)
                : 0;
        int sideBySide = inside | (rowsInside & (dc == 0 ? 1 : 0) & (i4 == i19 ? 1 : 0));
        int way = i29 == 1 ? 2 : 1;
        if (i16 > 1) {
            way = inside == 1 && lastColumn - column == 23 ? 3 : 2;
        }
        if (i16 == 1 && i29 == 0 && sideBySide == 1) {
            way = 0;
        }
        return way;
    }

    private void spread8(float[] xs_$private$, int at, float[] x, int from) {
        for (int j = 0; j < 8; j++) {
            xs_$private$[at + j] = x[from + j * i16];
        }
    }

    /** Grid pixels of eight lanes from a position on, times the steps. */
    private void place8(int[] rows_$private$, int[] columns_$private$, int at, int flat) {
        int r = flat / i19;
        int q = flat % i19;
        for (int j = 0; j < 8; j++) {
            rows_$private$[at + j] = r * i15;
            columns_$private$[at + j] = q * i16;
            q++;
            r = q == i19 ? r + 1 : r;
            q = q == i19 ? 0 : q;
        }
    }

    private void inside8(
            int[] inside_$private$, int[] rows_$private$, int[] columns_$private$, int at, int dr, int dc) {
        for (int j = 0; j < 8; j++) {
            int r = rows_$private$[at + j] + dr;
            int c = columns_$private$[at + j] + dc;
            inside_$private$[at + j] = (r >= 0 ? 1 : 0) & (r < i3 ? 1 : 0) & (c >= 0 ? 1 : 0) & (c < i4 ? 1 : 0);
        }
    }

    /** Reads all eight, which is what makes it one instruction, and drops those outside. */
    private void masked8(float[] xs_$private$, int at, int[] inside_$private$, float[] x, int from) {
        for (int j = 0; j < 8; j++) {
            float v = x[from + j];
            xs_$private$[at + j] = inside_$private$[at + j] != 0 ? v : 0f;
        }
    }

    private void picked8(
            float[] xs_$private$,
            int at,
            int[] inside_$private$,
            int[] rows_$private$,
            int[] columns_$private$,
            float[] x,
            int plane,
            int dr,
            int dc) {
        for (int j = 0; j < 8; j++) {
            int offset = (rows_$private$[at + j] + dr) * i4 + columns_$private$[at + j] + dc;
            float v = x[inside_$private$[at + j] != 0 ? plane + offset : plane];
            xs_$private$[at + j] = inside_$private$[at + j] != 0 ? v : 0f;
        }
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * The matrix product on a graphics processor. A group of 256 work items computes 64 x 64 elements of C, each item 4 x 4 of them in
 * registers, from slices of op(A) and op(B), 16 terms deep, that the group brings into local memory together: neighbouring items
 * read neighbouring elements, and each is then used 64 times.
 *
 * <p>Operands: p A, q B, r C. Numbers: i0 m, i1 n, i2 k; i3, i4 distance of rows and columns of op(A); i5, i6 of op(B); i7 distance
 * of rows of C; i8 is 1 to add to C.
 */
abstract class MatrixProductLocalCode extends AffinityCode {
    /** A slice of op(A), {@code [term, row]}; rows are 65 apart, so that items that write a column hit different banks. */
    @Local
    final float[] sliceA = new float[1040];

    /** A slice of op(B), {@code [term, column]}. */
    @Local
    final float[] sliceB = new float[1040];

    /** What else a group shares: signs {@code [column, row]}, columns 65 apart, or sums {@code [sum, item]}. */
    @Local
    final float[] shared = new float[4160];

    final void localProduct(float[] a, float[] b, float[] c) {
        int item = getLocalId();
        int tilesAcross = (i1 + 63) / 64;
        int firstRow = getGroupId() / tilesAcross * 64;
        int firstColumn = getGroupId() % tilesAcross * 64;
        float[] sums_$private$ = new float[16];
        for (int e = 0; e < 16; e++) {
            sums_$private$[e] = 0f;
        }
        for (int first = 0; first < i2; first += 16) {
            for (int e = 0; e < 4; e++) {
                int at = item + 256 * e;
                int termA = i4 == 1 ? at % 16 : at / 64;
                int row = i4 == 1 ? at / 16 : at % 64;
                int insideA = (firstRow + row < i0 ? 1 : 0) & (first + termA < i2 ? 1 : 0);
                float v = a[insideA == 1 ? pAt + (firstRow + row) * i3 + (first + termA) * i4 : pAt];
                sliceA[termA * 65 + row] = insideA == 1 ? v : 0f;
                int termB = i6 == 1 ? at / 64 : at % 16;
                int column = i6 == 1 ? at % 64 : at / 16;
                int insideB = (firstColumn + column < i1 ? 1 : 0) & (first + termB < i2 ? 1 : 0);
                float u = b[insideB == 1 ? qAt + (first + termB) * i5 + (firstColumn + column) * i6 : qAt];
                sliceB[termB * 65 + column] = insideB == 1 ? u : 0f;
            }
            localBarrier();
            addSlice(sums_$private$, item / 16 * 4, item % 16);
            localBarrier();
        }
        for (int r = 0; r < 4; r++) {
            for (int t = 0; t < 4; t++) {
                int row = firstRow + item / 16 * 4 + r;
                int column = firstColumn + item % 16 + 16 * t;
                if (row < i0 && column < i1) {
                    int at = rAt + row * i7 + column;
                    float before = i8 == 1 ? c[at] : 0f;
                    c[at] = before + sums_$private$[r * 4 + t];
                }
            }
        }
    }

    /** The products of 16 terms in local memory: rows from one on, columns 16 apart, so that neighbours read neighbours. */
    final void addSlice(float[] sums_$private$, int row, int column) {
        for (int term = 0; term < 16; term++) {
            float b0 = sliceB[term * 65 + column];
            float b1 = sliceB[term * 65 + column + 16];
            float b2 = sliceB[term * 65 + column + 32];
            float b3 = sliceB[term * 65 + column + 48];
            for (int r = 0; r < 4; r++) {
                float v = sliceA[term * 65 + row + r];
                sums_$private$[r * 4] += v * b0;
                sums_$private$[r * 4 + 1] += v * b1;
                sums_$private$[r * 4 + 2] += v * b2;
                sums_$private$[r * 4 + 3] += v * b3;
            }
        }
    }
}

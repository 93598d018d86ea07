package io.github.dsrl4j.tensor.kernel.vector;

import java.util.Arrays;

/**
 * A broadcast with as few dimensions as describe it: those of extent 1 are gone, and neighbours along which both operands go on
 * as if they were one are one. {@code [N, C, H, W]} with {@code [N, C, 1, 1]} becomes {@code [N C, H W]} with strides (1, 0).
 */
record Broadcast(int[] dims, int[] aStrides, int[] bStrides) {
    static Broadcast collapse(int[] dims, int[] aStrides, int[] bStrides) {
        int[] d = new int[Math.max(dims.length, 1)];
        int[] a = new int[d.length];
        int[] b = new int[d.length];
        int rank = 0;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 1) {
                continue;
            }
            boolean joins = rank > 0 && a[rank - 1] == aStrides[i] * dims[i] && b[rank - 1] == bStrides[i] * dims[i];
            int at = joins ? rank - 1 : rank++;
            d[at] = joins ? d[at] * dims[i] : dims[i];
            a[at] = aStrides[i];
            b[at] = bStrides[i];
        }
        if (rank == 0) {
            d[0] = 1;
            rank = 1;
        }
        return new Broadcast(Arrays.copyOf(d, rank), Arrays.copyOf(a, rank), Arrays.copyOf(b, rank));
    }

    /** The same with a dimension of extent 1 in front. */
    Broadcast withLeadingOne() {
        return new Broadcast(prepend(1, dims), prepend(0, aStrides), prepend(0, bStrides));
    }

    /** All dimensions but the last. */
    Broadcast withoutLast() {
        int rank = dims.length - 1;
        return new Broadcast(Arrays.copyOf(dims, rank), Arrays.copyOf(aStrides, rank), Arrays.copyOf(bStrides, rank));
    }

    private static int[] prepend(int value, int[] array) {
        int[] longer = new int[array.length + 1];
        longer[0] = value;
        System.arraycopy(array, 0, longer, 1, array.length);
        return longer;
    }

    /** The extent of the last dimension. */
    int inner() {
        return dims[dims.length - 1];
    }

    /** The product of the other extents. */
    int rows() {
        int rows = 1;
        for (int i = 0; i < dims.length - 1; i++) {
            rows *= dims[i];
        }
        return rows;
    }

    /** Where row {@code row} of an operand with these strides begins. */
    int offset(int row, int[] strides) {
        int offset = 0;
        int rest = row;
        for (int i = dims.length - 2; i >= 0; i--) {
            offset += rest % dims[i] * strides[i];
            rest /= dims[i];
        }
        return offset;
    }
}

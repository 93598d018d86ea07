package io.github.dsrl4j.nn.onnx.run;

import java.util.ArrayList;
import java.util.List;

/**
 * A walk through a box of indices that several arrays are read or written along, each with strides of its own. Dimensions of
 * extent 1 are left out, and those that all arrays run through in one go are made one.
 */
record Walk(int[] dims, int[][] strides) {
    /** Does something at a position in each of the arrays. */
    @FunctionalInterface
    interface Row {
        /**
         * Does it.
         *
         * @param positions where the row begins in each array
         */
        void at(int[] positions);
    }

    /** At least one dimension remains. */
    static Walk of(int[] dims, int[]... strides) {
        List<int[]> kept = new ArrayList<>();
        for (int d = 0; d < dims.length; d++) {
            if (dims[d] == 1) {
                continue;
            }
            int[] row = new int[strides.length + 1];
            row[strides.length] = dims[d];
            for (int a = 0; a < strides.length; a++) {
                row[a] = strides[a][d];
            }
            if (!kept.isEmpty() && merges(kept.getLast(), row)) {
                row[strides.length] *= kept.removeLast()[strides.length];
            }
            kept.add(row);
        }
        if (kept.isEmpty()) {
            int[] single = new int[strides.length + 1];
            single[strides.length] = 1;
            kept.add(single);
        }
        int[][] columns = new int[strides.length + 1][kept.size()];
        for (int d = 0; d < kept.size(); d++) {
            for (int a = 0; a <= strides.length; a++) {
                columns[a][d] = kept.get(d)[a];
            }
        }
        int[][] merged = new int[strides.length][];
        System.arraycopy(columns, 0, merged, 0, merged.length);
        return new Walk(columns[strides.length], merged);
    }

    private static boolean merges(int[] outer, int[] inner) {
        int extent = inner.length - 1;
        for (int a = 0; a < extent; a++) {
            if (outer[a] != inner[a] * inner[extent]) {
                return false;
            }
        }
        return true;
    }

    int rank() {
        return dims.length;
    }

    /** The extent of the innermost dimension. */
    int rowLength() {
        return dims[dims.length - 1];
    }

    /** The step of an array along the innermost dimension. */
    int rowStride(int array) {
        return strides[array][dims.length - 1];
    }

    /** Visits all rows of the innermost dimension; {@code starts} is where the box begins in each array. */
    void rows(Row row, int... starts) {
        for (int dim : dims) {
            if (dim == 0) {
                return;
            }
        }
        descend(0, starts, row);
    }

    private void descend(int dim, int[] positions, Row row) {
        if (dim == dims.length - 1) {
            row.at(positions);
            return;
        }
        int[] here = positions.clone();
        for (int i = 0; i < dims[dim]; i++) {
            descend(dim + 1, here, row);
            for (int a = 0; a < here.length; a++) {
                here[a] += strides[a][dim];
            }
        }
    }
}

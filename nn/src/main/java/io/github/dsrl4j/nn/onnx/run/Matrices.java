package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;

/** Parts of matrices by their diagonals: Trilu and EyeLike. */
final class Matrices {
    private Matrices() {}

    /** The upper (or lower) triangle of each matrix, from diagonal k (0) on; the rest is 0. */
    static Operator triangle(Attributes attributes) {
        boolean upper = attributes.flag("upper", true);
        return Operator.of(call -> {
            Value x = call.value(0);
            if (x.shape().rank() < 2) {
                throw new OnnxException("matrices are expected, not " + x.describe());
            }
            long k = call.has(1) ? (long) call.number(1) : 0;
            int columns = x.shape().dim(-1);
            int rows = x.shape().dim(-2);
            Value y = call.create(x.type(), x.shape());
            for (int i = 0; i < y.size(); i++) {
                long diagonal = i % columns - (long) (i / columns % rows);
                if (upper ? diagonal >= k : diagonal <= k) {
                    Cells.copy(x, i, y, i, 1);
                } else {
                    Cells.put(y, i, 0);
                }
            }
            return y;
        });
    }

    /** 1 on diagonal k (0) of a matrix of the input's shape, else 0; of the type dtype, or the input's. */
    static Operator eye(Attributes attributes) {
        long k = attributes.integer("k", 0);
        long dtype = attributes.integer("dtype", 0);
        return Operator.of(call -> {
            Value x = call.value(0);
            if (x.shape().rank() != 2) {
                throw new OnnxException("a matrix is expected, not " + x.describe());
            }
            Value y = call.create(dtype == 0 ? x.type() : Constants.type("dtype", dtype), x.shape());
            int columns = x.shape().dim(1);
            for (int i = 0; i < y.size(); i++) {
                Cells.put(y, i, i % columns - (long) (i / columns) == k ? 1 : 0);
            }
            return y;
        });
    }
}

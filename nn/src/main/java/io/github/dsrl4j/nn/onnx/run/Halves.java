package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;

/** The floating-point types of 16 bits: float16 and bfloat16. Kernels know float32 alone, to which they widen exactly. */
final class Halves {
    private Halves() {}

    static boolean isHalf(DataType type) {
        return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }

    static void widen(Doubles from, Floats to) {
        for (int i = 0; i < from.size(); i++) {
            to.array()[to.offset() + i] = (float) from.array()[i];
        }
    }

    /** A float32 value in another real type, rounded to the nearest. */
    static Value cast(Value value, DataType type) {
        float[] from = ((Floats) value).array();
        double[] to = new double[value.size()];
        for (int i = 0; i < to.length; i++) {
            to[i] = Value.round(type, from[value.offset() + i]);
        }
        return new Doubles(type, value.shape(), to);
    }

    /** Whether an output is of float32 whatever the type of the inputs: statistics of LayerNormalization. */
    static boolean keepsFloat(String operator, int output) {
        return operator.equals("LayerNormalization") && output > 0;
    }
}

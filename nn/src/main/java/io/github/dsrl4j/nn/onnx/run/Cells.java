package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;

/** Single elements of values while they are made; an element is named by its number in row-major order. */
final class Cells {
    private Cells() {}

    /** Sets an element to a number, rounded or cut to the value's type. */
    static void put(Value y, int at, double number) {
        switch (y) {
            case Floats floats -> floats.array()[floats.offset() + at] = (float) number;
            case Doubles doubles -> doubles.array()[at] = Value.round(y.type(), number);
            case Integers integers -> integers.array()[at] = Value.wrap(y.type(), (long) number);
        }
    }

    /** Sets elements to a number. */
    static void fill(Value y, int from, int count, double number) {
        for (int i = 0; i < count; i++) {
            put(y, from + i, number);
        }
    }

    /** Copies elements between values of one type. */
    static void copy(Value x, int from, Value y, int to, int count) {
        System.arraycopy(x.array(), x.offset() + from, y.array(), y.offset() + to, count);
    }
}

package io.github.dsrl4j.nn.onnx.proto;

/** An extent of a tensor's declared shape. */
public sealed interface Dimension {
    /** A number. */
    record Fixed(long size) implements Dimension {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /** A name for any number: the same one wherever the name stands. */
    record Symbolic(String name) implements Dimension {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Any number. */
    record Unknown() implements Dimension {
        @Override
        public String toString() {
            return "?";
        }
    }

    static Dimension of(long size) {
        return new Fixed(size);
    }

    static Dimension of(String name) {
        return new Symbolic(name);
    }
}

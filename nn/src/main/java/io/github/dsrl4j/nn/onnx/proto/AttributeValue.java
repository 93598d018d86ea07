package io.github.dsrl4j.nn.onnx.proto;

import java.util.List;

/** The value of an option of a node. */
public sealed interface AttributeValue {
    /** The number of the type in {@code AttributeProto.AttributeType}. */
    int type();

    record FloatValue(float value) implements AttributeValue {
        @Override
        public int type() {
            return 1;
        }
    }

    record IntValue(long value) implements AttributeValue {
        @Override
        public int type() {
            return 2;
        }
    }

    record StringValue(String value) implements AttributeValue {
        @Override
        public int type() {
            return 3;
        }
    }

    record TensorValue(TensorProto value) implements AttributeValue {
        @Override
        public int type() {
            return 4;
        }
    }

    record GraphValue(GraphProto value) implements AttributeValue {
        @Override
        public int type() {
            return 5;
        }
    }

    record Floats(List<Float> values) implements AttributeValue {
        public Floats {
            values = List.copyOf(values);
        }

        @Override
        public int type() {
            return 6;
        }
    }

    record Ints(List<Long> values) implements AttributeValue {
        public Ints {
            values = List.copyOf(values);
        }

        @Override
        public int type() {
            return 7;
        }
    }

    record Strings(List<String> values) implements AttributeValue {
        public Strings {
            values = List.copyOf(values);
        }

        @Override
        public int type() {
            return 8;
        }
    }

    record Tensors(List<TensorProto> values) implements AttributeValue {
        public Tensors {
            values = List.copyOf(values);
        }

        @Override
        public int type() {
            return 9;
        }
    }

    record Graphs(List<GraphProto> values) implements AttributeValue {
        public Graphs {
            values = List.copyOf(values);
        }

        @Override
        public int type() {
            return 10;
        }
    }

    /** Of a type that is not read: sparse tensors and types. */
    record Other(int type) implements AttributeValue {}
}

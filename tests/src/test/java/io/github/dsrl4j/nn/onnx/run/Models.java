package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.GraphProto;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OperatorSetId;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds models, most of them of one node. */
final class Models {
    private Models() {}

    /** A node with its operator set and what is passed to it; a null input is left out. */
    record OneNode(int opset, NodeProto node, List<Value> inputs) {
        static OneNode of(int opset, String operator, int outputs, List<Value> inputs, AttributeProto... attributes) {
            var names = new ArrayList<String>();
            for (int i = 0; i < inputs.size(); i++) {
                names.add(inputs.get(i) == null ? "" : "x" + i);
            }
            var results = new ArrayList<String>();
            for (int i = 0; i < outputs; i++) {
                results.add("y" + i);
            }
            return new OneNode(opset, new NodeProto("n", operator, "", names, results, List.of(attributes)), inputs);
        }

        ModelProto model() {
            return model(node.outputs().stream().map(Models::anything).toList());
        }

        /** With outputs of these types, as ONNX Runtime asks for. */
        ModelProto modelOf(List<DataType> types) {
            var results = new ArrayList<ValueInfoProto>();
            for (int i = 0; i < types.size(); i++) {
                results.add(new ValueInfoProto(
                        node.outputs().get(i), ValueInfoProto.Kind.TENSOR, types.get(i), Optional.empty()));
            }
            return model(results);
        }

        private ModelProto model(List<ValueInfoProto> results) {
            var declared = new ArrayList<ValueInfoProto>();
            inputsByName()
                    .forEach((name, value) -> declared.add(ValueInfoProto.tensor(
                            name,
                            value.type(),
                            Arrays.stream(value.shape().dims())
                                    .mapToObj(dim -> Dimension.of((long) dim))
                                    .toList())));
            return Models.model(opset, List.of(node), List.of(), declared, results);
        }

        Map<String, Value> inputsByName() {
            var named = new LinkedHashMap<String, Value>();
            for (int i = 0; i < inputs.size(); i++) {
                if (inputs.get(i) != null) {
                    named.put("x" + i, inputs.get(i));
                }
            }
            return named;
        }

        List<Value> run() {
            return List.copyOf(
                    OnnxModel.of(model(), Limits.ofHeap()).run(inputsByName()).values());
        }
    }

    static ModelProto model(
            int opset,
            List<NodeProto> nodes,
            List<TensorProto> constants,
            List<ValueInfoProto> inputs,
            List<ValueInfoProto> outputs) {
        var graph = new GraphProto("g", nodes, constants, inputs, outputs, List.of());
        return new ModelProto(8, List.of(new OperatorSetId("", opset)), "test", "1", Map.of(), graph);
    }

    static ValueInfoProto anything(String name) {
        return new ValueInfoProto(name, ValueInfoProto.Kind.TENSOR, DataType.UNDEFINED, Optional.empty());
    }

    static ValueInfoProto images(String name, long... extents) {
        return ValueInfoProto.tensor(
                name,
                DataType.FLOAT,
                Arrays.stream(extents).mapToObj(Dimension::of).toList());
    }

    static NodeProto node(String operator, List<String> inputs, String output, AttributeProto... attributes) {
        return new NodeProto("", operator, "", inputs, List.of(output), List.of(attributes));
    }

    static Value floats(int[] dims, float... values) {
        return Value.of(Tensor.of(Shape.of(dims), values));
    }

    /** Float32 from 0 upwards, as numpy's arange. */
    static Value counting(int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return floats(dims, values);
    }

    static Value full(float value, int... dims) {
        return Value.of(Tensor.full(Shape.of(dims), value));
    }

    static Value longs(long... values) {
        return Value.of(Shape.of(values.length), values);
    }

    static Value booleans(int[] dims, long... values) {
        return new Integers(DataType.BOOL, Shape.of(dims), values);
    }

    static int[] dims(int... dims) {
        return dims;
    }
}

package io.github.dsrl4j.nn.onnx.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.run.Models.OneNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A node and the outputs that it should give. */
record Expectation(String name, OneNode node, List<Value> outputs) {
    /** The left side of a case: an operator of a version, what goes in, and how. */
    record Left(String name, int opset, String operator, List<Value> inputs, AttributeProto[] attributes) {
        Left with(AttributeProto... given) {
            return new Left(name, opset, operator, inputs, given);
        }

        Expectation gives(Value... outputs) {
            return new Expectation(
                    name, OneNode.of(opset, operator, outputs.length, inputs, attributes), List.of(outputs));
        }
    }

    /** @param inputs null for one that is left out */
    static Left of(String name, int opset, String operator, Value... inputs) {
        return new Left(name, opset, operator, new ArrayList<>(Arrays.asList(inputs)), new AttributeProto[0]);
    }

    /** The cases of all operators. */
    static Stream<Expectation> all() {
        return Stream.of(
                        NetworkOperatorsTest.convolutions(),
                        NetworkOperatorsTest.transposed(),
                        NetworkOperatorsTest.poolings(),
                        NetworkOperatorsTest.resizes(),
                        NetworkOperatorsTest.normalizations(),
                        ElementOperatorsTest.arithmetic(),
                        ElementOperatorsTest.activations(),
                        ElementOperatorsTest.logic(),
                        ElementOperatorsTest.products(),
                        ElementOperatorsTest.reductions(),
                        ElementOperatorsTest.shapes(),
                        ElementOperatorsTest.parts(),
                        ElementOperatorsTest.constants(),
                        ChoosingOperatorsTest.choosing(),
                        ChoosingOperatorsTest.quantization(),
                        ChoosingOperatorsTest.sums(),
                        ChoosingOperatorsTest.images())
                .flatMap(cases -> cases);
    }

    /** Within the tolerance of ONNX's own tests. */
    void check() {
        List<Value> results = node.run();
        for (int i = 0; i < outputs.size(); i++) {
            assertEquals(Optional.empty(), BackendCases.difference(outputs.get(i), results.get(i)), "output " + i);
        }
    }

    @Override
    public String toString() {
        return "%s %d: %s".formatted(node.node().operator(), node.opset(), name);
    }
}

package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.anything;
import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.full;
import static io.github.dsrl4j.nn.onnx.run.Models.images;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static io.github.dsrl4j.nn.onnx.run.Models.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Models.OneNode;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of several nodes, and what is said of those that cannot run. */
final class ProgramTest {
    private static final ValueInfoProto X = images("x", 1, 1, 4, 4);

    @TempDir
    Path folder;

    private static ModelProto model(NodeProto... nodes) {
        return Models.model(13, List.of(nodes), List.of(), List.of(X), List.of(anything("y")));
    }

    /** A network with a constant, an activation, and a resize to a size that it computes from its input. */
    private static ModelProto network() {
        return Models.model(
                13,
                List.of(
                        node("Conv", List.of("x", "w"), "c", AttributeProto.ints("strides", 2, 2)),
                        node("Relu", List.of("c"), "r"),
                        node("Shape", List.of("x"), "s"),
                        node("Resize", List.of("r", "", "", "s"), "y", AttributeProto.of("mode", "nearest"))),
                List.of(TensorProto.of("w", List.of(1L, 1L, 2L, 2L), 1f, 0f, 0f, -1f)),
                List.of(ValueInfoProto.tensor(
                        "x",
                        DataType.FLOAT,
                        List.of(Dimension.of(1), Dimension.of(1), Dimension.of("side"), Dimension.of("side")))),
                List.of(anything("y"), anything("s")));
    }

    @Test
    void runsAFileOnImagesOfAnySize() {
        Path file = folder.resolve("model.onnx");
        network().write(file);
        var model = OnnxModel.load(file);
        assertEquals("[x: FLOAT[1, 1, side, side]]", model.inputs().toString());
        for (int side : new int[] {2, 4, 6}) {
            Map<String, Value> results = model.run(Map.of("x", full(1, 1, 1, side, side)));
            assertEquals(List.of("y", "s"), List.copyOf(results.keySet()));
            assertArrayEquals(
                    new float[side * side], results.get("y").toTensor().toArray());
            assertArrayEquals(new long[] {1, 1, side, side}, results.get("s").toLongs());
        }
        Tensor down = model.run(Tensor.of(Shape.of(1, 1, 2, 2), 5, 0, 0, 2));
        assertArrayEquals(new float[] {3, 3, 3, 3}, down.toArray());
    }

    @Test
    void manyThreadsShareAModel() {
        var model = OnnxModel.of(network(), Limits.ofHeap());
        List<Integer> wrong = IntStream.range(0, 64)
                .parallel()
                .filter(i ->
                        model.run(Tensor.of(Shape.of(1, 1, 2, 2), i, 0, 0, 0)).get(0, 0, 1, 1) != i)
                .boxed()
                .toList();
        assertEquals(List.of(), wrong);
    }

    @Test
    void inputsAreNotChanged() {
        Tensor x = Tensor.full(Shape.of(1, 1, 4, 4), -1);
        OnnxModel.of(model(node("Relu", List.of("x"), "y")), Limits.ofHeap()).run(x);
        assertArrayEquals(Tensor.full(x.shape(), -1).toArray(), x.toArray());
    }

    record Refusal(ModelProto model, Class<? extends OnnxException> kind, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<Refusal> refusals() {
        var relu = node("Relu", List.of("x"), "y");
        var named = new NodeProto(
                "conv1", "Conv", "", List.of("x", "x"), List.of("y"), List.of(AttributeProto.of("fast", 1)));
        return Stream.of(
                new Refusal(
                        model(node("NonMaxSuppression", List.of("x"), "y")),
                        UnsupportedOnnxException.class,
                        "node 0 (NonMaxSuppression): the operator is not supported"),
                new Refusal(
                        model(named),
                        UnsupportedOnnxException.class,
                        "node 'conv1' (Conv): attribute 'fast' is not supported in operator set 13"),
                new Refusal(
                        model(node("Resize", List.of("x", "", "x"), "y", AttributeProto.of("mode", "lanczos"))),
                        UnsupportedOnnxException.class,
                        "node 0 (Resize): attribute 'mode' is 'lanczos'; supported are NEAREST, LINEAR, CUBIC"),
                new Refusal(
                        model(new NodeProto("", "Relu", "com.example", List.of("x"), List.of("y"), List.of())),
                        UnsupportedOnnxException.class,
                        "node 0 (Relu): operators of the domain 'com.example' are not supported"),
                new Refusal(
                        Models.model(99, List.of(relu), List.of(), List.of(X), List.of(anything("y"))),
                        UnsupportedOnnxException.class,
                        "operator set 99 is not supported; 7 to 28 are, and much of what is older"),
                new Refusal(
                        Models.model(
                                8,
                                List.of(node("Where", List.of("x", "x", "x"), "y")),
                                List.of(),
                                List.of(X),
                                List.of(anything("y"))),
                        UnsupportedOnnxException.class,
                        "node 0 (Where): the operator is supported from operator set 9 on, the model uses 8"),
                new Refusal(
                        model(node("Relu", List.of("z"), "y"), node("Relu", List.of("x"), "z")),
                        OnnxException.class,
                        "node 0 (Relu): input 'z' is given by a later node: the nodes are not in an order in which they can run"),
                new Refusal(
                        model(node("Relu", List.of("q"), "y")),
                        OnnxException.class,
                        "node 0 (Relu): input 'q' is given by no input, constant or node"),
                new Refusal(
                        model(relu, relu),
                        OnnxException.class,
                        "node 1 (Relu): output 'y' has the name of another value"),
                new Refusal(
                        model(node("Relu", List.of("x"), "z")), OnnxException.class, "output 'y' is given by no node"),
                new Refusal(
                        model(node("Relu", List.of("x", "x"), "y")),
                        OnnxException.class,
                        "node 0 (Relu): has 2 inputs; the operator takes 1 to 1"),
                new Refusal(
                        model(node("Softmax", List.of("x"), "y", AttributeProto.of("axis", "last"))),
                        OnnxException.class,
                        "node 0 (Softmax): attribute 'axis' must be an integer, not StringValue"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesToLoad(Refusal refusal) {
        var error = assertThrows(OnnxException.class, () -> OnnxModel.of(refusal.model, Limits.ofHeap()));
        assertEquals(refusal.message, error.getMessage());
        assertEquals(refusal.kind, error.getClass());
    }

    record Failure(OneNode node, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    private static Failure failure(
            String message, int opset, String operator, List<Value> inputs, AttributeProto... attributes) {
        return new Failure(OneNode.of(opset, operator, 1, inputs, attributes), message);
    }

    static Stream<Failure> failures() {
        Value x = counting(1, 2, 4, 4);
        return Stream.of(
                failure(
                        "node 'n' (Conv): the weight must be [M, C / group, kernel...]; input [1, 2, 4, 4], weight [3, 1, 2, 2], group 1",
                        13,
                        "Conv",
                        List.of(x, full(1, 3, 1, 2, 2))),
                failure(
                        "node 'n' (Conv): spatial dimension 0: a kernel of 5 with dilation 1 does not fit an input of 4 padded by 0 and 0",
                        13,
                        "Conv",
                        List.of(x, full(1, 3, 2, 5, 2))),
                failure(
                        "node 'n' (Conv): attribute 'strides' is [1, 0]: 0 is out of range",
                        13,
                        "Conv",
                        List.of(x, full(1, 3, 2, 2, 2)),
                        AttributeProto.ints("strides", 1, 0)),
                failure(
                        "node 'n' (Add): broadcast: shapes [3] and [2] do not broadcast: dimension 1 from the end is 3 and 2",
                        13,
                        "Add",
                        List.of(counting(3), counting(2))),
                failure(
                        "node 'n' (Add): the inputs must have one type, not FLOAT[3] and INT64[3]",
                        13,
                        "Add",
                        List.of(counting(3), longs(1, 2, 3))),
                failure("node 'n' (Div): a whole number is divided by zero", 13, "Div", List.of(longs(1), longs(0))),
                failure(
                        "node 'n' (Reshape): [3] cannot take the shape [2]",
                        13,
                        "Reshape",
                        List.of(counting(3), longs(2))),
                failure(
                        "node 'n' (Transpose): axis 2 is outside the 2 dimensions there are",
                        13,
                        "Transpose",
                        List.of(counting(2, 3)),
                        AttributeProto.ints("perm", 0, 2)),
                failure(
                        "node 'n' (Gather): index 3 is outside dimension 0 of FLOAT[3]",
                        13,
                        "Gather",
                        List.of(counting(3), longs(3))),
                failure(
                        "node 'n' (Sigmoid): elements of type INT64 are not supported",
                        13,
                        "Sigmoid",
                        List.of(longs(1))),
                failure(
                        "node 'n' (Conv): input 0 is INT64[1]: only FLOAT, FLOAT16 and BFLOAT16 are supported",
                        13,
                        "Conv",
                        List.of(longs(1), counting(1, 1, 1, 1))),
                failure(
                        "node 'n' (Resize): either scales or sizes must be given, and not both",
                        13,
                        "Resize",
                        List.of(x)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void namesTheNodeThatFails(Failure failure) {
        var error = assertThrows(OnnxException.class, failure.node::run);
        assertEquals(failure.message, error.getMessage());
    }

    @Test
    void comparesInputsWithWhatIsDeclared() {
        var model = OnnxModel.of(network(), Limits.ofHeap());
        var image = full(1, 1, 1, 4, 4);
        assertEquals(
                "the model has no input 'z'; it has [x: FLOAT[1, 1, side, side]]",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", image, "z", image)))
                        .getMessage());
        assertEquals(
                "input 'x: FLOAT[1, 1, side, side]' is missing",
                assertThrows(OnnxException.class, () -> model.run(Map.of())).getMessage());
        assertEquals(
                "input 'x: FLOAT[1, 1, side, side]' cannot be FLOAT[1, 1, 4, 5]",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", full(1, 1, 1, 4, 5))))
                        .getMessage());
        assertEquals(
                "input 'x: FLOAT[1, 1, side, side]' cannot be INT64[1]",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", longs(1))))
                        .getMessage());
        assertEquals(
                "input 'x' must be a Tensor, a Value or a TensorProto, not java.lang.String",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", "picture")))
                        .getMessage());
    }

    @Test
    void keepsTheLimitOfMemory() {
        var expand = node("Expand", List.of("x", "s"), "y");
        var shape = TensorProto.of("s", List.of(3L), 1000L, 1000L, 1000L);
        var model = OnnxModel.of(
                Models.model(13, List.of(expand), List.of(shape), List.of(images("x", 1)), List.of(anything("y"))),
                new Limits(1 << 20, Long.MAX_VALUE));
        var error = assertThrows(OnnxException.class, () -> model.run(Map.of("x", counting(1))));
        assertEquals(
                "node 0 (Expand): a value FLOAT[1000, 1000, 1000] would take the run over its limit of 1048576 bytes",
                error.getMessage());
    }

    /** A chain of a thousand values of 40 kB runs in 200 kB, because those that nobody needs any more are let go. */
    @Test
    void letsGoOfValuesThatNobodyNeeds() {
        var nodes = new ArrayList<NodeProto>();
        for (int i = 0; i < 1000; i++) {
            nodes.add(node("Neg", List.of("v" + i), "v" + (i + 1)));
        }
        var model = OnnxModel.of(
                Models.model(13, nodes, List.of(), List.of(images("v0", 10_000)), List.of(anything("v1000"))),
                new Limits(200_000, Long.MAX_VALUE));
        Value x = full(3, 10_000);
        assertArrayEquals(
                x.toTensor().toArray(),
                model.run(Map.of("v0", x)).get("v1000").toTensor().toArray());
    }

    @Test
    void keepsTheLimitOfWork() {
        var model = OnnxModel.of(model(node("MatMul", List.of("x", "x"), "y")), new Limits(1 << 20, 63));
        var error = assertThrows(OnnxException.class, () -> model.run(Map.of("x", counting(1, 1, 4, 4))));
        assertEquals("node 0 (MatMul): takes 65.0 elementary steps, over the limit of 63", error.getMessage());
    }
}

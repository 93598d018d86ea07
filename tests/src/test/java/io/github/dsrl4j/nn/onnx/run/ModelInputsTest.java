package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.anything;
import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.images;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static io.github.dsrl4j.nn.onnx.run.Models.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.StringValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Strings;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto.Kind;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model declares as its inputs and constants, and what it takes. */
final class ModelInputsTest {
    private static final NodeProto DOUBLED = node("Add", List.of("x", "x"), "y");
    private static final ValueInfoProto X = images("x", 2);

    private static OnnxModel load(ModelProto model) {
        return OnnxModel.of(ModelProto.read("model", model.toBytes()), Limits.ofHeap());
    }

    private static ModelProto model(List<NodeProto> nodes, List<TensorProto> constants, List<ValueInfoProto> inputs) {
        return Models.model(13, nodes, constants, inputs, List.of(anything("y")));
    }

    private static ValueInfoProto input(DataType type, Optional<List<Dimension>> shape) {
        return new ValueInfoProto("x", Kind.TENSOR, type, shape);
    }

    static Stream<ValueInfoProto> anyExtent() {
        return Stream.of(
                images("x", -1, 3),
                images("x", 0, 3),
                images("x", -1, -1),
                images("x", Long.MIN_VALUE, 3),
                input(DataType.FLOAT, Optional.of(List.of(Dimension.of("n"), Dimension.of(3)))),
                input(DataType.FLOAT, Optional.of(List.of(Dimension.of(""), Dimension.of(3)))),
                input(DataType.FLOAT, Optional.of(List.of(new Dimension.Unknown(), new Dimension.Unknown()))),
                input(DataType.FLOAT, Optional.empty()),
                input(DataType.UNDEFINED, Optional.empty()),
                new ValueInfoProto("x", Kind.UNKNOWN, DataType.UNDEFINED, Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("anyExtent")
    void takesAnyExtent(ValueInfoProto declared) {
        var model = load(model(List.of(DOUBLED), List.of(), List.of(declared)));
        for (int rows : new int[] {1, 2, 5}) {
            Tensor y = model.run(Tensor.full(Shape.of(rows, 3), 2));
            assertArrayEquals(Tensor.full(Shape.of(rows, 3), 4).toArray(), y.toArray());
        }
    }

    @Test
    void otherExtentsMustFit() {
        var model = load(model(List.of(DOUBLED), List.of(), List.of(images("x", -1, 3))));
        assertEquals(
                "input 'x: FLOAT[-1, 3]' cannot be FLOAT[2, 4]",
                assertThrows(OnnxException.class, () -> model.run(Tensor.zeros(Shape.of(2, 4))))
                        .getMessage());
        assertEquals(
                "input 'x: FLOAT[-1, 3]' cannot be FLOAT[3]",
                assertThrows(OnnxException.class, () -> model.run(Tensor.zeros(Shape.of(3))))
                        .getMessage());
    }

    /** All element types that no operator here works on, and one of texts. */
    static Stream<TensorProto> strangers() {
        return Stream.of(
                        DataType.COMPLEX64,
                        DataType.COMPLEX128,
                        DataType.FLOAT8E4M3FN,
                        DataType.FLOAT8E4M3FNUZ,
                        DataType.FLOAT8E5M2,
                        DataType.FLOAT8E5M2FNUZ,
                        DataType.FLOAT8E8M0,
                        DataType.FLOAT4E2M1,
                        DataType.INT4,
                        DataType.UINT4,
                        DataType.INT2,
                        DataType.UINT2,
                        DataType.STRING)
                .map(type -> type == DataType.STRING
                        ? new TensorProto("c", type, List.of(2L), MemorySegment.NULL, List.of("road", "sky"))
                        : new TensorProto(
                                "c",
                                type,
                                List.of(2L),
                                MemorySegment.ofArray(new byte[(2 * type.bits() + 7) / 8]),
                                List.of()));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void aConstantThatNoOutputNeedsMayBeOfAnyType(TensorProto constant) {
        var alone = model(List.of(DOUBLED), List.of(constant), List.of(X));
        var read = model(List.of(node("Identity", List.of("c"), "z"), DOUBLED), List.of(constant), List.of(X));
        var inNode = model(
                List.of(node("Constant", List.of(), "z", AttributeProto.of("value", constant)), DOUBLED),
                List.of(),
                List.of(X));
        var declared = model(
                List.of(DOUBLED),
                List.of(constant),
                List.of(X, ValueInfoProto.tensor("c", constant.type(), List.of())));
        for (ModelProto model : List.of(alone, read, inNode, declared)) {
            assertArrayEquals(
                    new float[] {2, 4},
                    load(model).run(Tensor.of(Shape.of(2), 1, 2)).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void aConstantThatAnOutputNeedsMayNot(TensorProto constant) {
        var needed = model(List.of(node("Identity", List.of("c"), "y")), List.of(constant), List.of());
        assertEquals(
                "constant 'c': tensor 'c': elements of type %s are not supported".formatted(constant.type()),
                assertThrows(UnsupportedOnnxException.class, () -> load(needed)).getMessage());
    }

    /** Texts in nodes, an unknown operator, one of another domain, one with an unknown attribute, and training. */
    static Stream<NodeProto> strangeNodes() {
        return Stream.of(
                node("Constant", List.of(), "z", new AttributeProto("value_strings", new Strings(List.of("a", "b")))),
                node("Constant", List.of(), "z", new AttributeProto("value_string", new StringValue("a"))),
                node("StringSplit", List.of("x"), "z"),
                new NodeProto("", "Crop", "com.example", List.of("x"), List.of("z"), List.of()),
                node("Relu", List.of("x"), "z", AttributeProto.of("fast", 1)),
                new NodeProto(
                        "", "BatchNormalization", "", List.of("x", "x", "x", "x", "x"), List.of("z", "m"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("strangeNodes")
    void aNodeThatNoOutputNeedsIsPassedOver(NodeProto strange) {
        var model = load(model(List.of(strange, node("Neg", List.of("z"), "w"), DOUBLED), List.of(), List.of(X)));
        assertArrayEquals(
                new float[] {2, 4}, model.run(Tensor.of(Shape.of(2), 1, 2)).toArray());
        var needed = Models.model(13, List.of(strange), List.of(), List.of(X), List.of(anything("z")));
        String message =
                assertThrows(UnsupportedOnnxException.class, () -> load(needed)).getMessage();
        assertEquals("node 0 (%s): ".formatted(strange.operator()), message.substring(0, message.indexOf(": ") + 2));
    }

    static Stream<ValueInfoProto> strangeInputs() {
        return Stream.concat(
                Stream.of(Kind.SEQUENCE, Kind.MAP, Kind.OPTIONAL, Kind.SPARSE_TENSOR, Kind.OPAQUE)
                        .map(kind -> new ValueInfoProto("s", kind, DataType.UNDEFINED, Optional.empty())),
                Stream.of(DataType.STRING, DataType.COMPLEX64, DataType.INT4, DataType.FLOAT8E5M2)
                        .map(type -> ValueInfoProto.tensor("s", type, List.of(Dimension.of(1)))));
    }

    @ParameterizedTest
    @MethodSource("strangeInputs")
    void anInputThatNoOutputNeedsMayBeOfAnyKind(ValueInfoProto strange) {
        var model = OnnxModel.of(model(List.of(DOUBLED), List.of(), List.of(strange, X)), Limits.ofHeap());
        assertEquals(List.of(X), model.inputs());
        assertArrayEquals(
                new float[] {2, 4}, model.run(Tensor.of(Shape.of(2), 1, 2)).toArray());
        var texts = new TensorProto("", DataType.STRING, List.of(1L), MemorySegment.NULL, List.of("a"));
        var both = Map.of("s", texts, "x", Tensor.of(Shape.of(2), 1, 2));
        assertArrayEquals(
                new float[] {2, 4}, model.run(both).get("y").toTensor().toArray());
        var needed = model(List.of(node("Identity", List.of("s"), "y")), List.of(), List.of(strange));
        assertEquals(
                "input 's' is %s, which is not supported"
                        .formatted(
                                strange.kind() == Kind.TENSOR
                                        ? "of type " + strange.elementType()
                                        : "a " + strange.kind()),
                assertThrows(UnsupportedOnnxException.class, () -> OnnxModel.of(needed, Limits.ofHeap()))
                        .getMessage());
    }

    @Test
    void aConstantThatIsAnInputTooIsADefault() {
        var scale = images("k", 2);
        var bytes = model(
                List.of(node("Mul", List.of("x", "k"), "y")),
                List.of(TensorProto.of("k", List.of(2L), 10f, 100f)),
                List.of(X, scale));
        var model = load(bytes);
        assertEquals(List.of(X), model.inputs());
        assertEquals(List.of(scale), model.optionalInputs());
        Value x = floats(new int[] {2}, 1, 2);
        Map<String, Value> own = Map.of("x", x, "k", floats(new int[] {2}, 3, 4));
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(
                    new float[] {10, 200},
                    model.run(Map.of("x", x)).get("y").toTensor().toArray());
            assertArrayEquals(
                    new float[] {3, 8}, model.run(own).get("y").toTensor().toArray());
        }
        assertEquals(
                "input 'k: FLOAT[2]' cannot be FLOAT[3]",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", x, "k", counting(3))))
                        .getMessage());
    }

    @Test
    void aConstantThatIsNoInputStays() {
        var model = load(model(
                List.of(node("Mul", List.of("x", "k"), "y")),
                List.of(TensorProto.of("k", List.of(2L), 10f, 100f)),
                List.of(X)));
        assertEquals(
                "the model has no input 'k'; it has [x: FLOAT[2]]",
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", counting(2), "k", counting(2))))
                        .getMessage());
    }

    static Stream<DataType> realTypes() {
        return Stream.of(DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE);
    }

    /** A tensor of float32 is rounded to what the model takes, and comes back. */
    @ParameterizedTest
    @MethodSource("realTypes")
    void takesFloatsForOtherRealTypes(DataType type) {
        var declared = ValueInfoProto.tensor("x", type, List.of(Dimension.of(3)));
        var model = load(model(List.of(node("Add", List.of("x", "x"), "y")), List.of(), List.of(declared)));
        float[] x = {1.2345678f, -3e-3f, 1000.6f};
        float[] right = new float[3];
        for (int i = 0; i < 3; i++) {
            right[i] = 2 * (float) Value.round(type, x[i]);
        }
        assertArrayEquals(right, model.run(Tensor.of(Shape.of(3), x)).toArray());
        assertEquals(
                "input 'x: %s[3]' cannot be INT64[3]".formatted(type),
                assertThrows(OnnxException.class, () -> model.run(Map.of("x", longs(1, 2, 3))))
                        .getMessage());
    }

    @Test
    void contentsAreReadWithoutAFile() {
        byte[] bytes = model(List.of(DOUBLED), List.of(), List.of(X)).toBytes();
        assertArrayEquals(
                new float[] {2, 4},
                OnnxModel.load(bytes).run(Tensor.of(Shape.of(2), 1, 2)).toArray());
    }

    @Test
    void oneRangeOfVersionsIsNamed() {
        var newer = Models.model(Operators.NEWEST + 1, List.of(DOUBLED), List.of(), List.of(X), List.of(anything("y")));
        assertEquals(
                "operator set %d is not supported; %d to %d are, and much of what is older"
                        .formatted(Operators.NEWEST + 1, Operators.OLDEST, Operators.NEWEST),
                assertThrows(UnsupportedOnnxException.class, () -> load(newer)).getMessage());
    }
}

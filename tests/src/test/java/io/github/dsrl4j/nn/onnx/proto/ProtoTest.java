package io.github.dsrl4j.nn.onnx.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.nn.onnx.proto.AttributeValue.FloatValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Floats;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.GraphValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Graphs;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Ints;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Strings;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.TensorValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProtoTest {
    private static final int MUTATIONS = 100_000;

    private static final TensorProto FLOATS = TensorProto.of("w", List.of(2L, 2L), 1f, -2f, 0.5f, Float.NaN);
    private static final TensorProto LARGE = TensorProto.of("large", List.of(3000L), new float[3000]);

    private static GraphProto graph(AttributeProto... attributes) {
        var node = new NodeProto("n", "Op", "some.domain", List.of("x", "", "w"), List.of("y"), List.of(attributes));
        return new GraphProto(
                "g",
                List.of(node),
                List.of(FLOATS, TensorProto.of("i", List.of(), -3L)),
                List.of(ValueInfoProto.tensor(
                        "x",
                        DataType.FLOAT,
                        List.of(Dimension.of("N"), Dimension.of(3), new Dimension.Unknown(), Dimension.of(0)))),
                List.of(new ValueInfoProto("y", ValueInfoProto.Kind.TENSOR, DataType.INT64, Optional.empty())),
                List.of(ValueInfoProto.tensor("scalar", DataType.BOOL, List.of())));
    }

    private static ModelProto model(GraphProto graph) {
        return new ModelProto(
                8, List.of(new OperatorSetId("", 17), new OperatorSetId("d", 1)), "p", "v", Map.of("k", "ä"), graph);
    }

    private static List<AttributeProto> attributes() {
        return List.of(
                AttributeProto.of("int", 0L),
                AttributeProto.of("negative", -1L),
                AttributeProto.of("float", 0f),
                AttributeProto.of("string", ""),
                AttributeProto.ints("ints", 1, -1, 1L << 40),
                AttributeProto.ints("none"),
                new AttributeProto("floats", new Floats(List.of(1f, -0f))),
                new AttributeProto("strings", new Strings(List.of("a", "", "ü"))));
    }

    @Test
    void whatIsWrittenIsReadAgain(@TempDir Path folder) {
        ModelProto model = model(graph(attributes().toArray(AttributeProto[]::new)));
        Path file = folder.resolve("m.onnx");
        model.write(file);
        ModelProto read = ModelProto.read(file);
        assertEquals(model.irVersion(), read.irVersion());
        assertEquals(model.operatorSets(), read.operatorSets());
        assertEquals(model.metadata(), read.metadata());
        assertEquals("p", read.producerName());
        assertEquals("v", read.producerVersion());
        assertEquals(model.graph().nodes(), read.graph().nodes());
        assertEquals(model.graph().inputs(), read.graph().inputs());
        assertEquals(model.graph().outputs(), read.graph().outputs());
        assertEquals(model.graph().values(), read.graph().values());
        assertEquals("w", read.graph().initializers().get(0).name());
        assertArrayEquals(FLOATS.toFloats(), read.graph().initializers().get(0).toFloats());
        assertArrayEquals(new long[] {-3}, read.graph().initializers().get(1).toLongs());
        assertArrayEquals(model.toBytes(), read.toBytes());
    }

    @Test
    void nestedGraphsAndTensorsAreReadAgain() {
        GraphProto inner = graph(AttributeProto.of("value", LARGE));
        ModelProto read = ModelProto.read(
                "m",
                model(graph(
                                new AttributeProto("graph", new GraphValue(inner)),
                                new AttributeProto("graphs", new Graphs(List.of(inner, inner))),
                                new AttributeProto("tensors", new Tensors(List.of(FLOATS, LARGE)))))
                        .toBytes());
        NodeProto node = read.graph().nodes().getFirst();
        var graph = (GraphValue) node.attribute("graph").orElseThrow();
        var value = (TensorValue)
                graph.value().nodes().getFirst().attribute("value").orElseThrow();
        assertEquals(3000, value.value().size());
        assertEquals(
                2, ((Graphs) node.attribute("graphs").orElseThrow()).values().size());
        assertEquals(
                2, ((Tensors) node.attribute("tensors").orElseThrow()).values().size());
    }

    /** The type of an attribute may be missing or stand behind the value; repeated numbers need not be packed. */
    @Test
    void otherWritersAreUnderstood() {
        assertEquals(new FloatValue(1.5f), attribute(hex("0a0161 150000c03f")).value());
        assertEquals(
                new Ints(List.of(5L, 6L)), attribute(hex("0a0161 4005 4006")).value());
        assertEquals(new Ints(List.of()), attribute(hex("a00107 0a0161")).value());
        assertEquals(
                new Floats(List.of(1.5f)), attribute(hex("0a0161 3d0000c03f")).value());
    }

    private static AttributeProto attribute(byte[] bytes) {
        return AttributeProto.read(ProtoReader.of("test", bytes));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] bytes(Consumer<ProtoWriter> write) throws IOException {
        var writer = new ProtoWriter();
        write.accept(writer);
        var out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return out.toByteArray();
    }

    private static TensorProto tensor(Consumer<ProtoWriter> write) throws IOException {
        return TensorProto.read(ProtoReader.of("test", bytes(write)));
    }

    /** Type, what its elements are in raw_data, the field they may lie in instead, the values there, and the values. */
    static Stream<Arguments> types() {
        return Stream.of(
                arguments(DataType.FLOAT, "0000c03f 000000c0", 0, List.<Long>of(), new float[] {1.5f, -2}),
                arguments(DataType.UINT8, "01ff", 5, List.of(1L, 255L), new float[] {1, 255}),
                arguments(DataType.INT8, "01ff", 5, List.of(1L, -1L), new float[] {1, -1}),
                arguments(DataType.UINT16, "0100ffff", 5, List.of(1L, 65535L), new float[] {1, 65535}),
                arguments(DataType.INT16, "0100ffff", 5, List.of(1L, -1L), new float[] {1, -1}),
                arguments(DataType.INT32, "01000000 ffffffff", 5, List.of(1L, -1L), new float[] {1, -1}),
                arguments(
                        DataType.INT64, "0100000000000000 ffffffffffffffff", 7, List.of(1L, -1L), new float[] {1, -1}),
                arguments(DataType.BOOL, "0102", 5, List.of(1L, 7L), new float[] {1, 1}),
                arguments(DataType.FLOAT16, "003e 00c0", 5, List.of(0x3e00L, 0xc000L), new float[] {1.5f, -2}),
                arguments(DataType.BFLOAT16, "c03f 00c0", 5, List.of(0x3fc0L, 0xc000L), new float[] {1.5f, -2}),
                arguments(
                        DataType.DOUBLE, "000000000000f83f 00000000000000c0", 0, List.<Long>of(), new float[] {1.5f, -2
                        }),
                arguments(
                        DataType.UINT32, "01000000 ffffffff", 11, List.of(1L, 0xffffffffL), new float[] {1, 4294967295f
                        }),
                arguments(DataType.UINT64, "0100000000000000 ffffffffffffffff", 11, List.of(1L, -1L), new float[] {
                    1, 0x1p64f
                }),
                arguments(DataType.UINT4, "f1", 5, List.of(0xf1L), new float[] {1, 15}),
                arguments(DataType.INT4, "f1", 5, List.of(0xf1L), new float[] {1, -1}),
                arguments(DataType.UINT2, "0d", 5, List.of(0x0dL), new float[] {1, 3}),
                arguments(DataType.INT2, "0d", 5, List.of(0x0dL), new float[] {1, -1}),
                arguments(DataType.FLOAT8E4M3FN, "3cc0", 5, List.of(0x3cL, 0xc0L), new float[] {1.5f, -2}),
                arguments(DataType.FLOAT8E5M2, "3ec0", 5, List.of(0x3eL, 0xc0L), new float[] {1.5f, -2}));
    }

    @ParameterizedTest
    @MethodSource("types")
    void elementsAreReadFromRawDataAndFromTheirField(
            DataType type, String raw, int field, List<Long> typed, float[] expected) throws IOException {
        List<Long> dims = List.of(2L);
        TensorProto read = tensor(writer -> {
            writer.varints(1, dims);
            writer.bytes(9, MemorySegment.ofArray(hex(raw)));
            writer.varint(2, type.number());
        });
        assertArrayEquals(expected, read.toFloats());
        if (type.isInteger()) {
            assertEquals(expected[0], (float) read.toLongs()[0]);
        }
        if (field != 0) {
            TensorProto other = tensor(writer -> {
                writer.varints(field, typed);
                writer.varints(1, dims);
                writer.varint(2, type.number());
            });
            assertArrayEquals(expected, other.toFloats());
        }
    }

    @Test
    void floatingPointFieldsAndStringsAreRead() throws IOException {
        assertArrayEquals(
                new float[] {1, -2},
                tensor(writer -> {
                            writer.varints(1, List.of(2L));
                            writer.varint(2, DataType.FLOAT.number());
                            writer.floats(4, List.of(1f, -2f));
                        })
                        .toFloats());
        assertArrayEquals(
                new float[] {1.5f},
                TensorProto.read(ProtoReader.of("t", hex("100b 5208 000000000000f83f")))
                        .toFloats());
        TensorProto strings = tensor(writer -> {
            writer.varints(1, List.of(2L));
            writer.varint(2, DataType.STRING.number());
            writer.element(6, "a");
            writer.element(6, "");
        });
        assertEquals(List.of("a", ""), strings.strings());
        assertThrows(OnnxException.class, strings::toFloats);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("", "test: there is no graph: the file is empty or no ONNX model"),
                arguments("3a05 0a", "5 bytes are claimed, but only 1 are left"),
                arguments("3affffffffffffffffff01", "18446744073709551615 bytes are claimed"),
                arguments("08ffffffffffffffffffff01", "an integer is longer than ten bytes"),
                arguments("0b", "an integer is expected, but the wire type is 3"),
                arguments("fb01", "wire type 3 is not known"),
                arguments("00", "0 is no field of a message"),
                arguments("3801", "a message is expected, but the wire type is 0"),
                arguments("1201ff", "the string is not UTF-8"),
                arguments("3a04 2a02 1063", "there is no element type 99"),
                arguments("3a04 2a02 0802", "tensor '' has no element type"),
                arguments("3a06 2a04 0802 1001", "tensor '' of type FLOAT and shape [2] has 0 bytes of elements"),
                arguments("3a0f 2a0d 08ffffffffffffffffff01 1001", "negative extent -1"),
                arguments("3a0b 2a09 4201 77 6a00 4a00 1001", "tensor 'w' keeps its elements in another file"),
                arguments("3a06 2a04 1a00 1001", "the tensor is one segment of several"),
                arguments("3a08 2a06 1001 2801 0801", "lie in field 5, which is not for type FLOAT"),
                arguments("3a02 7a00", "has a sparse initializer"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenFilesAreRefused(String bytes, String message) {
        var e = assertThrows(OnnxException.class, () -> ModelProto.read("test", hex(bytes)));
        assertTrue(e.getMessage().startsWith("test: ") && e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void externalDataAreNamed() {
        var e = assertThrows(
                OnnxException.class,
                () -> tensor(writer -> {
                    writer.varint(2, 1);
                    writer.string(8, "w");
                    writer.message(13, entry -> {
                        entry.string(1, "location");
                        entry.string(2, "weights.bin");
                    });
                    writer.varint(14, 1);
                }));
        assertTrue(
                e.getMessage().contains("tensor 'w' keeps its elements in another file, 'weights.bin'"),
                e.getMessage());
    }

    @Test
    void nestingAndNumberAreLimited() {
        byte[] deep = {};
        for (int i = 0; i < 400; i++) {
            byte[] inner = deep;
            // Graph in attribute in node in graph.
            deep = wrap(i % 3 == 0 ? 1 : i % 3 == 1 ? 6 : 5, inner);
        }
        byte[] file = deep;
        var e = assertThrows(OnnxException.class, () -> ModelProto.read("test", wrap(7, file)));
        assertTrue(e.getMessage().contains("messages nest more than 64 deep"), e.getMessage());
        byte[] nodes = new byte[3 << 20];
        for (int i = 0; i < nodes.length; i += 2) {
            nodes[i] = 0x0a;
        }
        e = assertThrows(OnnxException.class, () -> ModelProto.read("test", wrap(7, nodes)));
        assertTrue(e.getMessage().contains("there are more than 1048576 messages"), e.getMessage());
    }

    private static byte[] wrap(int field, byte[] content) {
        try {
            return bytes(writer -> writer.bytes(field, MemorySegment.ofArray(content)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void missingFilesAreNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("none.onnx");
        var e = assertThrows(OnnxException.class, () -> ModelProto.read(file));
        assertEquals(file + ": there is no such file", e.getMessage());
        Path tensor = folder.resolve("input_0.pb");
        Files.write(tensor, bytes(LARGE::write));
        assertEquals("large", TensorProto.read(tensor).name());
    }

    /** Seeded mutations of a valid file: whatever comes, it is a model or an {@link OnnxException}. */
    @Test
    void mutatedFilesAreReadOrRefused() {
        var attributes = new ArrayList<>(attributes());
        attributes.add(new AttributeProto("graph", new GraphValue(graph(AttributeProto.of("value", FLOATS)))));
        byte[] valid = model(graph(attributes.toArray(AttributeProto[]::new))).toBytes();
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] file = mutated(valid, random);
            try {
                ModelProto.read("test", file).toBytes();
            } catch (OnnxException e) {
                refused++;
            }
        }
        assertTrue(refused > MUTATIONS / 4 && refused < MUTATIONS, refused + " were refused");
    }

    private static byte[] mutated(byte[] valid, Random random) {
        byte[] file = switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 1 -> Arrays.copyOf(valid, valid.length + random.nextInt(8));
            default -> valid.clone();
        };
        for (int changes = random.nextInt(4); changes >= 0 && file.length > 0; changes--) {
            file[random.nextInt(file.length)] = (byte)
                    switch (random.nextInt(3)) {
                        case 0 -> 0xff;
                        case 1 -> random.nextInt(32);
                        default -> random.nextInt();
                    };
        }
        return file;
    }
}

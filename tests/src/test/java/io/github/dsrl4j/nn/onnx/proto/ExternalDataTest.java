package io.github.dsrl4j.nn.onnx.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that keep their weights in files beside them. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public final class ExternalDataTest {
    @TempDir
    Path folder;

    /** {@code y = x + w}, with w of two elements somewhere else; {@code entries} are keys and values. */
    public static byte[] model(DataType type, int tensors, String... entries) throws IOException {
        var graph = new ProtoWriter();
        var add = new NodeProto("", "Add", "", List.of("x", "w0"), List.of("y"), List.of());
        graph.messages(1, List.of(add), NodeProto::write);
        for (int i = 0; i < tensors; i++) {
            String name = "w" + i;
            graph.message(5, tensor -> {
                tensor.varints(1, List.of(2L));
                tensor.varint(2, type.number());
                tensor.string(8, name);
                for (int e = 0; e < entries.length; e += 2) {
                    String key = entries[e];
                    String value = entries[e + 1];
                    tensor.message(13, entry -> {
                        entry.string(1, key);
                        entry.string(2, value);
                    });
                }
                tensor.varint(14, 1);
            });
        }
        var anything = new ValueInfoProto("x", ValueInfoProto.Kind.UNKNOWN, DataType.UNDEFINED, Optional.empty());
        graph.messages(11, List.of(anything), ValueInfoProto::write);
        var y = new ValueInfoProto("y", ValueInfoProto.Kind.UNKNOWN, DataType.UNDEFINED, Optional.empty());
        graph.messages(12, List.of(y), ValueInfoProto::write);
        var graphBytes = new ByteArrayOutputStream();
        graph.writeTo(graphBytes);
        var model = new ProtoWriter();
        model.varint(1, 8);
        model.bytes(7, MemorySegment.ofArray(graphBytes.toByteArray()));
        model.messages(8, List.of(new OperatorSetId("", 13)), OperatorSetId::write);
        var bytes = new ByteArrayOutputStream();
        model.writeTo(bytes);
        return bytes.toByteArray();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private static byte[] floats(float... values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static float[] sum(Path model) {
        return OnnxModel.load(model).run(Tensor.of(Shape.of(2), 10, 20)).toArray();
    }

    static Stream<Arguments> places() {
        return Stream.of(
                Arguments.of("model.onnx.data", new String[] {"location", "model.onnx.data"}, 1, 2),
                Arguments.of("w", new String[] {"location", "w", "offset", "4", "length", "8"}, 2, 3),
                Arguments.of("w", new String[] {"offset", "8", "location", "w"}, 3, 4),
                Arguments.of("w", new String[] {"location", "w", "checksum", "0123", "length", "8", "note", ""}, 1, 2),
                Arguments.of("deep/er/w.bin", new String[] {"location", "deep/er/w.bin", "offset", "0"}, 1, 2),
                Arguments.of("w", new String[] {"location", "./w"}, 1, 2),
                Arguments.of("..w..", new String[] {"location", "..w.."}, 1, 2));
    }

    @ParameterizedTest
    @MethodSource("places")
    void readsElementsFromTheirPlace(String name, String[] entries, float first, float second) throws IOException {
        write(name, floats(1, 2, 3, 4));
        Path model = write("model.onnx", model(DataType.FLOAT, 1, entries));
        assertArrayEquals(new float[] {10 + first, 20 + second}, sum(model));
        // What was read is written as one file.
        Path single = folder.resolve("single/model.onnx");
        Files.createDirectories(single.getParent());
        ModelProto.read(model).write(single);
        assertArrayEquals(new float[] {10 + first, 20 + second}, sum(single));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("'': the model does not name it", new String[] {"offset", "0"}),
                Arguments.of(
                        "'/etc/passwd': it must be relative to the model's folder, and within it",
                        new String[] {"location", "/etc/passwd"}),
                Arguments.of("'../w': it must be relative", new String[] {"location", "../w"}),
                Arguments.of("'a/../../w': it must be relative", new String[] {"location", "a/../../w"}),
                Arguments.of("'..\\w': it must be relative", new String[] {"location", "..\\w"}),
                Arguments.of("'\\\\host\\w': it must be relative", new String[] {"location", "\\\\host\\w"}),
                Arguments.of("'C:\\w': it must be relative", new String[] {"location", "C:\\w"}),
                Arguments.of("it is no name of a file", new String[] {"location", "a\0b"}),
                Arguments.of(
                        "'lost.data': there is no such file: it belongs beside the model",
                        new String[] {"location", "lost.data"}),
                Arguments.of(
                        "'out': it is a link that leads out of the model's folder", new String[] {"location", "out"}),
                Arguments.of(
                        "'up/secret': it is a link that leads out of the model's folder",
                        new String[] {"location", "up/secret"}),
                Arguments.of("'sub': it is no regular file", new String[] {"location", "sub"}),
                Arguments.of(
                        "8 bytes from byte 12 on are beyond the end of the file, which has 16 bytes",
                        new String[] {"location", "w", "offset", "12"}),
                Arguments.of("8 bytes from byte -4 on are beyond", new String[] {"location", "w", "offset", "-4"}),
                Arguments.of(
                        "8 bytes from byte 9223372036854775807 on are beyond",
                        new String[] {"location", "w", "offset", "9223372036854775807"}),
                Arguments.of(
                        "9223372036854775807 bytes from byte 4 on are beyond",
                        new String[] {"location", "w", "offset", "4", "length", "9223372036854775807"}),
                Arguments.of(
                        "its place there is 'x1', which is no number", new String[] {"location", "w", "offset", "x1"}),
                Arguments.of("has 12 bytes of elements", new String[] {"location", "w", "length", "12"}));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void saysWhatIsWrongWithThePlace(String message, String[] entries) throws IOException {
        write("secret", floats(1, 2));
        write("models/w", floats(1, 2, 3, 4));
        Files.createDirectory(folder.resolve("models/sub"));
        Files.createSymbolicLink(folder.resolve("models/out"), Path.of("../secret"));
        Files.createSymbolicLink(folder.resolve("models/up"), folder);
        Path model = write("models/model.onnx", model(DataType.FLOAT, 1, entries));
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
        assertTrue(said.startsWith(model + ": tensor 'w0'") && said.contains(message), said);
    }

    @Test
    void linksWithinTheFolderAreFollowed() throws IOException {
        write("blobs/w", floats(1, 2));
        Files.createSymbolicLink(folder.resolve("w"), Path.of("blobs/w"));
        assertArrayEquals(new float[] {11, 22}, sum(write("model.onnx", model(DataType.FLOAT, 1, "location", "w"))));
    }

    @Test
    void textsCannotLieElsewhere() throws IOException {
        write("w", floats(1, 2));
        Path model = write("model.onnx", model(DataType.STRING, 1, "location", "w"));
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
        assertTrue(said.contains("elements of type STRING cannot lie there"), said);
    }

    /** Else a model of a few kilobytes could ask for any amount of memory. */
    @Test
    void aFileIsNotClaimedManyTimes() throws IOException {
        write("w", floats(1, 2));
        assertArrayEquals(new float[] {11, 22}, sum(write("model.onnx", model(DataType.FLOAT, 4, "location", "w"))));
        Path model = write("model.onnx", model(DataType.FLOAT, 5, "location", "w"));
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
        assertTrue(
                said.contains("tensor 'w4' keeps its elements in another file, 'w': the tensors claim more than 4 times"
                        + " the 8 bytes of the file"),
                said);
    }

    @Test
    void contentsWithoutAFileCannotReferToOthers() throws IOException {
        byte[] bytes = model(DataType.FLOAT, 1, "location", "w.data");
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(bytes)).getMessage();
        assertTrue(
                said.contains("tensor 'w0' keeps its elements in another file, 'w.data': it is not known where that is;"
                        + " load the model by its path"),
                said);
    }

    static Stream<String> namesOfWeights() {
        return Stream.of("model.onnx.data", "model.onnx_data", "weights.DATA", "model.onnx.weights");
    }

    @ParameterizedTest
    @MethodSource("namesOfWeights")
    void weightsAreNoModel(String name) throws IOException {
        Path file = write(name, floats(0.1f, -0.25f, 3e7f));
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(file)).getMessage();
        assertTrue(
                said.startsWith(file + ": seems to hold the weights of a model, not the model itself: give the .onnx"
                        + " file beside it ("),
                said);
    }

    /** More than an array, or the whole file of a model, can hold; the file has a hole. */
    @Test
    void dataBeyondTwoGibibytesAreRead() throws IOException {
        long offset = (5L << 30) + 4;
        try (var file = new RandomAccessFile(folder.resolve("w").toFile(), "rw")) {
            file.setLength(offset);
            file.seek(offset);
            file.write(floats(5, 6));
        }
        Path model = write("model.onnx", model(DataType.FLOAT, 1, "location", "w", "offset", Long.toString(offset)));
        assertArrayEquals(new float[] {15, 26}, sum(model));
    }

    @Test
    void aTensorInAFileOfItsOwnMayReferToOthersToo() throws IOException {
        write("w", floats(7, 8));
        var tensor = new ProtoWriter();
        tensor.varints(1, List.of(2L));
        tensor.varint(2, DataType.FLOAT.number());
        Map.of("location", "w")
                .forEach((key, value) -> tensor.message(13, entry -> {
                    entry.string(1, key);
                    entry.string(2, value);
                }));
        var bytes = new ByteArrayOutputStream();
        tensor.writeTo(bytes);
        assertArrayEquals(
                new float[] {7, 8},
                TensorProto.read(write("input_0.pb", bytes.toByteArray())).toFloats());
    }

    @Test
    void namesItsFolder() throws IOException {
        Path model = write("model.onnx", model(DataType.FLOAT, 1, "location", "model.onnx.data"));
        String said =
                assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
        assertEquals(
                "%s: tensor 'w0' keeps its elements in another file, 'model.onnx.data': there is no such file: it belongs beside the model, in %s"
                        .formatted(model, folder),
                said.substring(0, said.lastIndexOf(" (field")));
    }
}

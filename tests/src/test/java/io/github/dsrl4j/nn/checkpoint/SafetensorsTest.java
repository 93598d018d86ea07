package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    /** The bytes of a file with this header and this data. */
    static byte[] file(String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    private static Map<String, Tensor> someTensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("b.weight", Tensor.of(Shape.of(2, 3), 1, -2, 0.5f, 65504, Float.NaN, Float.POSITIVE_INFINITY));
        tensors.put("a.größe", Tensor.of(Shape.of(1), 0.1f));
        tensors.put("scalar", Tensor.scalar(7));
        tensors.put("empty", Tensor.zeros(Shape.of(0, 4)));
        tensors.put("slice", Tensor.of(Shape.of(3), 1, 2, 3).slice(1, 3));
        return tensors;
    }

    @Test
    void writesAndReadsBack() {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, someTensors(), Map.of("seed", "7", "notes", "\"quoted\"\nü"));
        try (var open = Safetensors.open(file)) {
            assertEquals(Map.of("seed", "7", "notes", "\"quoted\"\nü"), open.metadata());
            assertEquals(List.copyOf(someTensors().keySet()), List.copyOf(open.names()));
            assertEquals(new Safetensors.Entry("b.weight", DType.F32, List.of(2L, 3L), 0, 24), open.entry("b.weight"));
            someTensors().forEach((name, tensor) -> {
                assertEquals(tensor.shape(), open.tensor(name).shape(), name);
                assertArrayEquals(tensor.toArray(), open.tensor(name).toArray(), name);
            });
            assertEquals(8, open.raw("slice").byteSize());
            assertEquals(2f, open.raw("slice").get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
            assertTrue(open.raw("slice").isReadOnly());
        }
        assertEquals(someTensors().keySet(), Safetensors.read(file).keySet());
    }

    @Test
    void dataBeginsAtAMultipleOfEightBytes() throws IOException {
        for (int length = 1; length <= 8; length++) {
            Path file = folder.resolve("aligned");
            Safetensors.write(file, Map.of("n".repeat(length), Tensor.scalar(1)));
            assertEquals(0, (Files.size(file) - 4) % 8);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F16, 0.1, 0.099975586",
        "F16, 65504, 65504",
        "F16, 1e-8, 0",
        "BF16, 0.1, 0.10009766",
        "BF16, 1e38, 9.9692e37"
    })
    void writesHalfPrecision(DType dtype, float value, float expected) {
        Path file = folder.resolve("half.safetensors");
        float[] values = new float[40_000];
        Arrays.fill(values, value);
        Safetensors.write(file, Map.of("x", Tensor.of(Shape.of(values.length), values)), Map.of(), dtype);
        try (var open = Safetensors.open(file)) {
            assertEquals(dtype, open.entry("x").dtype());
            for (float read : open.tensor("x").toArray()) {
                assertEquals(expected, read, Math.abs(expected) * 1e-4f);
            }
        }
    }

    @Test
    void refusesToWriteWhatHalfPrecisionCannotHoldAndKeepsTheOldFile() throws IOException {
        Path file = folder.resolve("half.safetensors");
        Files.writeString(file, "old");
        var tensors = Map.of("x", Tensor.of(Shape.of(2), 1, 70000));
        var error =
                assertThrows(CheckpointException.class, () -> Safetensors.write(file, tensors, Map.of(), DType.F16));
        assertEquals(
                file + ": tensor 'x' holds 70000.0, which is too large for F16; write F32 instead", error.getMessage());
        assertEquals("old", Files.readString(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count(), "the temporary file is left behind");
        }
    }

    @Test
    void refusesOtherTypesAndTheReservedName() {
        Path file = folder.resolve("x.safetensors");
        var type = assertThrows(
                IllegalArgumentException.class, () -> Safetensors.write(file, Map.of(), Map.of(), DType.I64));
        assertEquals("safetensors: F32 tensors are written as F64, F32, F16 or BF16, not as I64", type.getMessage());
        var name = assertThrows(
                CheckpointException.class, () -> Safetensors.write(file, Map.of("__metadata__", Tensor.scalar(1))));
        assertEquals(file + ": safetensors: no tensor can be named __metadata__", name.getMessage());
        assertFalse(Files.exists(file));
    }

    static Stream<Arguments> dtypes() {
        return Stream.of(
                Arguments.of("BOOL", "00 01 02", new float[] {0, 1, 1}),
                Arguments.of("U8", "00 7f ff", new float[] {0, 127, 255}),
                Arguments.of("I8", "00 7f ff 80", new float[] {0, 127, -1, -128}),
                Arguments.of("I16", "0100 ffff 0080", new float[] {1, -1, -32768}),
                Arguments.of("U16", "0100 ffff 0080", new float[] {1, 65535, 32768}),
                Arguments.of("I32", "01000000 ffffffff 00000080", new float[] {1, -1, -0x1p31f}),
                Arguments.of("U32", "01000000 ffffffff 00000080", new float[] {1, 0x1p32f, 0x1p31f}),
                Arguments.of("I64", "0100000000000000 ffffffffffffffff", new float[] {1, -1}),
                Arguments.of("U64", "0100000000000000 ffffffffffffffff 0100000080000080", new float[] {
                    1, 0x1p64f, 0x1.000002p63f
                }),
                Arguments.of("F8_E4M3", "00 01 08 38 3c 7e 7f c0", new float[] {
                    0, 0x1p-9f, 0x1p-6f, 1, 1.5f, 448, Float.NaN, -2
                }),
                Arguments.of("F8_E5M2", "00 01 3c 3e 7b 7c 7d c0", new float[] {
                    0, 0x1p-16f, 1, 1.5f, 57344, Float.POSITIVE_INFINITY, Float.NaN, -2
                }),
                Arguments.of("F8_E8M0", "00 7f 80 fe ff", new float[] {0x1p-127f, 1, 2, 0x1p127f, Float.NaN}),
                Arguments.of(
                        "F16", "003c 00c0 ff7b 0100 007c", new float[] {1, -2, 65504, 0x1p-24f, Float.POSITIVE_INFINITY
                        }),
                Arguments.of("BF16", "803f 00c0 c07f", new float[] {1, -2, Float.NaN}),
                Arguments.of("F32", "0000803f 000000c0", new float[] {1, -2}),
                Arguments.of("F64", "000000000000f03f 9a9999999999b93f", new float[] {1, 0.1f}));
    }

    @ParameterizedTest
    @MethodSource("dtypes")
    void readsEveryRealType(String dtype, String hex, float[] expected) {
        byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
        String header = "{\"x\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(dtype, expected.length, data.length);
        try (var open = Safetensors.of("memory", file(header, data))) {
            assertArrayEquals(expected, open.tensor("x").toArray());
            assertEquals(DType.valueOf(dtype), open.entry("x").dtype());
        }
    }

    @ParameterizedTest
    @CsvSource({"C64, 1, 8", "F4, 4, 2", "F6_E2M3, 4, 3", "F6_E3M2, 4, 3"})
    void givesOtherTypesRaw(String dtype, int count, int bytes) {
        String header =
                "{\"x\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(dtype, count, bytes);
        try (var open = Safetensors.of("memory", file(header, new byte[bytes]))) {
            assertEquals(bytes, open.raw("x").byteSize());
            var error = assertThrows(CheckpointException.class, () -> open.tensor("x"));
            assertEquals(
                    "memory: tensor 'x' is of " + dtype + ", which has no float32 form; read its raw bytes instead",
                    error.getMessage());
        }
    }

    @Test
    void namesTheNearestTensorWhenThereIsNone() {
        String header = "{\"conv.weight\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        try (var open = Safetensors.of("memory", file(header))) {
            var error = assertThrows(CheckpointException.class, () -> open.tensor("conv.weigth"));
            assertEquals("memory: there is no tensor 'conv.weigth'; did you mean 'conv.weight'?", error.getMessage());
        }
    }

    private static String entry(String dtype, String shape, long begin, long end) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(dtype, shape, begin, end);
    }

    static Stream<Arguments> broken() {
        String u8 = entry("U8", "[4]", 0, 4);
        byte[] overlong = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(100_000_001)
                .array();
        byte[] negative = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-1)
                .array();
        byte[] cut = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(9)
                .array();
        byte[] latin1 = file("{\"x\":0}");
        latin1[10] = (byte) 0xE9;
        return Stream.of(
                Arguments.of(
                        new byte[0],
                        "the file ends after 0 bytes; a safetensors file begins with 8 bytes of header length"),
                Arguments.of(overlong, "the header claims 100000001 bytes; at most 100000000 are allowed"),
                Arguments.of(negative, "the header claims 18446744073709551615 bytes; at most 100000000 are allowed"),
                Arguments.of(cut, "the header claims 9 bytes, but only 8 follow: the file is cut off"),
                Arguments.of(file(""), "the header does not begin with '{'"),
                Arguments.of(file(" {}"), "the header does not begin with '{'"),
                Arguments.of(latin1, "the header is not UTF-8 text"),
                Arguments.of(
                        file("{\"x\":"),
                        "the header is not what it should be: JSON: line 1, column 6: expected a value"),
                Arguments.of(file("{} {}"), "expected the end of the text"),
                Arguments.of(
                        file("{\"x\":" + u8 + ",\"x\":" + u8 + "}", new byte[4]),
                        "the name 'x' stands twice in one object"),
                Arguments.of(file("{\"__metadata__\":[]}"), "__metadata__ is not an object of texts"),
                Arguments.of(file("{\"__metadata__\":{\"a\":1}}"), "__metadata__: the value of 'a' is not text"),
                Arguments.of(file("{\"x\":1}"), "tensor 'x' is not described by an object"),
                Arguments.of(file("{\"x\":{}}"), "tensor 'x' has no dtype"),
                Arguments.of(
                        file("{\"x\":" + entry("F33", "[1]", 0, 4) + "}"), "tensor 'x' has the unknown dtype 'F33'"),
                Arguments.of(file("{\"x\":{\"dtype\":\"U8\"}}"), "tensor 'x' has no list 'shape'"),
                Arguments.of(file("{\"x\":{\"dtype\":\"U8\",\"shape\":[1]}}"), "tensor 'x' has no list 'data_offsets'"),
                Arguments.of(
                        file("{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}"),
                        "tensor 'x' has 1 data_offsets; there must be 2, begin and end"),
                Arguments.of(
                        file("{\"x\":" + entry("U8", "[-1]", 0, 4) + "}"),
                        "tensor 'x' has a 'shape' with an entry that is not a whole number from 0 to 2^63 - 1"),
                Arguments.of(
                        file("{\"x\":" + entry("U8", "[1.0]", 0, 4) + "}"),
                        "'shape' with an entry that is not a whole"),
                Arguments.of(
                        file("{\"x\":" + entry("U8", "[1]", 4, 3) + "}"),
                        "tensor 'x' ends at byte 3, before it begins at 4"),
                Arguments.of(
                        file("{\"x\":" + entry("F32", "[2,3]", 0, 23) + "}", new byte[23]),
                        "tensor 'x' of F32 [2, 3] needs 24 bytes, but data_offsets [0, 23] hold 23"),
                Arguments.of(
                        file("{\"x\":" + entry("U8", "[4294967296,4294967296]", 0, 0) + "}"),
                        "tensor 'x' has a shape whose size overflows 64 bits: [4294967296, 4294967296]"),
                Arguments.of(
                        file("{\"x\":" + entry("F64", "[288230376151711744]", 0, 0) + "}"), "size overflows 64 bits"),
                Arguments.of(
                        file("{\"x\":" + entry("F4", "[3]", 0, 1) + "}", new byte[1]),
                        "tensor 'x' of F4 [3] does not end at a whole byte"),
                Arguments.of(
                        file("{\"x\":" + entry("U8", "[4]", 1, 5) + "}", new byte[5]),
                        "tensor 'x' begins at byte 1 of the data, but the one before it ends at 0: a hole"),
                Arguments.of(
                        file("{\"x\":" + u8 + ",\"y\":" + entry("U8", "[4]", 5, 9) + "}", new byte[9]),
                        "tensor 'y' begins at byte 5 of the data, but the one before it ends at 4: a hole"),
                Arguments.of(
                        file("{\"y\":" + entry("U8", "[4]", 3, 7) + ",\"x\":" + u8 + "}", new byte[7]),
                        "tensor 'y' begins at byte 3 of the data, inside tensor 'x', which ends at 4"),
                Arguments.of(
                        file("{\"x\":" + u8 + "}", new byte[3]),
                        "the tensors need 4 bytes of data, but only 3 follow the header: the file is cut off"),
                Arguments.of(
                        file("{\"x\":" + u8 + "}", new byte[5]),
                        "5 bytes of data follow the header, but the tensors cover only 4"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesBrokenFiles(byte[] file, String expected) throws IOException {
        var error = assertThrows(CheckpointException.class, () -> Safetensors.of("memory", file));
        assertTrue(error.getMessage().startsWith("memory: safetensors: "), error::getMessage);
        assertTrue(error.getMessage().contains(expected), error::getMessage);

        Path mapped = Files.write(folder.resolve("broken.safetensors"), file);
        var again = assertThrows(CheckpointException.class, () -> Safetensors.open(mapped));
        assertEquals(error.getMessage().replace("memory", mapped.toString()), again.getMessage());
    }

    @Test
    void refusesTensorsThatJavaCannotHold() {
        String header = "{\"x\":" + entry("U8", "[0,4294967296]", 0, 0) + "}";
        try (var open = Safetensors.of("memory", file(header))) {
            var error = assertThrows(CheckpointException.class, () -> open.tensor("x"));
            assertEquals(
                    "memory: tensor 'x' of shape [0, 4294967296] is too large: a tensor holds at most 2^31 - 9 values",
                    error.getMessage());
        }
    }

    @Test
    void saysWhatIsWrongWithThePath() {
        Path missing = folder.resolve("missing.safetensors");
        var none = assertThrows(CheckpointException.class, () -> Safetensors.open(missing));
        assertEquals(missing + ": cannot be read: there is no such file", none.getMessage());
        var directory = assertThrows(CheckpointException.class, () -> Safetensors.open(folder));
        assertEquals(folder + ": is a directory, not a checkpoint", directory.getMessage());
        Path nowhere = folder.resolve("nowhere/x.safetensors");
        var parent = assertThrows(CheckpointException.class, () -> Safetensors.write(nowhere, Map.of()));
        assertEquals(
                nowhere + ": cannot be written, there is no directory " + folder.resolve("nowhere"),
                parent.getMessage());
    }

    @Test
    void writesThroughALinkEvenWhenInterrupted() throws IOException {
        Path file = Files.writeString(folder.resolve("real.safetensors"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), file);
        Thread.currentThread().interrupt();
        try {
            Safetensors.write(link, Map.of("x", Tensor.scalar(3)));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(3, Safetensors.read(file).get("x").item());
    }

    @Test
    void aFailureWhileWritingLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("state.json"), "old");
        var error = assertThrows(
                CheckpointException.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("No space left on device");
                }));
        assertEquals(file + ": cannot be written: No space left on device", error.getMessage());
        assertEquals("old", Files.readString(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void readsGoldenFilesWrittenByTheReferenceImplementation() {
        try (var open = Safetensors.open(SharedData.require("golden/espnetv2_s0.5_train_96x160.safetensors"))) {
            assertEquals(Shape.of(2, 3, 96, 160), open.tensor("input").shape());
            assertEquals(1, open.tensor("loss").size());
            assertTrue(open.tensors().size() > 100);
        }
    }
}

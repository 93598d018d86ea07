package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTensorsTest {
    @TempDir
    Path folder;

    /** A safetensors file of one tensor. */
    private Path file(DType dtype, String bytes, int size) throws IOException {
        byte[] data = HexFormat.of().parseHex(bytes.replace(" ", ""));
        String header = Json.write(Map.of(
                "t", Map.of("dtype", dtype, "shape", new int[] {size}, "data_offsets", new int[] {0, data.length})));
        return Files.write(folder.resolve("in.safetensors"), SafetensorsTest.file(header, data));
    }

    private Path rewritten(Path in, UnaryOperator<DType> types) {
        Path out = folder.resolve("out.safetensors");
        try (var open = StoredTensors.open(in)) {
            Safetensors.writeStored(out, open.tensors(), open.metadata(), types);
        }
        return out;
    }

    /** Types that are kept keep every bit. */
    @ParameterizedTest
    @EnumSource
    void copiesEveryType(DType dtype) throws IOException {
        String bytes = "01 23 45 67 89 ab cd ef fe dc ba 98 76 54 32 10 00 ff 7f 80 11 22 33 44";
        Path out = rewritten(file(dtype, bytes, 192 / dtype.bits()), type -> type);
        try (var file = Safetensors.open(out)) {
            assertEquals(dtype, file.entry("t").dtype());
            assertEquals(
                    bytes.replace(" ", ""),
                    HexFormat.of().formatHex(file.raw("t").toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    /** Values as torch's {@code to} gives them. */
    @ParameterizedTest
    @CsvSource({
        "F32, 0000803f 00008040, F64, 000000000000f03f 0000000000001040",
        "F32, 00e07f47 00000033, F16, ff7b 0000",
        "F32, 0000c07f 000080ff, F16, 007e 00fc",
        "F32, 00c07f47 ffff7f3f, BF16, 8047 803f",
        "F16, 007c 0100, F32, 0000807f 00008033",
        "F64, 000000000000f03f 010000000000f03f, F32, 0000803f 0000803f",
        "F64, 0000000000000080 9a9999999999b93f, BF16, 0080 cd3d",
        "BF16, 803f 7f7f, F64, 000000000000f03f 0000000000e0ef47",
        "F8_E4M3, 38 7e, F16, 003c 005f",
        "F8_E5M2, 3c 7b, F32, 0000803f 00006047"
    })
    void convertsFloatingPointTypes(DType from, String before, DType to, String after) throws IOException {
        try (var file = Safetensors.open(rewritten(file(from, before, 2), _ -> to))) {
            assertEquals(to, file.entry("t").dtype());
            assertEquals(
                    after.replace(" ", ""),
                    HexFormat.of().formatHex(file.raw("t").toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 00008047, F16, '65536.0, which is too large for F16; write F32 instead'",
        "F32, ffff7f7f, BF16, '3.4028235E38, which is too large for BF16; write F32 instead'",
        "F64, 000000000000f07f, F32, ''",
        "F64, 0000000000000048, F32, '6.80564733841877E38, which is too large for F32; write F64 instead'",
        "F64, 0000000000000048, F16, '6.80564733841877E38, which is too large for F16; write F64 instead'",
        "F8_E8M0, fe, F16, '1.7014118E38, which is too large for F16; write F32 instead'"
    })
    void refusesWhatATypeCannotHold(DType from, String bytes, DType to, String problem) throws IOException {
        Path in = file(from, bytes, 1);
        Path out = folder.resolve("out.safetensors");
        if (problem.isEmpty()) {
            rewritten(in, _ -> to);
            return;
        }
        var error = assertThrows(CheckpointException.class, () -> rewritten(in, _ -> to));
        assertEquals(out + ": tensor 't' holds " + problem, error.getMessage());
        assertFalse(Files.exists(out));
    }

    @ParameterizedTest
    @CsvSource({"I64, F32, they are", "BOOL, U8, they are", "F32, I8, 'F64, F32, F16 or BF16'", "C64, F32, they are"})
    void refusesOtherConversions(DType from, DType to, String allowed) throws IOException {
        Path in = file(from, "0000000000000000", 64 / from.bits());
        var error = assertThrows(IllegalArgumentException.class, () -> rewritten(in, _ -> to));
        assertEquals(
                "safetensors: %s tensors are written as %s, not as %s".formatted(from, allowed, to),
                error.getMessage());
    }

    /** Readers map data as numbers, which must begin at a multiple of their size. */
    @Test
    void alignsTensorsOfDifferentTypes() throws IOException {
        Path bools = file(DType.BOOL, "010001", 3);
        Path out = folder.resolve("mixed.safetensors");
        try (var open = StoredTensors.open(bools)) {
            var mixed = new LinkedHashMap<String, StoredTensor>();
            mixed.put("flags", open.tensors().get("t"));
            mixed.put("w", StoredTensor.of(Tensor.scalar(2)));
            mixed.put("v", StoredTensor.of(Tensor.scalar(3)));
            Safetensors.writeStored(out, mixed, Map.of(), dtype -> dtype);
        }
        try (var file = Safetensors.open(out)) {
            assertEquals(List.of("w", "v", "flags"), List.copyOf(file.names()));
            assertEquals(8, file.entry("flags").begin());
            assertArrayEquals(new float[] {1, 0, 1}, file.tensor("flags").toArray());
        }
    }

    /** Views are written as tensors of their own, in the types that they have. */
    @ParameterizedTest
    @ValueSource(strings = {"views.pt", "views.legacy.pt", "dtypes.pt", "dtypes.legacy.pt"})
    void keepsTheTensorsOfPyTorchFiles(String name) throws IOException {
        Path in = Files.write(folder.resolve(name), Resources.bytes(name));
        Path out = rewritten(in, type -> type);
        Map<String, Tensor> expected = PyTorchCheckpoint.read(in);
        try (var file = Safetensors.open(out);
                var stored = StoredTensors.open(in)) {
            assertEquals(expected.keySet().size(), file.names().size());
            expected.forEach((tensor, values) -> {
                assertEquals(
                        stored.tensors().get(tensor).dtype(), file.entry(tensor).dtype(), tensor);
                assertEquals(values.shape(), file.tensor(tensor).shape(), tensor);
                assertArrayEquals(values.toArray(), file.tensor(tensor).toArray(), tensor);
            });
        }
    }

    @Test
    void keepsTheMetadataOnWhichShardsAgree() throws IOException {
        Safetensors.write(
                folder.resolve("m-1.safetensors"), Map.of("a", Tensor.scalar(1)), Map.of("format", "pt", "part", "1"));
        Safetensors.write(
                folder.resolve("m-2.safetensors"), Map.of("b", Tensor.scalar(2)), Map.of("part", "2", "by", "us"));
        Path index = Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"m-1.safetensors\", \"b\": \"m-2.safetensors\"}}");
        try (var open = StoredTensors.open(index)) {
            assertEquals(Map.of("format", "pt", "by", "us"), open.metadata());
            assertEquals(3, open.files().size());
        }
    }
}

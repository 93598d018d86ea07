package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConvertCommandTest {
    @TempDir
    private Path folder;

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = getClass().getResourceAsStream("/io/github/dsrl4j/nn/checkpoint/" + name)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Whole numbers and booleans keep their types, of PyTorch files and of safetensors files alike. */
    @ParameterizedTest
    @CsvSource({
        "F32, F32 F32 F32 F32",
        "F16, F16 F16 F16 F16",
        "BF16, BF16 BF16 BF16 BF16",
        "F64, F64 F64 F64 F64",
        "KEEP, F32 F16 BF16 F64"
    })
    void onlyFloatingPointTypesChange(String type, String expected) throws IOException {
        Path kept = folder.resolve("kept.safetensors");
        Path out = folder.resolve("out.safetensors");
        Dsrl.run("convert", resource("dtypes.pt").toString(), kept.toString(), "--dtype", "KEEP")
                .expect(0);
        for (Path in : List.of(folder.resolve("dtypes.pt"), kept)) {
            Dsrl.run("convert", in.toString(), out.toString(), "--dtype", type, "--force")
                    .expect(0);
            try (Safetensors file = Safetensors.open(out)) {
                var types = new TreeMap<String, String>();
                file.names()
                        .forEach(
                                name -> types.put(name, file.entry(name).dtype().name()));
                String[] floats = expected.split(" ", -1);
                assertEquals(
                        new TreeMap<>(Map.ofEntries(
                                Map.entry("float32", floats[0]),
                                Map.entry("float16", floats[1]),
                                Map.entry("bfloat16", floats[2]),
                                Map.entry("float64", floats[3]),
                                Map.entry("empty", floats[0]),
                                Map.entry("int64", "I64"),
                                Map.entry("int32", "I32"),
                                Map.entry("int16", "I16"),
                                Map.entry("int8", "I8"),
                                Map.entry("uint8", "U8"),
                                Map.entry("bool", "BOOL"),
                                Map.entry("scalar", "I64"))),
                        types);
                assertEquals(2_000_000, file.raw("int64").get(ValueLayout.JAVA_LONG_UNALIGNED, 32));
                assertEquals("pt", file.metadata().get("format"));
                assertEquals("dtypes.pt", file.metadata().get("converted_from"));
            }
        }
    }

    @Test
    void aValueTooLargeForFloat16IsNamed() {
        Path in = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        Safetensors.write(in, Map.of("head.scale", Tensor.scalar(70_000)));
        String said = Dsrl.run("convert", in.toString(), out.toString(), "--dtype", "F16")
                .expect(1)
                .err();
        assertTrue(
                said.contains("tensor 'head.scale' holds 70000.0, which is too large for F16; write F32 instead"),
                said);
        assertFalse(Files.exists(out));
    }

    @Test
    void aKeyChoosesAStateDict() throws IOException {
        String in = resource("two_models.pt").toString();
        Path out = folder.resolve("out.safetensors");
        String said = Dsrl.run("convert", in, out.toString()).expect(1).err();
        assertTrue(said.contains("choose one by its key (dsrl convert --key generator)"), said);
        Dsrl.run("convert", in, out.toString(), "--key", "discriminator").expect(0);
        assertArrayEquals(new float[] {-2, -1}, Safetensors.read(out).get("w").toArray());
        assertTrue(Dsrl.run("convert", in, out.toString(), "--key", "critic", "--force")
                .expect(1)
                .err()
                .contains("there is nothing under 'critic'; it holds a dictionary {generator"));
        assertTrue(Dsrl.run("convert", out.toString(), in, "--key", "w", "--force")
                .expect(1)
                .err()
                .contains("a key ('w') chooses a state dict of a PyTorch file; this one is a safetensors file"));
    }

    @Test
    void aPrefixIsTakenAway() {
        Path in = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("model.a.w", Tensor.scalar(1));
        tensors.put("model.b", Tensor.of(Shape.of(2), 1, 2));
        tensors.put("loss.weight", Tensor.scalar(3));
        Safetensors.write(in, tensors);
        String leftOut = Dsrl.run("convert", in.toString(), out.toString(), "--strip-prefix", "model.")
                .expect(0)
                .err();
        assertEquals(in + ": left out, for their names do not begin with 'model.': 1 of 3 tensors\n", leftOut);
        assertEquals(List.of("a.w", "b"), List.copyOf(Safetensors.read(out).keySet()));
        for (var wrong : Map.of(
                        "net.", "no name begins with 'net.'; the first is 'model.a.w'",
                        "model", "'model.a.w' would become '.a.w'; give whole parts of names and the dot: 'model.'",
                        "model.b", "'model.b' would become ''; give whole parts of names and the dot: 'model.b.'")
                .entrySet()) {
            String said = Dsrl.run(
                            "convert", in.toString(), out.toString(), "--force", "--strip-prefix", wrong.getKey())
                    .expect(1)
                    .err();
            assertTrue(said.contains(wrong.getValue()), said);
        }
    }

    /** Neither the file itself nor a part of it, whatever leads there. */
    @Test
    void doesNotWriteOverWhatItReads() throws IOException {
        Path in = folder.resolve("m.safetensors");
        Safetensors.write(in, Map.of("w", Tensor.scalar(1)));
        byte[] before = Files.readAllBytes(in);
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), in);
        Path index = Files.writeString(
                folder.resolve("m.safetensors.index.json"), "{\"weight_map\": {\"w\": \"m.safetensors\"}}");
        for (Path read : List.of(in, link, index)) {
            for (Path written : List.of(in, link)) {
                String said = Dsrl.run("convert", read.toString(), written.toString(), "--force")
                        .expect(1)
                        .err();
                assertTrue(said.contains("would be written over, but it is an input"), said);
            }
        }
        assertArrayEquals(before, Files.readAllBytes(in));
    }
}

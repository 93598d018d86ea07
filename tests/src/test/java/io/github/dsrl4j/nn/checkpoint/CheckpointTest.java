package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {
    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    /** The name says nothing, the bytes do. */
    @Test
    void tellsFormatsByTheirFirstBytes() throws IOException {
        Path safetensors = folder.resolve("weights.pth");
        Safetensors.write(safetensors, Map.of("w", Tensor.of(Shape.of(2), 1, 2)));
        assertEquals(Checkpoint.Format.SAFETENSORS, Checkpoint.format(safetensors));
        assertArrayEquals(
                new float[] {1, 2}, Checkpoint.read(safetensors).get("w").toArray());

        for (String name : List.of("training.pt", "training.legacy.pt", "deflated.pt")) {
            Path pytorch = file("x.safetensors", Resources.bytes(name));
            assertEquals(Checkpoint.Format.PYTORCH, Checkpoint.format(pytorch));
            assertEquals(7, Checkpoint.read(pytorch).size());
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("", "the file is empty"),
                Arguments.of(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
                        "this is a Git LFS pointer and not the weights; fetch them with 'git lfs pull'"),
                Arguments.of("\n<!DOCTYPE html>", "this is a web page and not the weights; the download went wrong"),
                Arguments.of("\u001f\u008b\u0008", "this is a gzip file; unpack it first"),
                Arguments.of(
                        "\u0089HDF\r\n",
                        "this is an HDF5 file (.h5), as Keras and MATLAB write them; in the tool that made it, save the weights as a PyTorch or safetensors file"),
                Arguments.of("BZh91AY", "this is a bzip2 file; unpack it first"),
                Arguments.of("7z\u00bc\u00af'", "this is a 7z archive; unpack it first"),
                Arguments.of("/annex/objects/SHA256E-s1--0", "fetch them with 'git annex get'"),
                Arguments.of(
                        "\u0000".repeat(600),
                        "the file begins with zeros alone; the download or copy was not finished"),
                Arguments.of(
                        "\u001c\u0000\u0000\u0000TFL3",
                        "this is a TensorFlow Lite model (.tflite); in the tool that made it, save the weights as a PyTorch"
                                + " or safetensors file"),
                Arguments.of(
                        "GGUF\u0003",
                        "this is a GGUF file, as llama.cpp reads it; in the tool that made it, save the"
                                + " weights as a PyTorch or safetensors file"),
                Arguments.of(
                        "\u0093NUMPY\u0001",
                        "this is a NumPy array (.npy); in Python, save a dictionary of tensors" + " with torch.save"),
                Arguments.of(
                        "<?xml version=\"1.0\"?>\n<net name=\"x\">",
                        "this is an OpenVINO model (.xml); in the tool"
                                + " that made it, save the weights as a PyTorch or safetensors file"),
                Arguments.of(
                        "hello",
                        "the format is not known; safetensors (.safetensors) and PyTorch (.pth, .pt, .bin) files and indices of"
                                + " several (.index.json) are read"),
                Arguments.of(
                        "x".repeat(257) + "ustar",
                        "is a tar file as PyTorch 0.1 wrote it; load and save it again with a newer one"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void saysWhatAFileLooksLike(String contents, String expected) throws IOException {
        Path file = file("weights.pth", contents.getBytes(StandardCharsets.ISO_8859_1));
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(file));
        assertTrue(error.getMessage().startsWith(file + ": "), error::getMessage);
        assertTrue(error.getMessage().endsWith(expected), error::getMessage);
    }

    /** Files whose contents begin with nothing of their own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.onnx.data | the external data of an ONNX model, which says nothing of names and shapes; read the .onnx"
                        + " file beside it",
                "model.onnx_data | the external data of an ONNX model, which says nothing of names and shapes; read the .onnx"
                        + " file beside it",
                "model.onnx | an ONNX model, which is run as it is and not read as weights (OnnxModel.load)",
                "Model.PB | a TensorFlow model (.pb); in the tool that made it, save the weights as a PyTorch or safetensors"
                        + " file",
                "model.ckpt | a TensorFlow checkpoint; in the tool that made it, save the weights as a PyTorch or safetensors"
                        + " file",
                "ckpt.data-00000-of-00001 | a TensorFlow checkpoint; in the tool that made it, save the weights as a PyTorch"
                        + " or safetensors file",
                "model.ckpt.index | a TensorFlow checkpoint; in the tool that made it, save the weights as a PyTorch or"
                        + " safetensors file",
                "model.mlmodel | a Core ML model; in the tool that made it, save the weights as a PyTorch or safetensors file",
                "model.tflite | a TensorFlow Lite model (.tflite); in the tool that made it, save the weights as a PyTorch or"
                        + " safetensors file",
                "net.pdparams | weights of another tool; in the tool that made it, save the weights as a PyTorch or"
                        + " safetensors file",
                "net.bin | raw numbers of another tool (OpenVINO, ncnn, MNN, GGML); in the tool that made it, save the weights"
                        + " as a PyTorch or safetensors file"
            })
    void saysWhatANameMeans(String name, String expected) throws IOException {
        Path file = file(name, new byte[] {8, 1, 18, 7, 1, 2, 3, 4, 5, 6});
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(file));
        assertEquals(file + ": this looks like " + expected, error.getMessage());
    }

    @Test
    void aShardThatIsAPointerIsNamed() throws IOException {
        Path shard =
                file("m.safetensors", "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8));
        Path index = file(
                "model.safetensors.index.json",
                "{\"weight_map\":{\"a\":\"m.safetensors\"}}".getBytes(StandardCharsets.UTF_8));
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(index));
        assertEquals(
                shard + ": this is a Git LFS pointer and not the weights; fetch them with 'git lfs pull'",
                error.getMessage());
    }

    @Test
    void readsAModelInSeveralFiles() throws IOException {
        Safetensors.write(
                folder.resolve("m-1.safetensors"), Map.of("a", Tensor.scalar(1), "unlisted", Tensor.scalar(9)));
        Safetensors.write(folder.resolve("m-2.safetensors"), Map.of("b", Tensor.scalar(2)));
        String index = "{\"metadata\": {\"total_size\": 8}, \"weight_map\": {\"b\": \"m-2.safetensors\", \"a\":"
                + " \"m-1.safetensors\"}}";
        Path file = file("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
        Map<String, Tensor> tensors = Checkpoint.read(file);
        assertEquals(List.of("b", "a"), List.copyOf(tensors.keySet()));
        assertEquals(1, tensors.get("a").item());
        assertEquals(2, tensors.get("b").item());
    }

    /** {@code pytorch_model.bin.index.json}, and one of both kinds of files. */
    @Test
    void readsAModelInSeveralFilesOfPyTorch() throws IOException {
        file("m-1.bin", Resources.bytes("parameters.pt"));
        Safetensors.write(folder.resolve("m-2.safetensors"), Map.of("b", Tensor.scalar(2)));
        Path index = file(
                "pytorch_model.bin.index.json",
                "{\"weight_map\":{\"head._orig_mod.weight\":\"m-1.bin\",\"b\":\"m-2.safetensors\"}}"
                        .getBytes(StandardCharsets.UTF_8));
        assertEquals(
                List.of("head.weight", "b"), List.copyOf(Checkpoint.read(index).keySet()));
        Files.writeString(index, "{\"weight_map\":{\"c\":\"m-1.bin\"}}");
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(index));
        assertTrue(
                error.getMessage().startsWith(folder.resolve("m-1.bin") + ": there is no tensor 'c'"),
                error::getMessage);
        Files.writeString(index, "{\"weight_map\":{\"c\":\"i.bin\"}}");
        Path inner = file("i.bin", "{}".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                inner + ": is listed by " + index + ", but is itself an index and no weights",
                assertThrows(CheckpointException.class, () -> Checkpoint.read(index))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | : the index is not what it should be: JSON: line 1, column 2: expected a name in quotes; the text"
                        + " ends here",
                "{} | : the index has no object 'weight_map'",
                "{\"weight_map\":[]} | : the index has no object 'weight_map'",
                "{\"weight_map\":{\"a\":1}} | : the index does not name a file beside it for tensor 'a'",
                "{\"weight_map\":{\"a\":\"../m.safetensors\"}} | "
                        + ": the index does not name a file beside it for tensor 'a' but '../m.safetensors'",
                "{\"weight_map\":{\"a\":\"/etc/passwd\"}} | "
                        + ": the index does not name a file beside it for tensor 'a' but '/etc/passwd'",
                "{\"weight_map\":{\"b\":\"m.safetensors\"}} | m.safetensors: there is no tensor 'b'; did you mean 'a'?",
                "{\"weight_map\":{\"a\":\"n.safetensors\"}} | n.safetensors: cannot be read: there is no such file"
            })
    void refusesBrokenIndices(String index, String expected) throws IOException {
        Safetensors.write(folder.resolve("m.safetensors"), Map.of("a", Tensor.scalar(1)));
        Path file = file("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(file));
        assertTrue(error.getMessage().endsWith(expected), error::getMessage);
    }

    @Test
    void refusesAnIndexThatIsNotText() throws IOException {
        Path file = file("model.safetensors.index.json", HexFormat.of().parseHex("7b22ff22"));
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.read(file));
        assertEquals(file + ": the index is not UTF-8 text", error.getMessage());
    }
}

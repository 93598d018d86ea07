package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @Test
    void aModelBecomesAFileThatOnnxRuntimeRuns(@TempDir Path folder) throws IOException {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.DSRL), 48, 64);
        DualSuperResolution model = description.forTraining(1);
        Path run = Files.createDirectory(folder.resolve("run"));
        ModelFile.write(run.resolve("best.safetensors"), description, model, Map.of("seed", 1));
        Path onnx = folder.resolve("model.onnx");
        String[] arguments = {
            "export", "--model", run.toString(), "--onnx", onnx.toString(), "--input", "48x64", "--threads", "1"
        };

        Map<String, Object> said = Dsrl.run(with(arguments, "--json")).expect(0).json();
        assertEquals("image: FLOAT[1, 3, 48, 64]", said.get("input"));
        assertEquals("logits: FLOAT[1, 11, 96, 128]", said.get("output"));
        assertEquals(17L, said.get("opset"));
        assertEquals(Files.size(onnx), said.get("bytes"));

        var again = Dsrl.run(with(arguments, "--dynamic")).expect(2);
        assertTrue(again.err().contains("exists; --force replaces it"), again.err());
        String line =
                Dsrl.run(with(arguments, "--dynamic", "--force")).expect(0).out();
        assertTrue(line.contains("image: FLOAT[batch, 3, height, width] -> logits: FLOAT[batch, 11, "), line);

        ModelProto written = ModelProto.read(onnx);
        assertEquals("dsrl4j", written.producerName());
        assertEquals("dsrl", written.metadata().get("variant"));
        assertEquals("2", written.metadata().get("factor"));
        assertEquals("0.229,0.224,0.225", written.metadata().get("std"));
        assertEquals(
                String.join(",", ClassSet.CAMVID.names()), written.metadata().get("classes"));
        assertEquals(
                description,
                ModelDescription.fromJson(Json.parseObject(written.metadata().get("dsrl4j.model"))));
        try (OnnxRuntime runtime = OnnxRuntime.load(Files.readAllBytes(onnx))) {
            Tensor image = Tensor.randn(new Random(2), 2, 3, 51, 70);
            assertEquals(0, OnnxRuntime.difference(OnnxRuntime.forward(model, image), runtime.run(image)), 1e-4);
        }
        Path picture = folder.resolve("picture.png");
        new ColorImage(40, 30, new byte[3 * 40 * 30]).write(picture);
        Path out = folder.resolve("out");
        Map<String, Object> segmented = Dsrl.run(
                        "segment", picture.toString(), "--model", onnx.toString(), "--out", out.toString(), "--json")
                .expect(0)
                .json();
        assertEquals(2L, segmented.get("factor"));
        ColorImage mask = ColorImage.read(out.resolve("picture.mask.png"));
        assertEquals("80 x 60", mask.width() + " x " + mask.height());
    }

    private static String[] with(String[] arguments, String... more) {
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return all;
    }
}

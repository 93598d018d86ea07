package io.github.dsrl4j.dsrl.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedWeightsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EspNetV2.Width.class)
    void everyWidthIsRecognisedByItsShapes(EspNetV2.Width width) {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, new EspNetV2(new Random(1), width, 20).state());
        ModelDescription description = ModelFile.read(file).description();
        assertEquals(Double.parseDouble(width.factor()), description.width());
        assertEquals(20, description.outputs());
        assertEquals(ClassSet.CITYSCAPES, description.classes());
    }

    /** Trained by several processes or compiled: the names go in every format. */
    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod.", "module._orig_mod."})
    void namesOfWrappersDoNotHinder(String prefix) throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        new EspNetV2(new Random(1), EspNetV2.Width.HALF, 20)
                .state()
                .forEach((name, tensor) -> weights.put(prefix + name, tensor));
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, weights);
        assertEquals(0.5, Segmenter.load(file).description().width());
        String map = weights.keySet().stream()
                .map(name -> "\"%s\": \"weights.safetensors\"".formatted(name))
                .collect(Collectors.joining(", "));
        Path index =
                Files.writeString(folder.resolve("weights.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
        assertEquals(0.5, ModelFile.read(index).description().width());
    }

    @ParameterizedTest
    @CsvSource({
        "espnetv2_s_0.5_city_512x256.pth, 0.5",
        "espnetv2_s_1.0_city_512x256.pth, 1.0",
        "espnetv2_s_2.0_city_1024x512.pth, 2.0"
    })
    void publishedFilesSegmentAsTheyAre(String name, double width) {
        Segmenter segmenter = Segmenter.load(SharedData.require("data/espnetv2/" + name));
        assertEquals(width, segmenter.description().width());
        var scene = Streets.of(1, 160, 120, 3, Split.TEST).get(0);
        Segmentation result = segmenter.segment(scene.image());
        assertEquals(160, result.labels().width());
        assertEquals(120, result.labels().height());
    }

    @Test
    void otherNumbersOfClassesAreRefused() {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, new EspNetV2(new Random(1), EspNetV2.Width.HALF, 7).state());
        assertEquals(
                "these weights are ESPNetv2's, but nothing tells what its 7 classes are; known are Cityscapes (19 or 20) and CamVid (11)",
                assertThrows(CheckpointException.class, () -> ModelFile.read(file))
                        .getMessage());
    }

    @Test
    void otherWeightsAreRefused() {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, Map.of("layer.weight", Tensor.zeros(Shape.of(2))));
        String message = assertThrows(CheckpointException.class, () -> ModelFile.read(file))
                .getMessage();
        assertTrue(
                message.contains("neither a description of a dsrl4j model nor the names of a published network"),
                message);
    }
}

package io.github.dsrl4j.dsrl.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.tensor.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segmenting with an ONNX file that was exported, as with the model it came from. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OnnxSegmentationTest {
    @TempDir
    Path folder;

    private static ModelDescription description(Variant variant) {
        return new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(variant), 40, 56);
    }

    private static ColorImage picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(3).nextBytes(rgb);
        return new ColorImage(width, height, rgb);
    }

    private static DualSuperResolution model(ModelDescription description) {
        DualSuperResolution model = description.forTraining(4);
        model.eval();
        return model;
    }

    private Path export(ModelDescription description, DualSuperResolution model, Extents extents) {
        Path file = folder.resolve("model.onnx");
        OnnxFile.write(file, new ModelFile.Loaded(description, model, Map.of()), 64, 96, extents);
        return file;
    }

    /** Sides that are no multiple of 16 are filled up, those of training are not. */
    @ParameterizedTest
    @EnumSource(Variant.class)
    void labelsAsTheModelDoes(Variant variant) {
        ModelDescription description = description(variant);
        DualSuperResolution model = model(description);
        Segmenter own = Segmenter.of(description, model);
        Segmenter onnx = Segmenter.load(export(description, model, Extents.ANY_SIZE));
        assertEquals(description, onnx.description());
        for (int[] size : new int[][] {{96, 64}, {70, 51}, {56, 40}, {5, 3}}) {
            ColorImage picture = picture(size[0], size[1]);
            byte[] right = own.segment(picture).labels().labels();
            byte[] got = onnx.on(Device.cpu()).segment(picture).labels().labels();
            assertEquals(right.length, got.length);
            // Folded and separate normalisation may round a tie apart.
            long other = IntStream.range(0, right.length)
                    .filter(i -> right[i] != got[i])
                    .count();
            assertTrue(other <= right.length / 500, other + " of " + right.length);
        }
    }

    @Test
    void aFixedSizeTakesImagesThatFillUpToIt() {
        ModelDescription description = description(Variant.DSRL);
        DualSuperResolution model = model(description);
        Path file = export(description, model, Extents.FIXED);
        Segmenter onnx = Segmenter.load(file);
        assertEquals(2 * 90, onnx.segment(picture(90, 60)).labels().width());
        assertEquals(2 * 64, onnx.segment(picture(96, 64)).labels().height());
        assertEquals(
                file
                        + ": takes images of 64 x 96 pixels (height x width), and this one has 60 x 97: scale it, or export"
                        + " the model with --input 64x112 or --dynamic",
                assertThrows(IllegalArgumentException.class, () -> onnx.segment(picture(97, 60)))
                        .getMessage());
    }

    @Test
    void aFileWithoutADescriptionIsRefused() {
        ModelDescription description = description(Variant.BASELINE);
        Path file = export(description, model(description), Extents.ANY_SIZE);
        ModelProto proto = ModelProto.read(file);
        new ModelProto(
                        proto.irVersion(),
                        proto.operatorSets(),
                        "pytorch",
                        "2.9",
                        Map.of("classes", "road,sky"),
                        proto.graph())
                .write(file);
        assertEquals(
                file + ": does not say how to prepare an image and what its outputs mean (metadata dsrl4j.model);"
                        + " only ONNX files that 'dsrl export' wrote can be used here, others with OnnxModel",
                assertThrows(CheckpointException.class, () -> Segmenter.load(file))
                        .getMessage());
    }

    @Test
    void aDescriptionThatDoesNotFitIsRefused() {
        ModelDescription description = description(Variant.BASELINE);
        Path file = export(description(Variant.BASELINE), model(description), Extents.ANY_SIZE);
        ModelProto proto = ModelProto.read(file);
        Map<String, String> metadata = Map.of(
                ModelFile.MODEL, proto.metadata().get(ModelFile.MODEL).replace("\"outputs\":11", "\"outputs\":12"));
        new ModelProto(proto.irVersion(), proto.operatorSets(), "", "", metadata, proto.graph()).write(file);
        Segmenter segmenter = Segmenter.load(file);
        assertEquals(
                file + ": makes [1, 11, 64, 96] of an image [1, 3, 64, 96], but its description says [1, 12, 64, 96]",
                assertThrows(CheckpointException.class, () -> segmenter.segment(picture(96, 64)))
                        .getMessage());
    }

    @Test
    void damagedAndMissingFilesAreNamed() throws Exception {
        Path file = Files.write(folder.resolve("broken.onnx"), new byte[] {1, 2, 3});
        String said = assertThrows(CheckpointException.class, () -> Segmenter.load(file))
                .getMessage();
        assertTrue(said.startsWith(file + ": "), said);
        Path missing = folder.resolve("missing.onnx");
        assertEquals(
                missing + ": there is no such file",
                assertThrows(CheckpointException.class, () -> Segmenter.load(missing))
                        .getMessage());
    }

    @Test
    void itIsNoSourceOfWeights() {
        ModelDescription description = description(Variant.BASELINE);
        Path file = export(description, model(description), Extents.ANY_SIZE);
        assertEquals(
                file
                        + ": is an ONNX file, with which images can be segmented, but which holds no weights by their names:"
                        + " give the run, or the model file that it was exported from",
                assertThrows(CheckpointException.class, () -> ModelFile.read(file))
                        .getMessage());
    }
}

package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.inference.Segmenter;
import io.github.dsrl4j.tensor.Device;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {
    @Test
    void aModelFromAFileAndFromAStreamLabelsAPicture(@TempDir Path folder) throws Exception {
        var description = new ModelDescription(
                "espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.DSRL), 64, 64);
        Path file = folder.resolve("model.safetensors");
        ModelFile.write(file, description, description.forTraining(1), Map.of());
        var picture = new BufferedImage(70, 50, BufferedImage.TYPE_INT_RGB);
        var shares = new Labels(Segmenter.load(file)).shares(picture);
        assertEquals(11, shares.size());
        assertEquals(1, shares.values().stream().mapToDouble(share -> share).sum(), 1e-9);
        try (var stream = Files.newInputStream(file)) {
            assertEquals(shares, new Labels(Segmenter.load(stream)).shares(picture));
        }
    }

    @Test
    void theFastKernelsRun() {
        assertTrue(Device.cpu().description().contains("vector"), Device.cpu().description());
    }

    @Test
    void theLibraryIsWhereItIsExpected() {
        assertEquals(NAMED, Segmenter.class.getModule().isNamed());
        assertEquals(NAMED, Labels.class.getModule().isNamed());
    }

    private static final boolean NAMED = true;
}

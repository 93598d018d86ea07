package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Label files, nearest resampling, class sets and their colours. */
final class LabelMapTest {
    @TempDir
    Path folder;

    @Test
    void greyAndPaletteFilesKeepEveryIndex() {
        var labels = new byte[256];
        for (int i = 0; i < 256; i++) {
            labels[i] = (byte) i;
        }
        var map = new LabelMap(16, 16, labels);
        var grey = folder.resolve("grey.png");
        var palette = folder.resolve("palette.png");
        map.write(grey);
        map.write(palette, ClassSet.CAMVID);
        assertEquals(map, LabelMap.read(grey));
        assertEquals(map, LabelMap.read(palette));
        assertEquals(255, LabelMap.read(grey).label(15, 15));
        assertEquals(0x3C28DE, ColorImage.read(palette).pixel(4, 0), "the palette shows the classes' colours");
        assertEquals(0x040404, ColorImage.read(grey).pixel(4, 0));
    }

    @Test
    void aPaletteOfFewBitsKeepsItsIndices() throws IOException {
        var image = new BufferedImage(9, 3, BufferedImage.TYPE_BYTE_BINARY);
        image.getRaster().setSample(8, 2, 0, 1);
        var file = folder.resolve("bits.png");
        assertTrue(ImageIO.write(image, "png", file.toFile()));
        assertEquals(Pictures.with(Pictures.uniform(9, 3, 0), 8, 2, 1), LabelMap.read(file));
    }

    @Test
    void unfitFilesAreNamed() throws IOException {
        var color = folder.resolve("color.png");
        Pictures.texture(4, 4).write(color);
        var error = assertThrows(DatasetException.class, () -> LabelMap.read(color));
        assertEquals(
                color + ": a label map must be a grey or palette PNG that stores class ids; "
                        + "this one has 3 channels (is it a colour rendering?)",
                error.getMessage());

        var jpeg = folder.resolve("grey.jpg");
        assertTrue(ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "jpg", jpeg.toFile()));
        error = assertThrows(DatasetException.class, () -> LabelMap.read(jpeg));
        assertEquals(
                jpeg
                        + ": a label map must be a PNG, or a BMP with a palette: JPEG does not keep class ids exact, and others are not read as ids",
                error.getMessage());

        var wide = folder.resolve("wide.png");
        var image = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(3, 5, 0, 700);
        assertTrue(ImageIO.write(image, "png", wide.toFile()));
        error = assertThrows(DatasetException.class, () -> LabelMap.read(wide));
        assertEquals(wide + ": label 700 at pixel (x 3, y 5) does not fit 8 bits", error.getMessage());

        var missing = folder.resolve("missing.png");
        error = assertThrows(DatasetException.class, () -> LabelMap.read(missing));
        assertEquals(missing + ": no such label map file", error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"7, 5", "14, 10", "3, 2", "1, 1", "20, 3", "4, 11"})
    void nearestTakesThePixelUnderTheCentre(int width, int height) {
        var map = Pictures.blocks(7, 5, 1);
        var resized = map.resizeNearest(width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int fromX = (int) Math.floor((x + 0.5) * 7 / width);
                int fromY = (int) Math.floor((y + 0.5) * 5 / height);
                assertEquals(map.label(fromX, fromY), resized.label(x, y));
            }
        }
    }

    @Test
    void classSetsAreThePublishedOnes() {
        assertEquals(11, ClassSet.CAMVID.count());
        assertEquals(11, ClassSet.CAMVID.ignoreIndex());
        assertEquals("bicyclist", ClassSet.CAMVID.names().get(10));
        assertEquals(0x0080C0, ClassSet.CAMVID.classes().get(10).color());
        assertEquals(19, ClassSet.CITYSCAPES.count());
        assertEquals(255, ClassSet.CITYSCAPES.ignoreIndex());
        assertEquals(
                new ClassInfo("bicycle", 0x770B20),
                ClassSet.CITYSCAPES.classes().get(18));
    }

    @Test
    void labelsOutsideTheClassesAreNamed() {
        var map = Pictures.uniform(6, 4, 10);
        ClassSet.CAMVID.check(Pictures.with(map, 0, 0, 11), "a.png");
        var error = assertThrows(
                DatasetException.class, () -> ClassSet.CAMVID.check(Pictures.with(map, 5, 2, 200), "a.png"));
        assertEquals(
                "a.png: label 200 at pixel (x 5, y 2) is neither a class (0..10) of camvid nor the ignore index 11",
                error.getMessage());
        error = assertThrows(DatasetException.class, () -> new ClassSet("x", ClassSet.CAMVID.classes(), 10));
        assertEquals("classes 'x': ignore index 10 must lie in 11..255, outside the 11 classes", error.getMessage());
    }

    @Test
    void coloursAndOverlay() {
        var map = new LabelMap(3, 1, new byte[] {3, 10, 11});
        var colors = ClassSet.CAMVID.colorize(map);
        assertEquals(0x804080, colors.pixel(0, 0));
        assertEquals(0x0080C0, colors.pixel(1, 0));
        assertEquals(0, colors.pixel(2, 0));
        var image = new ColorImage(3, 1, new byte[] {10, 20, 30, 40, 50, 60, 70, 80, 90});
        assertEquals(image, ClassSet.CAMVID.overlay(image, map, 0));
        var half = ClassSet.CAMVID.overlay(image, map, 0.5);
        assertEquals(0x452A4F, half.pixel(0, 0));
        assertEquals(0x46505A, half.pixel(2, 0), "what has no class keeps the image");
        var full = ClassSet.CAMVID.overlay(image, map, 1);
        assertEquals(0x804080, full.pixel(0, 0));
        var error = assertThrows(
                IllegalArgumentException.class, () -> ClassSet.CAMVID.overlay(Pictures.texture(2, 1), map, 0.5));
        assertEquals("overlay: the image is 2 x 1, the labels are 3 x 1; resize one first", error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> ClassSet.CAMVID.overlay(image, map, 1.5));
        assertEquals("overlay: alpha is 1.5; it must lie in [0, 1]", error.getMessage());
    }

    @Test
    void splitsHaveNames() {
        assertEquals(Split.VAL, Split.parse("Val"));
        assertEquals("test", Split.TEST.key());
        var error = assertThrows(DatasetException.class, () -> Split.parse("dev"));
        assertEquals("split: 'dev' is unknown; one of train, val, test is expected", error.getMessage());
    }
}

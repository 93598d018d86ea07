package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of Java's own, in all their forms. */
final class BufferedImageTest {
    @Test
    void thereAndBackIsTheSame() {
        ColorImage image = Pictures.texture(19, 7);
        assertEquals(image, ColorImage.of(image.toBufferedImage()));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_INT_ARGB_PRE,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_4BYTE_ABGR_PRE
            })
    void opaqueColorsAreExact(int type) {
        ColorImage expected = Pictures.texture(9, 5);
        var image = new BufferedImage(9, 5, type);
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 9; x++) {
                image.setRGB(x, y, 0xFF000000 | expected.pixel(x, y));
            }
        }
        assertEquals(expected, ColorImage.of(image));
    }

    @ParameterizedTest
    @CsvSource({
        // type, ARGB that is set, RGB that is expected: half transparent red on white
        BufferedImage.TYPE_INT_ARGB + ", 80FF0000, FF7F7F",
        BufferedImage.TYPE_4BYTE_ABGR + ", 80FF0000, FF7F7F",
        BufferedImage.TYPE_INT_ARGB_PRE + ", 80FF0000, FF7F7F",
        BufferedImage.TYPE_INT_ARGB + ", 00123456, FFFFFF",
        BufferedImage.TYPE_USHORT_565_RGB + ", FF00FF00, 00FF00",
        BufferedImage.TYPE_USHORT_555_RGB + ", FF0000FF, 0000FF",
        BufferedImage.TYPE_BYTE_INDEXED + ", FFFF0000, FF0000",
        BufferedImage.TYPE_BYTE_BINARY + ", FFFFFFFF, FFFFFF"
    })
    void otherFormsBecomeRgbOnWhite(int type, String argb, String rgb) {
        var image = new BufferedImage(2, 1, type);
        image.setRGB(0, 0, Integer.parseUnsignedInt(argb, 16));
        assertEquals(Integer.parseInt(rgb, 16), ColorImage.of(image).pixel(0, 0));
    }

    @Test
    void greyValuesStayWhatTheyAre() {
        var image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 77);
        assertEquals(0x4D4D4D, ColorImage.of(image).pixel(0, 0));
    }
}

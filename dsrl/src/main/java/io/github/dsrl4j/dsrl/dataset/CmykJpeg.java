package io.github.dsrl4j.dsrl.dataset;

import java.awt.image.Raster;

/**
 * JPEG files of four channels, as programs for print write them: CMYK, or YCCK, its counterpart of YCbCr. ImageIO gives their samples
 * but no colours. Ink is taken to be stored inverted, as Adobe's programs do and as Pillow assumes of all; it becomes light without a
 * colour profile: {@code R = C K / 255} of the inverted inks, and likewise G and B.
 */
final class CmykJpeg {
    private static final int ADOBE = 0xEE;
    private static final int ADOBE_TRANSFORM = 11;
    private static final int YCCK = 2;

    private CmykJpeg() {}

    /** Whether the file is a JPEG whose frame has four channels. */
    static boolean is(byte[] file) {
        int frame = segment(file, CmykJpeg::isFrame);
        return frame >= 0 && frame + 9 < file.length && file[frame + 9] == 4;
    }

    /** The colours of the decoded samples, three bytes a pixel. */
    static byte[] toRgb(byte[] file, Raster samples) {
        boolean luminance = isLuminance(file);
        int width = samples.getWidth();
        byte[] rgb = new byte[3 * width * samples.getHeight()];
        int[] row = new int[4 * width];
        for (int y = 0, to = 0; y < samples.getHeight(); y++) {
            samples.getPixels(samples.getMinX(), samples.getMinY() + y, width, 1, row);
            for (int at = 0; at < row.length; at += 4) {
                if (luminance) {
                    luminanceToInk(row, at);
                }
                for (int c = 0; c < 3; c++) {
                    rgb[to++] = (byte) ((row[at + c] * row[at + 3] + 127) / 255);
                }
            }
        }
        return rgb;
    }

    /** Luminance and two differences to cyan, magenta and yellow; black stays. */
    private static void luminanceToInk(int[] row, int at) {
        double y = row[at];
        double blue = row[at + 1] - 128;
        double red = row[at + 2] - 128;
        row[at] = 255 - clamp(y + 1.402 * red);
        row[at + 1] = 255 - clamp(y - 0.344136 * blue - 0.714136 * red);
        row[at + 2] = 255 - clamp(y + 1.772 * blue);
    }

    private static int clamp(double value) {
        return Math.clamp(Math.round(value), 0, 255);
    }

    /** Whether Adobe's marker says that the channels are YCCK. */
    private static boolean isLuminance(byte[] file) {
        int marker = segment(file, code -> code == ADOBE);
        return marker >= 0
                && marker + 4 + ADOBE_TRANSFORM < file.length
                && file[marker + 4] == 'A'
                && file[marker + 5] == 'd'
                && file[marker + 6] == 'o'
                && file[marker + 4 + ADOBE_TRANSFORM] == YCCK;
    }

    /** Start-of-frame markers: all from C0 to CF but those of tables (C4, CC) and the reserved C8. */
    private static boolean isFrame(int code) {
        return code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
    }

    /** Where the first segment with such a marker begins, or -1; searched up to the first scan. */
    private static int segment(byte[] file, java.util.function.IntPredicate wanted) {
        if (file.length < 4 || (file[0] & 0xFF) != 0xFF || (file[1] & 0xFF) != 0xD8) {
            return -1;
        }
        int at = 2;
        while (at + 4 <= file.length && (file[at] & 0xFF) == 0xFF) {
            int code = file[at + 1] & 0xFF;
            if (wanted.test(code)) {
                return at;
            }
            if (code == 0xDA) {
                return -1;
            }
            at += 2 + (((file[at + 2] & 0xFF) << 8) | (file[at + 3] & 0xFF));
        }
        return -1;
    }
}

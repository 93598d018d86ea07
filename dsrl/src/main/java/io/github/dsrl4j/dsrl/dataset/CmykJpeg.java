package io.github.dsrl4j.dsrl.dataset;

import java.awt.image.Raster;

/**
 * JPEG files of four channels, as programs for print write them: CMYK, or YCCK, its counterpart of YCbCr. ImageIO gives their samples
 * but no colours. Ink is taken to be stored inverted, as Adobe's programs do and as Pillow assumes of all; it becomes light without a
 * colour profile: {@code R = C K / 255} of the inverted inks, and likewise G and B.
 */
final class CmykJpeg {
    private static final int YCCK = 2;

    private CmykJpeg() {}

    /** The colours of the decoded samples, three bytes a pixel. */
    static byte[] toRgb(JpegFile file, Raster samples) {
        boolean luminance = file.adobeTransform() == YCCK;
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
}

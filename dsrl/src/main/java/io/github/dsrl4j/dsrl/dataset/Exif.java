package io.github.dsrl4j.dsrl.dataset;

/**
 * The orientation that a camera notes in a JPEG file (EXIF 2.3, tag 0x0112). ImageIO ignores it, and a portrait photograph
 * of a telephone would lie on its side.
 */
final class Exif {
    private static final int ORIENTATION = 0x0112;

    private Exif() {}

    /** What turns the stored pixels upright; the order is that of the tag's values 1 to 8. */
    enum Orientation {
        UPRIGHT(false, false, false),
        MIRRORED(false, true, false),
        TURNED_180(false, true, true),
        FLIPPED(false, false, true),
        TRANSPOSED(true, false, false),
        TURNED_90(true, true, false),
        TRANSVERSED(true, true, true),
        TURNED_270(true, false, true);

        private final boolean transpose;
        private final boolean mirror;
        private final boolean flip;

        Orientation(boolean transpose, boolean mirror, boolean flip) {
            this.transpose = transpose;
            this.mirror = mirror;
            this.flip = flip;
        }

        /** Transposes where asked, then mirrors left-right and flips top-bottom. */
        ColorImage apply(ColorImage image) {
            if (this == UPRIGHT) {
                return image;
            }
            int width = transpose ? image.height() : image.width();
            int height = transpose ? image.width() : image.height();
            var rgb = new byte[image.rgb().length];
            for (int y = 0, to = 0; y < height; y++) {
                for (int x = 0; x < width; x++, to += 3) {
                    int u = mirror ? width - 1 - x : x;
                    int v = flip ? height - 1 - y : y;
                    int from = 3 * (transpose ? u * image.width() + v : v * image.width() + u);
                    System.arraycopy(image.rgb(), from, rgb, to, 3);
                }
            }
            return new ColorImage(width, height, rgb);
        }
    }

    /** The orientation noted in a JPEG file; upright where it is another format, notes none, or notes nonsense. */
    static Orientation orientation(byte[] file) {
        int at = 2;
        if (unsigned(file, 0, 2, false) != 0xFFD8) {
            return Orientation.UPRIGHT;
        }
        while (at + 4 <= file.length && (file[at] & 0xFF) == 0xFF && (file[at + 1] & 0xFF) != 0xDA) {
            int length = unsigned(file, at + 2, 2, false);
            boolean exif = (file[at + 1] & 0xFF) == 0xE1 && unsigned(file, at + 4, 4, false) == 0x45786966;
            if (exif) {
                return fromTiff(file, at + 10);
            }
            at += 2 + length;
        }
        return Orientation.UPRIGHT;
    }

    private static Orientation fromTiff(byte[] file, int tiff) {
        boolean littleEndian = unsigned(file, tiff, 2, false) == 0x4949;
        int directory = tiff + unsigned(file, tiff + 4, 4, littleEndian);
        int entries = unsigned(file, directory, 2, littleEndian);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (unsigned(file, entry, 2, littleEndian) == ORIENTATION) {
                int value = unsigned(file, entry + 8, 2, littleEndian);
                return value >= 1 && value <= 8 ? Orientation.values()[value - 1] : Orientation.UPRIGHT;
            }
        }
        return Orientation.UPRIGHT;
    }

    /** An integer of some bytes; -1 where the file ends before, or the value does not fit. */
    private static int unsigned(byte[] file, int at, int bytes, boolean littleEndian) {
        if (at < 0 || at > file.length - bytes) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | (file[littleEndian ? at + bytes - 1 - i : at + i] & 0xFF);
        }
        return Math.max(value, -1);
    }
}

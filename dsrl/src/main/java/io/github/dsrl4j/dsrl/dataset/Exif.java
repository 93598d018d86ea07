package io.github.dsrl4j.dsrl.dataset;

import java.util.Optional;

/**
 * The orientation that a camera notes in a JPEG or PNG file (EXIF 2.3, tag 0x0112). ImageIO ignores it, and a portrait photograph
 * of a telephone would lie on its side.
 */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int LITTLE_ENDIAN = 0x4949;
    private static final int BIG_ENDIAN = 0x4D4D;

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

    /** The orientation noted in a JPEG file; upright where it notes none, or notes nonsense. */
    static Orientation ofJpeg(byte[] file) {
        return JpegFile.of(file).exif().stream()
                .map(tiff -> inTiff(file, tiff))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(Orientation.UPRIGHT);
    }

    /** The orientation in a TIFF structure, which Exif is, in either order of bytes; nothing where it is missing or nonsense. */
    static Optional<Orientation> inTiff(byte[] file, int tiff) {
        int order = unsigned(file, tiff, 2, false);
        if (order != LITTLE_ENDIAN && order != BIG_ENDIAN) {
            return Optional.empty();
        }
        boolean littleEndian = order == LITTLE_ENDIAN;
        long offset = unsigned(file, tiff + 4, 4, littleEndian);
        if (offset < 0 || offset > file.length) {
            return Optional.empty();
        }
        int directory = tiff + (int) offset;
        int entries = unsigned(file, directory, 2, littleEndian);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (unsigned(file, entry, 2, littleEndian) == ORIENTATION) {
                int value = value(file, entry, littleEndian);
                return value >= 1 && value <= 8 ? Optional.of(Orientation.values()[value - 1]) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The number in an entry, of whatever width it was written. */
    private static int value(byte[] file, int entry, boolean littleEndian) {
        return switch (unsigned(file, entry + 2, 2, littleEndian)) {
            case 1, 6, 7 -> unsigned(file, entry + 8, 1, littleEndian);
            case 3, 8 -> unsigned(file, entry + 8, 2, littleEndian);
            case 4, 9, 13 -> unsigned(file, entry + 8, 4, littleEndian);
            default -> -1;
        };
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

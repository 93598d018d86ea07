package io.github.dsrl4j.dsrl.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What ImageIO does not check of BMP files: that all pixels are there. It leaves those at 0 that are missing. */
final class BmpFile {
    private static final int FILE_HEADER = 14;
    private static final int LEAST_HEADER = 40;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;

    private BmpFile() {}

    static boolean is(byte[] file) {
        return file.length > 2 && file[0] == 'B' && file[1] == 'M';
    }

    /** What is wrong with the file, or null. */
    static String damage(byte[] file) {
        if (!is(file)) {
            return null;
        }
        if (file.length < FILE_HEADER + LEAST_HEADER) {
            return "the file ends before the image does";
        }
        ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int pixels = data.getInt(10);
        int header = data.getInt(FILE_HEADER);
        if (header < LEAST_HEADER || pixels < 0 || pixels > file.length) {
            // Old headers, and those that are damaged, are left to the decoder.
            return null;
        }
        int compression = data.getInt(FILE_HEADER + 16);
        boolean whole = switch (compression) {
            case RLE8, RLE4 -> ends(file, pixels, compression == RLE4);
            default -> {
                long row = Math.ceilDiv((long) data.getInt(FILE_HEADER + 4) * data.getShort(FILE_HEADER + 14), 32) * 4;
                yield pixels + row * Math.abs((long) data.getInt(FILE_HEADER + 8)) <= file.length;
            }
        };
        return whole ? null : "the file ends before the image does";
    }

    /** Whether runs of pixels come to the mark of the bitmap's end (0, 1). */
    private static boolean ends(byte[] file, int first, boolean halves) {
        int at = first;
        while (at + 1 < file.length) {
            int count = file[at] & 0xFF;
            int value = file[at + 1] & 0xFF;
            at += 2;
            if (count == 0 && value == 1) {
                return true;
            }
            if (count == 0 && value == 2) {
                at += 2;
            } else if (count == 0 && value > 2) {
                int bytes = halves ? (value + 1) / 2 : value;
                at += bytes + bytes % 2;
            }
        }
        return false;
    }
}

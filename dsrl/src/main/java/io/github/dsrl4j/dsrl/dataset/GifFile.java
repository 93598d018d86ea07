package io.github.dsrl4j.dsrl.dataset;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Where the first frame of a GIF file (GIF89a) lies on its screen, and whether it is all there. What the frame leaves free has the screen's
 * background colour, or is white where the file names none or the frame has a transparent colour.
 */
final class GifFile {
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int EXTENSION = 0x21;
    private static final int FRAME = 0x2C;
    private static final int HEADER = 13;

    private GifFile() {}

    static boolean is(byte[] file) {
        return file.length > HEADER && file[0] == 'G' && file[1] == 'I' && file[2] == 'F' && file[3] == '8';
    }

    /** The whole screen, with the frame in its place. */
    static ColorImage onScreen(byte[] file, ColorImage frame) {
        int width = u16(file, 6);
        int height = u16(file, 8);
        int at = firstFrame(file);
        if (at < 0 || width == 0 || height == 0) {
            return frame;
        }
        int left = u16(file, at + 1);
        int top = u16(file, at + 3);
        if (left == 0 && top == 0 && frame.width() >= width && frame.height() >= height) {
            return frame;
        }
        if (3L * width * height > Integer.MAX_VALUE - 8) {
            throw new DatasetException("its screen of %d x %d pixels is too large".formatted(width, height));
        }
        var rgb = new byte[3 * width * height];
        if (isTransparent(file, at)) {
            Arrays.fill(rgb, (byte) 255);
        } else {
            fillBackground(file, rgb);
        }
        int columns = Math.min(frame.width(), width - left);
        for (int y = 0; columns > 0 && y < Math.min(frame.height(), height - top); y++) {
            System.arraycopy(frame.rgb(), 3 * y * frame.width(), rgb, 3 * ((top + y) * width + left), 3 * columns);
        }
        return new ColorImage(width, height, rgb);
    }

    /** Whether the graphic control extension before the first frame names a transparent colour; what is free is white then. */
    private static boolean isTransparent(byte[] file, int frame) {
        for (int at = HEADER + table(file[10]); at + 3 < frame; ) {
            if ((file[at + 1] & 0xFF) == GRAPHIC_CONTROL) {
                return (file[at + 3] & 1) != 0;
            }
            at = afterBlocks(file, at + 2);
        }
        return false;
    }

    private static void fillBackground(byte[] file, byte[] rgb) {
        int entry = HEADER + 3 * (file[11] & 0xFF);
        boolean named = (file[11] & 0xFF) < table(file[10]) / 3 && entry + 3 <= file.length;
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = named ? file[entry + i % 3] : (byte) 255;
        }
    }

    /** Where the descriptor of the first frame begins; -1 where the file is cut off before. */
    private static int firstFrame(byte[] file) {
        int at = HEADER + table(file[10]);
        while (at + 10 < file.length) {
            int block = file[at] & 0xFF;
            if (block == FRAME) {
                return at;
            }
            if (block != EXTENSION) {
                return -1;
            }
            at = afterBlocks(file, at + 2);
        }
        return -1;
    }

    /** Behind blocks that each begin with their length, the last with 0. */
    private static int afterBlocks(byte[] file, int first) {
        int at = first;
        while (at < file.length && file[at] != 0) {
            at += 1 + (file[at] & 0xFF);
        }
        return at + 1;
    }

    /**
     * What is wrong with the first frame, or null: that it has fewer pixels than it should, which decoders fill up without a word.
     */
    static String damage(byte[] file) {
        int frame = firstFrame(file);
        if (frame < 0) {
            return "it has no frame";
        }
        long pixels = (long) u16(file, frame + 5) * u16(file, frame + 7);
        int data = frame + 10 + table(file[frame + 9]);
        if (data >= file.length || file[data] < 1 || file[data] > 11) {
            return "it is cut off";
        }
        return new LzwLength(blocks(file, data + 1), file[data]).reaches(pixels)
                ? null
                : "the file ends before the image does";
    }

    /** What the blocks from here on hold, one after the other. */
    private static byte[] blocks(byte[] file, int first) {
        var joined = new ByteArrayOutputStream();
        for (int at = first; at < file.length && file[at] != 0; at += 1 + (file[at] & 0xFF)) {
            joined.write(file, at + 1, Math.min(file[at] & 0xFF, file.length - at - 1));
        }
        return joined.toByteArray();
    }

    private static int table(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int u16(byte[] file, int at) {
        return (file[at] & 0xFF) | ((file[at + 1] & 0xFF) << 8);
    }
}

package io.github.dsrl4j.dsrl.dataset;

/**
 * Where the first frame of a GIF file (GIF89a) lies on its screen. What the frame leaves free has the screen's background colour, or is white
 * where the file names none.
 */
final class GifFile {
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
        var rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        fillBackground(file, rgb);
        int columns = Math.min(frame.width(), width - left);
        for (int y = 0; columns > 0 && y < Math.min(frame.height(), height - top); y++) {
            System.arraycopy(frame.rgb(), 3 * y * frame.width(), rgb, 3 * ((top + y) * width + left), 3 * columns);
        }
        return new ColorImage(width, height, rgb);
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
            at += 2;
            while (at < file.length && file[at] != 0) {
                at += 1 + (file[at] & 0xFF);
            }
            at++;
        }
        return -1;
    }

    private static int table(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int u16(byte[] file, int at) {
        return (file[at] & 0xFF) | ((file[at + 1] & 0xFF) << 8);
    }
}

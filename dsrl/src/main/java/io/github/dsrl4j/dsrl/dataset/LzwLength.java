package io.github.dsrl4j.dsrl.dataset;

import java.util.Arrays;

/**
 * How much a stream of LZW codes of a GIF file stands for (variable length, at most 12 bits; GIF89a, appendix F). The pixels are counted, not made.
 */
final class LzwLength {
    private static final int MOST_BITS = 12;
    private static final int MOST_CODES = 1 << MOST_BITS;

    private final byte[] stream;
    private final int clear;
    private final int firstWidth;
    /** How many pixels each code stands for. */
    private final int[] lengths = new int[MOST_CODES];

    /** @param bits of a pixel, from which the length of the first codes follows */
    LzwLength(byte[] stream, int bits) {
        this.stream = stream;
        clear = 1 << bits;
        firstWidth = bits + 1;
        Arrays.fill(lengths, 0, clear, 1);
    }

    /** Whether there are so many pixels before the end. */
    boolean reaches(long pixels) {
        long sum = 0;
        int next = clear + 2;
        int width = firstWidth;
        int before = -1;
        for (long bit = 0; bit + width <= 8L * stream.length && sum < pixels; ) {
            int code = code(bit, width);
            bit += width;
            if (code == clear) {
                next = clear + 2;
                width = firstWidth;
                before = -1;
                continue;
            }
            if (code == clear + 1 || code > next || (code == next && before < 0)) {
                break;
            }
            if (before >= 0 && next < MOST_CODES) {
                lengths[next++] = lengths[before] + 1;
            }
            sum += lengths[code];
            before = code;
            if (next == 1 << width && width < MOST_BITS) {
                width++;
            }
        }
        return sum >= pixels;
    }

    private int code(long bit, int width) {
        int code = 0;
        for (int i = 0; i < width; i++) {
            long at = bit + i;
            code |= (stream[(int) (at >> 3)] >> (at & 7) & 1) << i;
        }
        return code;
    }
}

package io.github.dsrl4j.dsrl.dataset;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The first directory of a TIFF file (TIFF 6.0), for the forms whose samples ImageIO gives, but not as grey or RGB light. */
final class TiffFile {
    private static final int BITS = 258;
    private static final int PHOTOMETRIC = 262;
    private static final int SAMPLE_FORMAT = 339;
    private static final int LARGEST_PHOTOMETRIC = 3;
    private static final int MOST_CHANNELS = 16;

    private TiffFile() {}

    static boolean is(byte[] file) {
        return file.length > 8
                && ((file[0] == 'I' && file[1] == 'I' && file[2] == 42 && file[3] == 0)
                        || (file[0] == 'M' && file[1] == 'M' && file[2] == 0 && file[3] == 42));
    }

    /** Why the file is not read, or null. */
    static String refusal(byte[] file) {
        ByteBuffer data = ByteBuffer.wrap(file).order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        try {
            data.position(Math.toIntExact(data.getInt(4) & 0xFFFFFFFFL));
            int entries = data.getShort() & 0xFFFF;
            for (int i = 0; i < entries; i++) {
                int tag = data.getShort() & 0xFFFF;
                data.getShort();
                int count = data.getInt();
                int at = data.position();
                int value = count <= 2 ? data.getShort(at) & 0xFFFF : largest(data, tag, count, data.getInt(at));
                data.position(at + 4);
                String refusal = refusal(tag, value);
                if (refusal != null) {
                    return refusal;
                }
            }
            return null;
        } catch (BufferUnderflowException
                | ArithmeticException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return "this TIFF file is cut off or damaged";
        }
    }

    /** The largest of the short values of a tag that stand elsewhere, one for each channel; 0 for tags that do not matter here. */
    private static int largest(ByteBuffer data, int tag, int count, int offset) {
        int largest = 0;
        for (int i = 0; (tag == BITS || tag == SAMPLE_FORMAT) && i < Math.min(count, MOST_CHANNELS); i++) {
            largest = Math.max(largest, data.getShort(offset + 2 * i) & 0xFFFF);
        }
        return largest;
    }

    private static String refusal(int tag, int value) {
        return switch (tag) {
            case PHOTOMETRIC ->
                value >= 1 && value <= LARGEST_PHOTOMETRIC
                        ? null
                        : "TIFF of this kind (photometric interpretation %d) is not read".formatted(value);
            case SAMPLE_FORMAT -> value > 1 ? "TIFF with samples of floating point or with signs is not read" : null;
            case BITS -> value > 16 ? "TIFF of %d bits per channel is not read".formatted(value) : null;
            default -> null;
        };
    }
}

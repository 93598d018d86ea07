package io.github.dsrl4j.dsrl.dataset;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file (ISO/IEC 15948). ImageIO gets only those that make the pixels: it stumbles over others that are broken or
 * not allowed, and turns a transparent grey or colour into a channel, which a label map must not have.
 */
final class PngFile {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "IDAT", "IEND");
    private static final int PALETTE = 3;

    private final byte[] pixels;
    private final int[] transparent;
    private final byte[] exif;

    private PngFile(byte[] pixels, int[] transparent, byte[] exif) {
        this.pixels = pixels;
        this.transparent = transparent;
        this.exif = exif;
    }

    static boolean is(byte[] file) {
        return file.length >= 8 && Arrays.equals(file, 0, 8, SIGNATURE, 0, 8);
    }

    /** @param withPaletteAlpha whether the transparency of palette entries is kept */
    static PngFile of(byte[] file, boolean withPaletteAlpha) {
        var out = new ByteArrayOutputStream(file.length);
        out.write(file, 0, 8);
        int colorType = -1;
        int entries = 0;
        int[] transparent = null;
        byte[] exif = null;
        int at = 8;
        while (at + 12 <= file.length) {
            int length = ByteBuffer.wrap(file).getInt(at);
            String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (length < 0 || length > file.length - at - 12) {
                break;
            }
            int data = at + 8;
            if (type.equals("IHDR") && length >= 13) {
                colorType = file[data + 9];
            } else if (type.equals("PLTE")) {
                entries = length / 3;
            } else if (type.equals("tRNS")) {
                byte[] values = Arrays.copyOfRange(file, data, data + length);
                transparent = key(colorType, values);
                if (colorType == PALETTE && withPaletteAlpha && entries > 0 && length > 0) {
                    writeChunk(out, "tRNS", Arrays.copyOf(values, Math.min(entries, length)));
                }
            } else if (type.equals("eXIf")) {
                exif = Arrays.copyOfRange(file, data, data + length);
            }
            if (NEEDED.contains(type)) {
                out.write(file, at, length + 12);
            }
            at = data + length + 4;
        }
        // A chunk that is cut off is the decoder's to complain of.
        out.write(file, at, file.length - at);
        return new PngFile(out.toByteArray(), transparent, exif);
    }

    /** The one transparent grey value or colour; null for other types, where the chunk is a palette's or is not allowed. */
    private static int[] key(int colorType, byte[] values) {
        int samples = colorType == 0 ? 1 : colorType == 2 ? 3 : 0;
        if (samples == 0 || values.length < 2 * samples) {
            return null;
        }
        var key = new int[samples];
        for (int i = 0; i < samples; i++) {
            key[i] = ByteBuffer.wrap(values).getShort(2 * i) & 0xFFFF;
        }
        return key;
    }

    private static void writeChunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(name);
        out.writeBytes(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    /** The file with the chunks that make its pixels. */
    byte[] pixels() {
        return pixels;
    }

    /** The stored samples of the colour that is transparent, or null. */
    int[] transparent() {
        return transparent;
    }

    Exif.Orientation orientation() {
        return exif == null ? Exif.Orientation.UPRIGHT : Exif.inTiff(exif, 0).orElse(Exif.Orientation.UPRIGHT);
    }
}

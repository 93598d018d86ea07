package io.github.dsrl4j.dsrl.dataset;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a JPEG file (ITU-T T.81, annex B), read as libjpeg does, and written again in the one form in which ImageIO takes the
 * colours right: with a JFIF marker for YCbCr, with Adobe's for RGB, and with nothing that it might stumble over, such as colour
 * profiles, which are not used.
 */
final class JpegFile {
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DHT = 0xC4;
    private static final int DNL = 0xDC;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    /** The frame header of JPEG-LS. */
    private static final int JPEG_LS = 0xF7;

    private static final int APP14 = 0xEE;
    private static final int COM = 0xFE;

    /** A JFIF segment that says nothing but that it is one: version 1.1, no density, no thumbnail. */
    private static final int[] JFIF = {0xFF, APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};

    /** Adobe's segment for channels that are not transformed. */
    private static final int[] ADOBE_RGB = {0xFF, APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};

    /** A segment: its code, and where its contents begin and end, without the length. */
    private record Segment(int code, int begin, int end) {}

    private final byte[] file;
    private final List<Segment> segments = new ArrayList<>();
    /** Where the first scan begins, or the end of the file. */
    private final int scan;

    private JpegFile(byte[] file) {
        this.file = file;
        this.scan = read();
    }

    static boolean is(byte[] file) {
        return file.length > 3 && u8(file, 0) == 0xFF && u8(file, 1) == SOI && u8(file, 2) == 0xFF;
    }

    static JpegFile of(byte[] file) {
        return new JpegFile(file);
    }

    private int read() {
        int at = 2;
        while (true) {
            // What stands between segments is skipped; any number of fill bytes FF may precede a code (B.1.1.2).
            while (at < file.length && u8(file, at) != 0xFF) {
                at++;
            }
            int begin = at;
            while (at < file.length && u8(file, at) == 0xFF) {
                at++;
            }
            if (at + 2 >= file.length) {
                return file.length;
            }
            int code = u8(file, at);
            if (code == SOS || code == EOI) {
                return at - 1;
            }
            boolean alone = code == 0 || code == 1 || (code >= 0xD0 && code <= SOI);
            int length = alone ? 0 : (u8(file, at + 1) << 8) | u8(file, at + 2);
            if (!alone && length >= 2) {
                int end = at + 1 + length;
                if (end > file.length) {
                    return begin;
                }
                segments.add(new Segment(code, at + 3, end));
                at = end;
            } else {
                at++;
            }
        }
    }

    private static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    private static boolean isFrame(int code) {
        return code >= 0xC0 && code <= 0xCF && code != DHT && code != 0xC8 && code != 0xCC;
    }

    private Segment frame() {
        return segments.stream()
                .filter(segment -> isFrame(segment.code) && segment.end - segment.begin >= 6)
                .findFirst()
                .orElse(null);
    }

    private boolean starts(Segment segment, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (segment.begin + i >= segment.end || u8(file, segment.begin + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Adobe's colour transform, or -1 where the file has no such segment. */
    int adobeTransform() {
        return segments.stream()
                .filter(segment ->
                        segment.code == APP14 && segment.end - segment.begin >= 12 && starts(segment, "Adobe"))
                .mapToInt(segment -> u8(file, segment.begin + 11))
                .findFirst()
                .orElse(-1);
    }

    /** How many channels the frame has; 0 where there is no frame. */
    int channels() {
        Segment frame = frame();
        return frame == null ? 0 : u8(file, frame.begin + 5);
    }

    /** Where the TIFF structures of Exif segments begin. */
    List<Integer> exif() {
        return segments.stream()
                .filter(segment -> segment.code == APP1 && starts(segment, "Exif\0"))
                .map(segment -> segment.begin + 6)
                .toList();
    }

    /** As libjpeg decides: JFIF's marker, Adobe's, or the channels' names. */
    private boolean isRgb() {
        if (segments.stream().anyMatch(segment -> segment.code == APP0 && starts(segment, "JFIF\0"))) {
            return false;
        }
        int transform = adobeTransform();
        if (transform >= 0) {
            return transform == 0;
        }
        Segment frame = frame();
        return frame.end - frame.begin >= 15
                && u8(file, frame.begin + 6) == 'R'
                && u8(file, frame.begin + 9) == 'G'
                && u8(file, frame.begin + 12) == 'B';
    }

    /** Why the file cannot be decoded here, or null. */
    String refusal() {
        Segment frame = frame();
        if (frame == null) {
            return segments.stream().anyMatch(segment -> segment.code == JPEG_LS)
                    ? "JPEG-LS is not read"
                    : "it has no frame header";
        }
        if (frame.code == 0xC3 || frame.code == 0xC7 || frame.code == 0xCB || frame.code == 0xCF) {
            return "lossless JPEG is not read";
        }
        if (frame.code > 0xC7) {
            return "JPEG with arithmetic coding is not read";
        }
        if (frame.code > 0xC2) {
            return "hierarchical JPEG is not read";
        }
        int bits = u8(file, frame.begin);
        return bits == 8 ? null : "JPEG of " + bits + " bits per channel is not read";
    }

    /** Whether the end is marked: a decoder may not tell a file that is cut off from one that ends, and paints the rest grey. */
    boolean ends() {
        for (int at = scan; at + 1 < file.length; at++) {
            if (u8(file, at) == 0xFF && u8(file, at + 1) == EOI) {
                return true;
            }
        }
        return false;
    }

    /** The file as ImageIO takes it right. */
    byte[] normalised() {
        var out = new ByteArrayOutputStream(file.length + 512);
        write(out, 0xFF, SOI);
        int channels = channels();
        if (channels == 3) {
            write(out, isRgb() ? ADOBE_RGB : JFIF);
        }
        // Frames of cameras that send video leave some or all out; those of the file itself take their place.
        out.writeBytes(HuffmanTables.segment());
        for (Segment segment : segments) {
            boolean adobe = segment.code == APP14 && channels == 4 && starts(segment, "Adobe");
            boolean needed = (segment.code < APP0 || segment.code > 0xEF) && segment.code != COM && segment.code != DNL;
            if (needed || adobe) {
                int length = segment.end - segment.begin + 2;
                write(out, 0xFF, segment.code, length >> 8, length & 0xFF);
                out.write(file, segment.begin, segment.end - segment.begin);
            }
        }
        out.write(file, scan, file.length - scan);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }
}

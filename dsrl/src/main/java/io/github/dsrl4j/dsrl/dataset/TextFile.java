package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.Failures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Text files that people write by hand, on any system: UTF-8, with or without a byte order mark. */
final class TextFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    /**
     * The whole text, without a byte order mark.
     *
     * @throws DatasetException naming the file, where it is missing or unreadable, or in another encoding than UTF-8
     */
    static String read(Path file) {
        var bytes = bytes(file);
        var other = otherEncoding(bytes);
        if (other != null) {
            throw new DatasetException("%s: is %s; save it as UTF-8".formatted(file, other));
        }
        var text = decode(file, bytes);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new DatasetException("%s: no such file".formatted(file), e);
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be read (%s)".formatted(file, Failures.reason(e)), e);
        }
    }

    /** What the text is in, where its first bytes say that it is not in UTF-8; otherwise null. */
    private static String otherEncoding(byte[] bytes) {
        int first = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF);
        boolean zero = false;
        for (byte b : bytes) {
            zero |= b == 0;
        }
        if (first == 0xFFFE || first == 0xFEFF) {
            boolean wide = bytes.length >= 4 && bytes[2] == 0 && bytes[3] == 0;
            return wide ? "UTF-32 text" : "UTF-16 text";
        }
        return zero ? "no UTF-8 text (it has zero bytes, as UTF-16 has)" : null;
    }

    private static String decode(Path file, byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
        } catch (CharacterCodingException e) {
            // The decoder stops at the first byte that it cannot take.
            int line = 1;
            for (int i = 0; i < buffer.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new DatasetException(
                    "%s: line %d is not UTF-8 (byte 0x%02X; Latin-1 or another old encoding?); save the file as UTF-8"
                            .formatted(file, line, bytes[buffer.position()]),
                    e);
        }
    }
}

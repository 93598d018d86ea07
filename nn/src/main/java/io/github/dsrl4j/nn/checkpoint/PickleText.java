package io.github.dsrl4j.nn.checkpoint;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Values that pickles of protocol 0 write as lines of text, and the texts of all protocols. */
final class PickleText {
    /** As many digits as Python itself converts. */
    private static final int MAX_DIGITS = 4300;

    private PickleText() {}

    /** An opcode INT: a decimal number, or {@code 00} and {@code 01} for a bool. */
    static Object integerOrBool(String line) {
        return switch (line) {
            case "00" -> false;
            case "01" -> true;
            default -> integer(line);
        };
    }

    /**
     * A decimal number, an {@code L} at its end allowed.
     *
     * @throws NumberFormatException if it is none or longer than Python reads
     */
    static Object integer(String line) {
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        if (digits.length() > MAX_DIGITS) {
            throw new NumberFormatException("more than " + MAX_DIGITS + " digits");
        }
        return narrow(new BigInteger(digits.strip()));
    }

    /** A {@code Long} where 64 bits are enough. */
    static Object narrow(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /**
     * A decimal fraction as Python writes it.
     *
     * @throws NumberFormatException if it is none
     */
    static double fraction(String line) {
        return switch (line) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan", "-nan" -> Double.NaN;
            default -> Double.parseDouble(line);
        };
    }

    /** A text in quotes, escaped as in Python's source; null if the quotes are not there. */
    static String quoted(String line) {
        int end = line.length() - 1;
        if (end < 1 || line.charAt(0) != line.charAt(end) || "'\"".indexOf(line.charAt(0)) < 0) {
            return null;
        }
        return unescape(line.substring(1, end), true);
    }

    /** A text in which only characters beyond Latin-1, the backslash and the end of a line are escaped. */
    static String rawUnicode(String line) {
        return unescape(line, false);
    }

    private static String unescape(String text, boolean all) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var result = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                result.append(c);
                continue;
            }
            char kind = text.charAt(i + 1);
            int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : kind == 'x' && all ? 2 : 0;
            int code = digits == 0 ? -1 : hex(text, i + 2, digits);
            if (code >= 0) {
                result.appendCodePoint(code);
                i += 1 + digits;
            } else if (all) {
                result.append(simple(kind));
                i++;
            } else {
                result.append(c);
            }
        }
        return result.toString();
    }

    private static char simple(char kind) {
        return switch (kind) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    /** The character of this code; -1 if it is none. */
    private static int hex(String text, int start, int digits) {
        if (start + digits > text.length()) {
            return -1;
        }
        int code = 0;
        for (int i = start; i < start + digits; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || code > Character.MAX_CODE_POINT >> 4) {
                return -1;
            }
            code = (code << 4) | digit;
        }
        return Character.isValidCodePoint(code) ? code : -1;
    }

    /**
     * UTF-8 in which Python lets halves of surrogate pairs stand, as in names of files that are no UTF-8; each becomes
     * U+FFFD.
     */
    static byte[] withoutSurrogates(byte[] utf8) {
        byte[] replacement = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + 2 < utf8.length; i++) {
            if (utf8[i] == (byte) 0xED && (utf8[i + 1] & 0xE0) == 0xA0 && (utf8[i + 2] & 0xC0) == 0x80) {
                System.arraycopy(replacement, 0, utf8, i, replacement.length);
            }
        }
        return utf8;
    }
}

package io.github.dsrl4j.nn.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages files the way that transfers, editors and attackers do; the same seed gives the same damage. */
final class Mutator {
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        7,
        127,
        128,
        255,
        256,
        65535,
        1 << 20,
        Integer.MAX_VALUE,
        1L << 31,
        (1L << 32) - 1,
        1L << 40,
        Long.MAX_VALUE,
        -1,
        -2,
        Long.MIN_VALUE
    };
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "null",
            "-1",
            "1e999",
            "9223372036854775807",
            "4294967296",
            "\\ud800",
            "\"F64\"",
            "\"shape\"",
            "__metadata__",
            "(",
            ".",
            "h\u0000",
            "q\u0000",
            "0",
            "2",
            "t",
            "R",
            "b",
            "Q",
            "cos\nsystem\n",
            "\u0000\u0000",
            "PK\u0003\u0004",
            "PK\u0001\u0002",
            "PK\u0005\u0006");

    private final RandomGenerator random;
    private final List<byte[]> seeds;

    Mutator(RandomGenerator random, List<byte[]> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    /** One of the seeds with one to four things changed. */
    byte[] next() {
        byte[] file = seed();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            file = change(file);
        }
        return file;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size())).clone();
    }

    private byte[] change(byte[] file) {
        if (file.length == 0) {
            return file;
        }
        int at = random.nextInt(file.length);
        int length = Math.min(file.length - at, 1 + random.nextInt(random.nextInt(8) == 0 ? file.length : 16));
        byte[] none = {};
        return switch (random.nextInt(9)) {
            case 0 -> {
                file[at] ^= (byte) (1 << random.nextInt(8));
                yield file;
            }
            case 1 -> {
                file[at] = (byte) random.nextInt();
                yield file;
            }
            case 2 -> overwrite(file, at, number());
            case 3 -> overwrite(file, at, token());
            case 4 -> replace(file, at, 0, token());
            case 5 -> replace(file, at, length, none);
            case 6 -> replace(file, at, 0, Arrays.copyOfRange(file, at, at + length));
            case 7 -> {
                byte[] other = seed();
                int from = random.nextInt(other.length);
                yield replace(file, at, length, Arrays.copyOfRange(other, from, Math.min(other.length, from + length)));
            }
            default -> random.nextInt(4) == 0 ? Arrays.copyOf(file, at) : replace(file, at, 1, number());
        };
    }

    private byte[] number() {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(NUMBERS[random.nextInt(NUMBERS.length)])
                .array();
        return Arrays.copyOf(bytes, 1 << random.nextInt(4));
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] overwrite(byte[] file, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, file, at, Math.min(bytes.length, file.length - at));
        return file;
    }

    private static byte[] replace(byte[] file, int at, int length, byte[] bytes) {
        byte[] result = new byte[file.length - length + bytes.length];
        System.arraycopy(file, 0, result, 0, at);
        System.arraycopy(bytes, 0, result, at, bytes.length);
        System.arraycopy(file, at + length, result, at + bytes.length, file.length - at - length);
        return result;
    }
}

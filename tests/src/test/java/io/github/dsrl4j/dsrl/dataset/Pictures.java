package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Small images for the tests of this package. */
final class Pictures {
    private Pictures() {}

    /** A texture with every value of a byte; the same formula made the reference values in {@link ColorImageTest}. */
    static ColorImage texture(int width, int height) {
        var rgb = new byte[3 * width * height];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    rgb[i++] = (byte) (37 * x + 91 * y + 53 * c + x * y * (7 + c));
                }
            }
        }
        return new ColorImage(width, height, rgb);
    }

    /** Blocks of {@code side} pixels with labels 0..10 and 11 in a pattern without symmetry. */
    static LabelMap blocks(int width, int height, int side) {
        var labels = new byte[width * height];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                labels[i++] = (byte) ((5 * (x / side) + 7 * (y / side) + (x / side) * (y / side)) % 12);
            }
        }
        return new LabelMap(width, height, labels);
    }

    /** An image whose red says the label: {@code 20 label + 5}. */
    static ColorImage encode(LabelMap map) {
        var rgb = new byte[3 * map.labels().length];
        for (int i = 0; i < map.labels().length; i++) {
            rgb[3 * i] = (byte) (20 * map.labels()[i] + 5);
            rgb[3 * i + 1] = (byte) (255 - 20 * map.labels()[i]);
            rgb[3 * i + 2] = (byte) 77;
        }
        return new ColorImage(map.width(), map.height(), rgb);
    }

    static LabelMap uniform(int width, int height, int label) {
        var labels = new byte[width * height];
        java.util.Arrays.fill(labels, (byte) label);
        return new LabelMap(width, height, labels);
    }

    static LabelMap with(LabelMap map, int x, int y, int label) {
        var labels = map.labels().clone();
        labels[y * map.width() + x] = (byte) label;
        return new LabelMap(map.width(), map.height(), labels);
    }

    static void text(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void folder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Label files as a {@link Labelling} understands them. */
final class LabelReader {
    private static final int JPEG = 0xFFD8;
    private static final int PNG = 0x8950;
    /** Where a PNG says its colour type, and which it can be. */
    private static final int PNG_COLOR_TYPE = 25;

    private static final int PALETTE = 3;
    private static final int COLOR_CHANNELS = 2;

    private final Labelling labelling;

    LabelReader(Labelling labelling) {
        this.labelling = labelling;
    }

    LabelMap read(Path file) {
        return switch (labelling.form()) {
            case VALUES -> values(file);
            case COLORS -> colors(file);
            case AUTO -> byContent(file);
        };
    }

    private LabelMap values(Path file) {
        if (isColor(pngType(file))) {
            throw new DatasetException(
                    "%s: is a colour PNG, but class ids are expected (grey or palette); own classes can be read by colour (--classes)"
                            .formatted(file));
        }
        return labelling.map(LabelMap.read(file), file.toString());
    }

    private LabelMap byContent(Path file) {
        int type = pngType(file);
        if (type == PALETTE) {
            return ofPalette(file);
        }
        return isColor(type) ? colors(file) : values(file);
    }

    private static boolean isColor(int type) {
        return type != PALETTE && (type & COLOR_CHANNELS) != 0;
    }

    /** The colour type of a PNG; that of a grey one for other files. */
    private static int pngType(Path file) {
        var head = head(file);
        return magic(head) == PNG && head.length > PNG_COLOR_TYPE ? head[PNG_COLOR_TYPE] : 0;
    }

    /** A palette file says both; where every colour is that of a class, and another one than the value's, it must be said. */
    private LabelMap ofPalette(Path file) {
        var image = ColorImage.read(file);
        var stored = LabelMap.read(file);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                var id = labelling.colors().get(image.pixel(x, y));
                if (id == null) {
                    return labelling.map(stored, file.toString());
                }
            }
        }
        var byColor = byColor(image, file);
        LabelMap byValue;
        try {
            byValue = labelling.map(stored, file.toString());
        } catch (DatasetException e) {
            throw new DatasetException(
                    e.getMessage()
                            + "; its colours are those of classes: if they are meant, say \"labels\": \"colors\" in the classes file",
                    e);
        }
        if (!byValue.equals(byColor)) {
            throw new DatasetException(
                    "%s: its palette's values and colours say different classes; say \"labels\": \"values\" or \"labels\": \"colors\" in the classes file"
                            .formatted(file));
        }
        return byValue;
    }

    private LabelMap colors(Path file) {
        if (magic(head(file)) == JPEG) {
            throw new DatasetException(
                    "%s: is a JPEG, which does not keep colours exact; label maps must be PNGs".formatted(file));
        }
        return byColor(ColorImage.read(file), file);
    }

    private LabelMap byColor(ColorImage image, Path file) {
        var ids = new byte[image.width() * image.height()];
        // Neighbours mostly have one colour, so that most pixels need no look-up.
        int lastColor = -1;
        byte lastId = 0;
        for (int y = 0, i = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, i++) {
                int color = image.pixel(x, y);
                if (color != lastColor) {
                    lastId = (byte) id(color, x, y, file);
                    lastColor = color;
                }
                ids[i] = lastId;
            }
        }
        return new LabelMap(image.width(), image.height(), ids);
    }

    private int id(int color, int x, int y, Path file) {
        var id = labelling.colors().get(color);
        if (id != null) {
            return id;
        }
        var classes = labelling.classes();
        if (labelling.unknownIgnored()) {
            return classes.ignoreIndex();
        }
        var nearest = labelling.colors().entrySet().stream()
                .min(Map.Entry.<Integer, Integer>comparingByKey(
                                (a, b) -> Integer.compare(distance(a, color), distance(b, color)))
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> "; the nearest is #%06X (%s)".formatted(entry.getKey(), name(entry.getValue())))
                .orElse("; the classes file gives no colours");
        throw new DatasetException("%s: colour #%06X at pixel (x %d, y %d) is none of the classes '%s'%s"
                .formatted(file, color, x, y, classes.name(), nearest));
    }

    private String name(int id) {
        var classes = labelling.classes();
        return id < classes.count() ? classes.names().get(id) : "ignore";
    }

    /** The square of the distance in RGB. */
    private static int distance(int a, int b) {
        int sum = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int difference = (a >> shift & 0xFF) - (b >> shift & 0xFF);
            sum += difference * difference;
        }
        return sum;
    }

    private static int magic(byte[] head) {
        return head.length < 2 ? 0 : (head[0] & 0xFF) << 8 | (head[1] & 0xFF);
    }

    private static byte[] head(Path file) {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(PNG_COLOR_TYPE + 1);
        } catch (IOException e) {
            // Whoever decodes the file says what is wrong with it.
            return new byte[0];
        }
    }
}

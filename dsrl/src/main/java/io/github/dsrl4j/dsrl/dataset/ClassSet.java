package io.github.dsrl4j.dsrl.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The classes of a data set in the order of their ids, and the id that is ignored in loss and metrics.
 *
 * @param name e.g. {@code camvid}
 * @param classes class {@code i} has id {@code i}
 * @param ignoreIndex the id of pixels without a class; not below {@code classes.size()}, at most 255
 */
public record ClassSet(String name, List<ClassInfo> classes, int ignoreIndex) {
    /** The 11 classes of CamVid as in the SegNet tutorial, with its palette; 11 is ignored. */
    public static final ClassSet CAMVID = new ClassSet(
            "camvid",
            List.of(
                    new ClassInfo("sky", 0x808080),
                    new ClassInfo("building", 0x800000),
                    new ClassInfo("pole", 0xC0C080),
                    new ClassInfo("road", 0x804080),
                    new ClassInfo("pavement", 0x3C28DE),
                    new ClassInfo("tree", 0x808000),
                    new ClassInfo("sign symbol", 0xC08080),
                    new ClassInfo("fence", 0x404080),
                    new ClassInfo("car", 0x400080),
                    new ClassInfo("pedestrian", 0x404000),
                    new ClassInfo("bicyclist", 0x0080C0)),
            11);

    /** The 19 train ids of Cityscapes with the palette of cityscapesScripts; 255 is ignored. */
    public static final ClassSet CITYSCAPES = new ClassSet(
            "cityscapes",
            List.of(
                    new ClassInfo("road", 0x804080),
                    new ClassInfo("sidewalk", 0xF423E8),
                    new ClassInfo("building", 0x464646),
                    new ClassInfo("wall", 0x66669C),
                    new ClassInfo("fence", 0xBE9999),
                    new ClassInfo("pole", 0x999999),
                    new ClassInfo("traffic light", 0xFAAA1E),
                    new ClassInfo("traffic sign", 0xDCDC00),
                    new ClassInfo("vegetation", 0x6B8E23),
                    new ClassInfo("terrain", 0x98FB98),
                    new ClassInfo("sky", 0x4682B4),
                    new ClassInfo("person", 0xDC143C),
                    new ClassInfo("rider", 0xFF0000),
                    new ClassInfo("car", 0x00008E),
                    new ClassInfo("truck", 0x000046),
                    new ClassInfo("bus", 0x003C64),
                    new ClassInfo("train", 0x005064),
                    new ClassInfo("motorcycle", 0x0000E6),
                    new ClassInfo("bicycle", 0x770B20)),
            255);

    /** Checks that there is a class, that ids fit a byte, and that the ignore index is no class. */
    public ClassSet {
        Objects.requireNonNull(name, "name");
        classes = List.copyOf(classes);
        if (classes.isEmpty() || classes.size() > 255) {
            throw new DatasetException(
                    "classes '%s': %d classes; 1 to 255 are supported".formatted(name, classes.size()));
        }
        if (ignoreIndex < classes.size() || ignoreIndex > 255) {
            throw new DatasetException("classes '%s': ignore index %d must lie in %d..255, outside the %d classes"
                    .formatted(name, ignoreIndex, classes.size(), classes.size()));
        }
    }

    /** How many classes there are, without the ignored one. */
    public int count() {
        return classes.size();
    }

    /** The names in the order of the ids. */
    public List<String> names() {
        return classes.stream().map(ClassInfo::name).toList();
    }

    /**
     * Checks that every label is a class or the ignore index.
     *
     * @param source what is named in the message: a file
     * @throws DatasetException naming the source, the value, the pixel, and what is allowed
     */
    public void check(LabelMap labels, String source) {
        var bytes = labels.labels();
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i] & 0xFF;
            if (value >= classes.size() && value != ignoreIndex) {
                throw new DatasetException(
                        "%s: label %d at pixel (x %d, y %d) is neither a class (0..%d) of %s nor the ignore index %d"
                                .formatted(
                                        source,
                                        value,
                                        i % labels.width(),
                                        i / labels.width(),
                                        classes.size() - 1,
                                        name,
                                        ignoreIndex));
            }
        }
    }

    /** Every pixel in the colour of its class; what has no class is black. */
    public ColorImage colorize(LabelMap labels) {
        var palette = palette();
        var from = labels.labels();
        var rgb = new byte[Math.multiplyExact(3, from.length)];
        for (int i = 0, to = 0; i < from.length; i++, to += 3) {
            int color = palette[from[i] & 0xFF];
            rgb[to] = (byte) (color >> 16);
            rgb[to + 1] = (byte) (color >> 8);
            rgb[to + 2] = (byte) color;
        }
        return new ColorImage(labels.width(), labels.height(), rgb);
    }

    /**
     * The class colours over the image: {@code round((1 - alpha) image + alpha colour)}; a pixel without a class keeps
     * the image.
     *
     * @param alpha from 0 (the image alone) to 1 (the colours alone)
     * @throws IllegalArgumentException where the sizes differ or alpha is not in [0, 1]
     */
    public ColorImage overlay(ColorImage image, LabelMap labels, double alpha) {
        if (image.width() != labels.width() || image.height() != labels.height()) {
            throw new IllegalArgumentException("overlay: the image is %d x %d, the labels are %d x %d; resize one first"
                    .formatted(image.width(), image.height(), labels.width(), labels.height()));
        }
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("overlay: alpha is " + alpha + "; it must lie in [0, 1]");
        }
        int weight = (int) Math.round(alpha * 256);
        var palette = palette();
        var from = labels.labels();
        var rgb = image.rgb().clone();
        for (int i = 0, at = 0; i < from.length; i++, at += 3) {
            int id = from[i] & 0xFF;
            if (id < classes.size()) {
                int color = palette[id];
                rgb[at] = mix(rgb[at], color >> 16, weight);
                rgb[at + 1] = mix(rgb[at + 1], color >> 8, weight);
                rgb[at + 2] = mix(rgb[at + 2], color, weight);
            }
        }
        return new ColorImage(image.width(), image.height(), rgb);
    }

    private static byte mix(byte image, int color, int weight) {
        return (byte) (((image & 0xFF) * (256 - weight) + (color & 0xFF) * weight + 128) >> 8);
    }

    /** 256 colours {@code 0xRRGGBB}; black beyond the classes. */
    int[] palette() {
        var palette = new int[256];
        Arrays.setAll(palette, i -> i < classes.size() ? classes.get(i).color() : 0);
        return palette;
    }
}

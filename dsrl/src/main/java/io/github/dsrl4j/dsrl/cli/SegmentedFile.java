package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.inference.Segmentation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image file with its labels, and where they are written.
 *
 * @param original the image of the file; the network may have seen it in another size
 * @param labels what is written: the result's labels, or those labels at the size of the original
 */
record SegmentedFile(Path file, ColorImage original, Segmentation result, LabelMap labels, SegmentationFiles written) {
    /** Writes the three images, each atomically. */
    void write(double alpha) {
        ClassSet classes = result.classes();
        ColorImage background = original.resizeBilinear(labels.width(), labels.height());
        classes.colorize(labels).write(written.mask());
        classes.overlay(background, labels, alpha).write(written.overlay());
        labels.write(written.index(), classes);
    }

    Map<String, Object> toJson() {
        var shares = new LinkedHashMap<String, Object>();
        double[] values = result.shares();
        for (int c = 0; c < values.length; c++) {
            shares.put(result.classes().names().get(c), values[c]);
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("image", file.toString());
        json.put("width", original.width());
        json.put("height", original.height());
        json.put("labels_width", labels.width());
        json.put("labels_height", labels.height());
        json.put("seconds", seconds());
        json.put("mask", written.mask().toString());
        json.put("overlay", written.overlay().toString());
        json.put("index", written.index().toString());
        json.put("shares", shares);
        return json;
    }

    private double seconds() {
        return result.time().toNanos() * 1e-9;
    }

    /** Sizes, the classes that were seen with their colours and shares, and the files. */
    String toText() {
        var rows = new ArrayList<List<String>>();
        double[] shares = result.shares();
        for (int c = 0; c < shares.length; c++) {
            ClassInfo info = result.classes().classes().get(c);
            if (shares[c] > 0) {
                rows.add(List.of(
                        "  " + Terminal.swatch(info.color()) + info.name(),
                        "#%06x".formatted(info.color()),
                        Text.percent(shares[c])));
            }
        }
        return "%s: %dx%d pixels, labelled at %dx%d in %s s\n%s  %s\n  %s\n  %s\n"
                .formatted(
                        file,
                        original.width(),
                        original.height(),
                        labels.width(),
                        labels.height(),
                        Text.fixed(seconds(), 2),
                        Text.table(rows),
                        written.mask(),
                        written.overlay(),
                        written.index());
    }
}

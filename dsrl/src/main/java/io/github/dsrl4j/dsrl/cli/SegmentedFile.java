package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
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
 */
record SegmentedFile(Path file, ColorImage original, Segmentation result, Path mask, Path overlay, Path index) {
    static SegmentedFile of(Path file, ColorImage original, Segmentation result, Path folder, String name) {
        return new SegmentedFile(
                file,
                original,
                result,
                folder.resolve(name + ".mask.png"),
                folder.resolve(name + ".overlay.png"),
                folder.resolve(name + ".index.png"));
    }

    /** Writes the three images, each atomically. */
    void write(double alpha) {
        LabelMap labels = result.labels();
        ColorImage enlarged = original.resizeBilinear(labels.width(), labels.height());
        result.coloredMask().write(mask);
        result.classes().overlay(enlarged, labels, alpha).write(overlay);
        labels.write(index, result.classes());
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
        json.put("labels_width", result.labels().width());
        json.put("labels_height", result.labels().height());
        json.put("seconds", seconds());
        json.put("mask", mask.toString());
        json.put("overlay", overlay.toString());
        json.put("index", index.toString());
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
                        result.labels().width(),
                        result.labels().height(),
                        Text.fixed(seconds(), 2),
                        Text.table(rows),
                        mask,
                        overlay,
                        index);
    }
}

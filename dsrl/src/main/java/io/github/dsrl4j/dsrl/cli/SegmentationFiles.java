package io.github.dsrl4j.dsrl.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * The three files that {@code dsrl segment} writes for an image.
 *
 * @param mask every pixel in the colour of its class
 * @param overlay the class colours over the image
 * @param index the class of every pixel
 */
record SegmentationFiles(Path mask, Path overlay, Path index) {
    static SegmentationFiles in(Path folder, String name) {
        return new SegmentationFiles(
                folder.resolve(name + ".mask.png"),
                folder.resolve(name + ".overlay.png"),
                folder.resolve(name + ".index.png"));
    }

    List<Path> all() {
        return List.of(mask, overlay, index);
    }
}

package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The images that a command was given, by the names of what is written for them. */
final class Pictures {
    private final Map<String, Path> files;
    /** Images that were read already and cannot be read again: those of pipes. */
    private final Map<Path, ColorImage> kept = new HashMap<>();

    private Pictures(Map<String, Path> files) {
        this.files = files;
    }

    /**
     * Names images after their files, without the extension.
     *
     * @throws IllegalArgumentException if two would have the same name
     */
    static Pictures of(List<Path> images) {
        var files = new LinkedHashMap<String, Path>();
        for (Path image : images) {
            String file = image.getFileName() == null ? "" : image.getFileName().toString();
            String name = file.replaceFirst("\\.[^.]+$", "");
            Path other = files.putIfAbsent(name, image);
            if (other != null) {
                throw new IllegalArgumentException(
                        "%s and %s would both be written as %s.mask.png; segment them into different folders"
                                .formatted(other, image, name));
            }
        }
        return new Pictures(files);
    }

    Map<String, Path> files() {
        return files;
    }

    /**
     * Makes sure that writing loses nothing: no output is one of the images, and none replaces a file in a folder of theirs, where
     * {@code NAME.mask.png} may well be the truth that goes with {@code NAME.png}.
     *
     * @param mayReplace whether the latter is permitted
     * @throws IllegalArgumentException if something would be lost
     */
    void requireNothingLost(Path folder, boolean mayReplace) {
        Collection<Path> images = files.values();
        Set<Path> folders = images.stream().map(Pictures::folderOf).collect(Collectors.toSet());
        for (String name : files.keySet()) {
            for (Path output : SegmentationFiles.in(folder, name).all()) {
                OutputFiles.requireNoInput(output, images);
                if (!mayReplace && Files.exists(output) && folders.contains(folderOf(output))) {
                    throw new IllegalArgumentException(
                            output + ": exists beside the images; write to another folder, or replace it with --force");
                }
            }
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            return folder;
        }
    }

    /** Reads all images, one at a time, so that a broken one is known before anything is written. */
    void check() {
        for (Path file : files.values()) {
            ColorImage image = ColorImage.read(file);
            if (!Files.isRegularFile(file)) {
                kept.put(file, image);
            }
        }
    }

    ColorImage read(Path file) {
        ColorImage image = kept.remove(file);
        return image == null ? ColorImage.read(file) : image;
    }
}

package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.FileImageInputStream;

/** The size that an image file says it has, which takes much less time than to decode it. */
record ImageSize(int width, int height) {
    /**
     * Reads the beginning of a file. Where that does not say the size, the image is decoded.
     *
     * @throws DatasetException as {@link ColorImage#read}
     */
    static ImageSize of(Path file) {
        try (var stream = new FileImageInputStream(file.toFile())) {
            var readers = ImageIO.getImageReaders(stream);
            if (readers.hasNext()) {
                var reader = readers.next();
                try {
                    if (reader.getFormatName().equalsIgnoreCase("gif")) {
                        // Its frame may be smaller than its screen.
                        return decoded(file);
                    }
                    reader.setInput(stream, true, true);
                    return new ImageSize(reader.getWidth(0), reader.getHeight(0));
                } finally {
                    reader.dispose();
                }
            }
        } catch (IOException | RuntimeException e) {
            // What is wrong, if anything is, the decoder says in its own words below.
            return decoded(file);
        }
        return decoded(file);
    }

    private static ImageSize decoded(Path file) {
        var image = ColorImage.read(file);
        return new ImageSize(image.width(), image.height());
    }

    /** Whether labels fit; a photograph may be stored on its side, and be turned when it is decoded. */
    boolean mayFit(LabelMap labels) {
        return (width == labels.width() && height == labels.height())
                || (width == labels.height() && height == labels.width());
    }
}

package io.github.dsrl4j.dsrl.dataset;

import java.util.Objects;

/**
 * One semantic class.
 *
 * @param name as printed in tables, e.g. {@code road}
 * @param color the class colour as {@code 0xRRGGBB}
 */
public record ClassInfo(String name, int color) {
    /** Checks that the colour has 24 bits. */
    public ClassInfo {
        Objects.requireNonNull(name, "name");
        if ((color & 0xFF000000) != 0) {
            throw new DatasetException("class '%s': colour 0x%08X is not of the form 0xRRGGBB".formatted(name, color));
        }
    }
}

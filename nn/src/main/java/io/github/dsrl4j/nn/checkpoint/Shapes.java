package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;

/** Shapes as files give them, with extents of 64 bits. */
final class Shapes {
    private static final int SHOWN = 10;

    private Shapes() {}

    /**
     * The shape of a tensor with these extents.
     *
     * @param source the file
     * @param name the tensor
     * @throws CheckpointException if a tensor cannot be so large
     */
    static Shape toShape(String source, String name, List<Long> dims) {
        int[] extents = new int[dims.size()];
        long size = 1;
        for (int i = 0; i < extents.length; i++) {
            long dim = dims.get(i);
            boolean fits = dim <= Integer.MAX_VALUE - 8;
            size = fits ? size * dim : Long.MAX_VALUE;
            if (size > Integer.MAX_VALUE - 8) {
                throw new CheckpointException(
                        "%s: tensor '%s' of shape %s is too large: a tensor holds at most 2^31 - 9 values"
                                .formatted(source, Names.shorten(name), describe(dims)));
            }
            extents[i] = (int) dim;
        }
        return Shape.of(extents);
    }

    /** The extents in brackets, many of them abbreviated. */
    static String describe(List<Long> dims) {
        String shown = dims.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return dims.size() > SHOWN ? "[" + shown + ", ...]" : "[" + shown + "]";
    }
}

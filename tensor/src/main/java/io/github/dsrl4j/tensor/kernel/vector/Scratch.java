package io.github.dsrl4j.tensor.kernel.vector;

import java.util.EnumMap;

/** Working memory of one thread. It only grows, so that nothing is allocated once every layer was seen. */
final class Scratch {
    /** What a buffer is for; buffers of different use never overlap. */
    enum Use {
        /** Weights in the order in which the register tiles read them. Filled by the calling thread, read by all. */
        WEIGHTS,
        /** Sums of parts of the batch. Written by all threads, each at its own place. */
        PARTIAL_SUMS,
        /** A padded stretch of the image. */
        SLAB,
        /** Rows of the gradient, filled up to whole vectors. */
        LINES,
        /** The columns that one register tile reads, in order. */
        PANEL,
        /** The sums of a register tile, before their lanes are added up. */
        TILE,
        /** Results of a unit of work, in order, before they are put to their places. */
        RESULTS
    }

    final TileTarget target = new TileTarget();
    final Transposer transposer = new Transposer();
    final RowKernels.Window window = new RowKernels.Window();
    final int[] rows = new int[RowKernels.ROWS];

    private final EnumMap<Use, float[]> buffers = new EnumMap<>(Use.class);

    /** At least {@code length} floats with any contents. */
    float[] floats(Use use, int length) {
        float[] buffer = buffers.get(use);
        if (buffer == null || buffer.length < length) {
            buffer = new float[buffer == null ? length : Math.max(length, buffer.length + buffer.length / 2)];
            buffers.put(use, buffer);
        }
        return buffer;
    }
}

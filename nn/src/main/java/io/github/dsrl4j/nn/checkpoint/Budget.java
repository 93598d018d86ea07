package io.github.dsrl4j.nn.checkpoint;

/**
 * How much memory the contents of a file may take. Compression, repeated views and shared storages let a small file
 * describe boundless data; honest checkpoints stay far below {@value #PER_BYTE} bytes per byte (float32 made of packed
 * booleans takes 4).
 */
final class Budget {
    private static final long PER_BYTE = 32;
    private static final long BASE = 1 << 20;

    /** Small files of masks and positions that are one number, expanded, are honest. */
    private static final long TENSOR_BASE = 1 << 26;

    private final String source;
    private final long limit;
    private long spent;

    private Budget(String source, long base, long fileBytes) {
        this.source = source;
        this.limit = base + PER_BYTE * fileBytes;
    }

    /** For what is unpacked while a file is read. */
    Budget(String source, long fileBytes) {
        this(source, BASE, fileBytes);
    }

    /** For the tensors that come out of a file. */
    static Budget ofTensors(String source, long fileBytes) {
        return new Budget(source, TENSOR_BASE, fileBytes);
    }

    /** Takes some bytes before they are allocated. */
    void take(long bytes, String what) {
        if (bytes < 0 || bytes > limit - spent) {
            throw new CheckpointException("%s: %s would take %s bytes; a file of this size may describe at most %d"
                    .formatted(source, what, Long.toUnsignedString(bytes), limit));
        }
        spent += bytes;
    }
}

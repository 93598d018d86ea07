package io.github.dsrl4j.tensor.kernel.opencl;

/** A stretch of an arena that was handed out, until it is closed; closing it again does nothing. */
public final class Block implements AutoCloseable {
    private final ArenaSet arenas;
    private final Arena arena;
    private final int offset;
    private final int floats;
    private boolean open = true;

    Block(ArenaSet arenas, Arena arena, int offset, int floats) {
        this.arenas = arenas;
        this.arena = arena;
        this.offset = offset;
        this.floats = floats;
    }

    /** The arena's mirror on the heap, by which kernels recognise it; its contents mean nothing. */
    public float[] array() {
        return arena.mirror();
    }

    /** Where the stretch begins. */
    public int offset() {
        return offset;
    }

    /** How many floats were asked for. */
    public int floats() {
        return floats;
    }

    @Override
    public void close() {
        arenas.giveBack(this);
    }

    /** Closes it at the next allocation for a tensor, and not before: a kernel on its way may still read it. */
    public void closeLater() {
        arenas.giveBackLater(this);
    }

    Arena arena() {
        return arena;
    }

    /** Whether this was the call that closed it; for the arenas, which hold their lock. */
    boolean markClosed() {
        boolean was = open;
        open = false;
        return was;
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** All arenas of a device, and who holds what of them. */
final class ArenaSet {
    private final String device;
    private final List<Arena> arenas;
    private final ConcurrentLinkedQueue<Block> unreachable = new ConcurrentLinkedQueue<>();
    private long used;
    private long peak;

    ArenaSet(String device, List<Arena> arenas) {
        this.device = device;
        this.arenas = arenas;
    }

    /** A stretch for a tensor. When all arenas are full, tensors that nobody holds any longer are collected first. */
    synchronized Block allocate(int floats) {
        collect();
        Block block = find(floats);
        if (block == null) {
            awaitCollector();
            block = find(floats);
        }
        return found(block, floats);
    }

    /** A stretch for an operation's own use: it never takes memory that an operand may still live in. */
    synchronized Block scratch(int floats) {
        return found(find(floats), floats);
    }

    private Block found(Block block, int floats) {
        if (block == null) {
            throw new DeviceMemoryException(full(floats));
        }
        return block;
    }

    private Block find(int floats) {
        for (Arena arena : arenas) {
            int offset = arena.take(floats);
            if (offset >= 0) {
                used = arenas.stream().mapToLong(Arena::used).sum();
                peak = Math.max(peak, used);
                return new Block(this, arena, offset, floats);
            }
        }
        return null;
    }

    private String full(int floats) {
        long size = arenas.stream().mapToLong(Arena::floats).sum();
        int longest = arenas.stream().mapToInt(Arena::longestGap).max().orElse(0);
        return """
                %s is full: %s MiB were asked for; of %s MiB in %d arena(s), %s MiB are taken by %d tensors, and the longest free \
                stretch has %s MiB. Take a smaller batch or image, or a larger arena: -Ddsrl4j.opencl.arena=..., with -Xmx above it""".formatted(
                        device,
                        mebi(floats),
                        mebi(size),
                        arenas.size(),
                        mebi(used),
                        arenas.stream().mapToInt(Arena::stretches).sum(),
                        mebi(longest));
    }

    static String mebi(long floats) {
        return String.format(java.util.Locale.ROOT, "%.1f", floats * (double) Float.BYTES / (1 << 20));
    }

    synchronized void giveBack(Block block) {
        if (block.markClosed()) {
            block.arena().giveBack(block.offset());
            used = arenas.stream().mapToLong(Arena::used).sum();
        }
    }

    void giveBackLater(Block block) {
        unreachable.add(block);
    }

    private void collect() {
        for (Block block = unreachable.poll(); block != null; block = unreachable.poll()) {
            giveBack(block);
        }
    }

    /** Cleaners run in a thread of their own, a little after the collector. */
    private void awaitCollector() {
        for (int attempt = 0; attempt < 3; attempt++) {
            System.gc();
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            collect();
        }
    }

    synchronized long usedBytes() {
        return used * Float.BYTES;
    }

    synchronized long peakBytes() {
        return peak * Float.BYTES;
    }

    long bytes() {
        return arenas.stream().mapToLong(Arena::floats).sum() * Float.BYTES;
    }

    /** The number of the arena whose mirror this is, or -1. */
    @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
    int indexOf(float[] array) {
        for (Arena arena : arenas) {
            if (arena.mirror() == array) {
                return arena.index();
            }
        }
        return -1;
    }

    List<Arena> arenas() {
        return arenas;
    }
}

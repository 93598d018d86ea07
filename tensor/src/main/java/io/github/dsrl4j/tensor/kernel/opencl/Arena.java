package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Hands out stretches of one buffer on the device. The array is its mirror on the heap: it is what tensors are recognised by, and
 * its contents mean nothing. The smallest free stretch that fits is taken; neighbours that are free become one.
 */
final class Arena {
    /** Stretches begin at multiples of so many floats: a cache line, and as wide as any vector. */
    static final int ALIGNMENT = 16;

    /**
     * Before the first stretch and behind the last: element 0 holds the mark, and a kernel may read past the edge of an operand where
     * it then ignores what it read.
     */
    private static final int MARGIN = 4096;

    private record Gap(int length, int offset) {}

    /** G1 leaves arrays where they are that fill half a region, and chooses regions of 32 MiB at most. */
    private static final int UNMOVED = (16 << 20) / Float.BYTES;

    private final float[] mirror;
    private final int floats;
    private final int index;
    private final TreeMap<Integer, Integer> gapsByOffset = new TreeMap<>();
    private final TreeSet<Gap> gapsByLength =
            new TreeSet<>(Comparator.comparingInt(Gap::length).thenComparingInt(Gap::offset));
    private final Map<Integer, Integer> taken = new HashMap<>();
    private long used;

    /**
     * An arena of so many floats.
     *
     * @param roomy whether the heap has room for a mirror that is longer than the arena, if need be, so that it is not moved
     */
    Arena(int index, int floats, boolean roomy) {
        this.index = index;
        this.floats = floats;
        this.mirror = new float[roomy ? Math.max(floats, UNMOVED) : floats];
        addGap(MARGIN, floats - 2 * MARGIN);
    }

    float[] mirror() {
        return mirror;
    }

    /** Its size. */
    int floats() {
        return floats;
    }

    int index() {
        return index;
    }

    /** The offset of a free stretch, or -1 if there is none as long. */
    int take(int floats) {
        int length = Math.max(ALIGNMENT, Math.ceilDiv(floats, ALIGNMENT) * ALIGNMENT);
        Gap gap = gapsByLength.ceiling(new Gap(length, 0));
        if (gap == null) {
            return -1;
        }
        removeGap(gap.offset, gap.length);
        if (gap.length > length) {
            addGap(gap.offset + length, gap.length - length);
        }
        taken.put(gap.offset, length);
        used += length;
        return gap.offset;
    }

    void giveBack(int offset) {
        int length = taken.remove(offset);
        used -= length;
        int from = offset;
        int to = offset + length;
        var before = gapsByOffset.lowerEntry(from);
        if (before != null && before.getKey() + before.getValue() == from) {
            from = before.getKey();
            removeGap(before.getKey(), before.getValue());
        }
        Integer after = gapsByOffset.get(to);
        if (after != null) {
            removeGap(to, after);
            to += after;
        }
        addGap(from, to - from);
    }

    /** Floats handed out. */
    long used() {
        return used;
    }

    int stretches() {
        return taken.size();
    }

    /** The most floats that one stretch can still have. */
    int longestGap() {
        return gapsByLength.isEmpty() ? 0 : gapsByLength.last().length;
    }

    private void addGap(int offset, int length) {
        gapsByOffset.put(offset, length);
        gapsByLength.add(new Gap(length, offset));
    }

    private void removeGap(int offset, int length) {
        gapsByOffset.remove(offset);
        gapsByLength.remove(new Gap(length, offset));
    }
}

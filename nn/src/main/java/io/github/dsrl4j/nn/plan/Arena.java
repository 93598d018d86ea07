package io.github.dsrl4j.nn.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Offsets in one array for buffers that live from one step to another: largest first, each at the lowest offset that no buffer whose
 * lifetime overlaps occupies (Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020, section 5.2).
 */
final class Arena {
    /** Floats in a cache line; no line belongs to two buffers. */
    private static final int LINE = 16;

    private Arena() {}

    /**
     * A buffer.
     *
     * @param first the step that writes it first
     * @param last the step that reads it last
     * @param place takes the offset
     */
    record Lifetime(int size, int first, int last, IntConsumer place) {
        boolean overlaps(Lifetime other) {
            return first <= other.last && other.first <= last;
        }
    }

    private record Placed(Lifetime buffer, int start, int end) {}

    /** Places all buffers and returns the size of the array. */
    static int assign(List<Lifetime> buffers) {
        var placed = new ArrayList<Placed>();
        int length = 0;
        for (Lifetime buffer : buffers.stream()
                .sorted(Comparator.comparingInt(Lifetime::size).reversed().thenComparingInt(Lifetime::first))
                .toList()) {
            int start = 0;
            int size = Math.multiplyExact(Math.ceilDiv(buffer.size, LINE), LINE);
            for (Placed other : placed) {
                if (other.buffer.overlaps(buffer) && other.start < Math.addExact(start, size) && start < other.end) {
                    start = other.end;
                }
            }
            // In order of their offsets, so that one walk finds the lowest gap.
            int end = Math.addExact(start, size);
            placed.add(new Placed(buffer, start, end));
            placed.sort(Comparator.comparingInt(Placed::start));
            buffer.place.accept(start);
            length = Math.max(length, end);
        }
        return length;
    }
}

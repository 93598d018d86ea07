package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One launch over many small tensors, such as all parameters of a model, instead of one each, since starting a launch costs as much
 * as some thousand elements. An entry of the table says where a piece of the operands lies: its length, and the offsets of p to s. Long
 * tensors are cut into several entries.
 *
 * <p>Of a launch, i0 is the number of entries, i1 how many work items share an entry, i2 how many elements an item handles of it, and i3
 * how many entries it handles; i4 and further ones are the operation's own.
 */
final class StretchTable {
    /** Whole numbers of an entry: the length and four offsets. */
    static final int WIDTH = 5;

    /** Entries of a launch at most; more make several launches. */
    static final int ENTRIES = 1 << 13;

    private static final int OPERANDS = 4;

    /** The most elements of an entry on a processor; on a graphics processor an item has one. */
    private static final int LONGEST_ON_CPU = 4096;

    private final OpenClContext context;
    private final int longest;

    /** By the arenas in which the operands lie, which are the same for all entries of a launch. */
    private final Map<List<Integer>, Rows> rows = new LinkedHashMap<>();

    /** Entries of operands that lie in the same arenas. */
    private record Rows(float[][] arrays, List<int[]> entries) {}

    StretchTable(OpenClContext context) {
        this.context = context;
        longest = context.gpu() ? context.groupSize() : LONGEST_ON_CPU;
    }

    /** Adds n elements of up to four operands; null for one that the operation does without. */
    void add(int n, Place... operands) {
        float[][] arrays = new float[OPERANDS][];
        List<Integer> arenas = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            arrays[i] = operands[i] == null ? null : operands[i].array();
            arenas.add(operands[i] == null ? -1 : context.arenaOf(arrays[i]));
        }
        Rows same = rows.computeIfAbsent(arenas, key -> new Rows(arrays, new ArrayList<>()));
        for (int from = 0; from < n; from += longest) {
            int[] entry = new int[WIDTH];
            entry[0] = Math.min(longest, n - from);
            for (int i = 0; i < operands.length; i++) {
                entry[1 + i] = operands[i] == null ? -1 : operands[i].offset() + from;
            }
            same.entries.add(entry);
        }
    }

    /**
     * Launches the operation over all that was added.
     *
     * @param numbers adds its real numbers
     * @param flags its whole numbers, from i4 on
     */
    void launch(int op, UnaryOperator<Launch> numbers, int... flags) {
        for (Rows same : rows.values()) {
            for (int first = 0; first < same.entries.size(); first += ENTRIES) {
                List<int[]> entries = same.entries.subList(first, Math.min(same.entries.size(), first + ENTRIES));
                int count = entries.size();
                int sharing = context.gpu() ? longest : 1;
                int each = context.gpu() ? 1 : Math.ceilDiv(count, context.pieces());
                Launch launch = numbers.apply(context.launch(op))
                        .table(entries)
                        .ints(count, sharing, longest / sharing, each)
                        .ints(flags);
                for (float[] array : same.arrays) {
                    launch.at(array, 0);
                }
                launch.over(Math.ceilDiv(count, each) * sharing);
            }
        }
    }
}

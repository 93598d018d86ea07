package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.List;

/** One call of an operation on the device: its operands in the order p to w, then k to o, its numbers, and over how many work items it goes. */
final class Launch {
    private final OpenClContext context;
    private final int op;
    private int arenas;
    private final int[] offsets = new int[DeviceProgram.OPERANDS];
    private final int[] ints = new int[DeviceProgram.INTS];
    private final float[] floats = new float[DeviceProgram.FLOATS];
    private int operandCount;
    private int intCount;
    private int floatCount;
    private List<int[]> table = List.of();

    Launch(OpenClContext context, int op) {
        this.context = context;
        this.op = op;
    }

    /** The next operand; null where the operation may do without it. */
    Launch at(float[] array, int offset) {
        arenas |= (array == null ? 0 : context.arenaOf(array)) << (2 * operandCount);
        offsets[operandCount] = array == null ? -1 : offset;
        operandCount++;
        return this;
    }

    Launch at(Block block) {
        return at(block.array(), block.offset());
    }

    /** The next whole numbers. */
    Launch ints(int... values) {
        for (int value : values) {
            ints[intCount++] = value;
        }
        return this;
    }

    /** The next real numbers. */
    Launch floats(float... values) {
        for (float value : values) {
            floats[floatCount++] = value;
        }
        return this;
    }

    /** Entries of the table, each of {@link StretchTable#WIDTH} numbers. */
    Launch table(List<int[]> entries) {
        table = entries;
        return this;
    }

    /** Runs it on {@code items} work items, and a few more: the operation itself has to see whether an item has work. */
    void over(int items) {
        context.run(this, Math.ceilDiv(items, context.groupSize()), context.groupSize());
    }

    /** Runs it on so many groups of work items. OpenCL on a processor builds the program anew for each size of a group. */
    void groups(int groups, int groupSize) {
        context.run(this, groups, groupSize);
    }

    /**
     * Runs it over n elements, of which a work item does so many neighbouring ones that all cores have work; the run and n
     * become i0 and i1, so no whole numbers may have been given before.
     */
    void overElements(int n, int... others) {
        int run = context.run(n);
        ints(run, n).ints(others);
        over(Math.ceilDiv(n, run));
    }

    void load(DeviceProgram program) {
        if (!table.isEmpty()) {
            for (int i = 0; i < table.size(); i++) {
                System.arraycopy(table.get(i), 0, program.table, i * StretchTable.WIDTH, StretchTable.WIDTH);
            }
            program.put(program.table);
        }
        program.load(op, arenas, offsets, ints, floats);
    }
}

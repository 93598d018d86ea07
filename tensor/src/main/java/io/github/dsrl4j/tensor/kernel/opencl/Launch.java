package io.github.dsrl4j.tensor.kernel.opencl;

/** One call of an operation on the device: its operands in the order p to w, then k to o, its numbers, and over how many work items it goes. */
final class Launch {
    private final OpenClContext context;
    private final int op;
    private final int[] arenas = new int[DeviceProgram.OPERANDS];
    private final int[] offsets = new int[DeviceProgram.OPERANDS];
    private final int[] ints = new int[DeviceProgram.INTS];
    private final float[] floats = new float[DeviceProgram.FLOATS];
    private int operandCount;
    private int intCount;
    private int floatCount;

    Launch(OpenClContext context, int op) {
        this.context = context;
        this.op = op;
    }

    /** The next operand; null where the operation may do without it. */
    Launch at(float[] array, int offset) {
        arenas[operandCount] = array == null ? 0 : context.arenaOf(array);
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
        program.op = op;
        program.pArena = arenas[0];
        program.pAt = offsets[0];
        program.qArena = arenas[1];
        program.qAt = offsets[1];
        program.rArena = arenas[2];
        program.rAt = offsets[2];
        program.sArena = arenas[3];
        program.sAt = offsets[3];
        program.tArena = arenas[4];
        program.tAt = offsets[4];
        program.uArena = arenas[5];
        program.uAt = offsets[5];
        program.vArena = arenas[6];
        program.vAt = offsets[6];
        program.wArena = arenas[7];
        program.wAt = offsets[7];
        program.kArena = arenas[8];
        program.kAt = offsets[8];
        program.lArena = arenas[9];
        program.lAt = offsets[9];
        program.mArena = arenas[10];
        program.mAt = offsets[10];
        program.nArena = arenas[11];
        program.nAt = offsets[11];
        program.oArena = arenas[12];
        program.oAt = offsets[12];
        program.i0 = ints[0];
        program.i1 = ints[1];
        program.i2 = ints[2];
        program.i3 = ints[3];
        program.i4 = ints[4];
        program.i5 = ints[5];
        program.i6 = ints[6];
        program.i7 = ints[7];
        program.i8 = ints[8];
        program.i9 = ints[9];
        program.i10 = ints[10];
        program.i11 = ints[11];
        program.i12 = ints[12];
        program.i13 = ints[13];
        program.i14 = ints[14];
        program.i15 = ints[15];
        program.i16 = ints[16];
        program.i17 = ints[17];
        program.i18 = ints[18];
        program.i19 = ints[19];
        program.i20 = ints[20];
        program.i21 = ints[21];
        program.i22 = ints[22];
        program.i23 = ints[23];
        program.i24 = ints[24];
        program.i25 = ints[25];
        program.i26 = ints[26];
        program.i27 = ints[27];
        program.i28 = ints[28];
        program.i29 = ints[29];
        program.i30 = ints[30];
        program.i31 = ints[31];
        program.f0 = floats[0];
        program.f1 = floats[1];
        program.f2 = floats[2];
        program.f3 = floats[3];
        program.f4 = floats[4];
        program.f5 = floats[5];
        program.f6 = floats[6];
        program.f7 = floats[7];
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import com.aparapi.Kernel;

/**
 * What every operation of the device program works on. Aparapi gives each kernel object buffers of its own, which no other can
 * see; so there is one kernel for all operations, whose {@link #op} says which one to run, and tensors are stretches of its arenas.
 *
 * <p>The operations of a family stand in a class of their own; one extends the other, up to {@link CpuProgram} and
 * {@link GpuProgram}. A method there is what one work item computes. Aparapi translates its bytecode to OpenCL C, but not all of
 * Java: no {@code switch}, no {@code break}, no objects; a method takes and returns numbers, and takes arrays.
 *
 * <p>An operation has up to thirteen operands, p to w and then k to o. Each is a place in one of the arenas: the array, chosen by two bits of {@link #arenas}, and the
 * offset {@code pAt}, which is -1 for an operand that is null. Sizes come in i0 to i31, and real numbers in f0 to f7.
 */
abstract class DeviceProgram extends Kernel {
    /** How many arenas there are at most: one buffer holds less than 2 GiB. */
    static final int ARENAS = 4;

    /** Operands, whole numbers and real numbers of a launch at most. */
    static final int OPERANDS = 13;

    static final int INTS = 32;
    static final int FLOATS = 8;

    float[] arena0;
    float[] arena1;
    float[] arena2;
    float[] arena3;

    /** Through these, data goes in and out; the first {@link #ARENAS} elements bring the marks back. Two sizes, as they are copied whole. */
    float[] small;

    float[] large;

    /** What {@link StretchTable} says of the operands of a launch over many small tensors. */
    int[] table;

    // What tells one launch from another. Aparapi looks each of these up by name at every launch, from the class of the
    // kernel object
    // upwards, which takes longer than all else it does; so the two programs hide them by fields of their own, which
    // are
    // found, and set by ScalarFields, instead of these.
    int op;

    /** The arenas of all operands, two bits each. */
    int arenas;

    int pAt, qAt, rAt, sAt, tAt, uAt, vAt, wAt, kAt, lAt, mAt, nAt, oAt;
    int i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15;
    int i16, i17, i18, i19, i20, i21, i22, i23, i24, i25, i26, i27, i28, i29, i30, i31;
    float f0, f1, f2, f3, f4, f5, f6, f7;

    private final ScalarFields scalars = new ScalarFields(getClass());

    /** Sets what tells one launch from another. */
    final void load(int operation, int arenaBits, int[] offsets, int[] ints, float[] floats) {
        scalars.load(this, operation, arenaBits, offsets, ints, floats);
    }

    /** Whether this program has the operation: a launch of one that it has not would do nothing. */
    abstract boolean runs(int operation);

    /** Copies between an arena and the buffers through which data goes in and out. */
    final void transfer(int item, float[] p) {
        int from = item * i0;
        int to = min(i1, from + i0);
        if (op == Op.COPY_IN_SMALL) {
            for (int i = from; i < to; i++) {
                p[pAt + i] = small[ARENAS + i];
            }
        }
        if (op == Op.COPY_IN_LARGE) {
            for (int i = from; i < to; i++) {
                p[pAt + i] = large[ARENAS + i];
            }
        }
        if (op == Op.COPY_OUT_SMALL) {
            for (int i = from; i < to; i++) {
                small[ARENAS + i] = p[pAt + i];
            }
            if (item == 0) {
                small[0] = arena0[0];
                small[1] = arena1[0];
                small[2] = arena2[0];
                small[3] = arena3[0];
            }
        }
        if (op == Op.COPY_OUT_LARGE) {
            for (int i = from; i < to; i++) {
                large[ARENAS + i] = p[pAt + i];
            }
            if (item == 0) {
                large[0] = arena0[0];
                large[1] = arena1[0];
                large[2] = arena2[0];
                large[3] = arena3[0];
            }
        }
        if (op == Op.MARK) {
            if (item == 0) {
                p[0] = f0;
            }
        }
        // Never run: Aparapi makes a buffer writable only where it sees the field itself written, and all kernels write
        // to
        // the arenas through p and its like.
        if (op == Op.NEVER) {
            arena0[0] = 0;
            arena1[0] = 0;
            arena2[0] = 0;
            arena3[0] = 0;
        }
    }

    /**
     * Aparapi clones a kernel where it gave up the device and goes on in Java threads instead, without a word.
     *
     * @throws IllegalStateException always
     */
    @Override
    public final DeviceProgram clone() {
        throw new IllegalStateException("opencl: the device failed to run an operation");
    }
}

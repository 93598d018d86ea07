package io.github.dsrl4j.tensor.kernel.opencl;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.stream.IntStream;

/** The fields of a program by which its launches differ, each the one that stands lowest in the hierarchy of classes. */
final class ScalarFields {
    private static final String OPERAND_NAMES = "pqrstuvwklmno";

    private final VarHandle op;
    private final VarHandle arenas;
    private final VarHandle[] offsets;
    private final VarHandle[] ints;
    private final VarHandle[] floats;

    ScalarFields(Class<? extends DeviceProgram> program) {
        op = find(program, "op", int.class);
        arenas = find(program, "arenas", int.class);
        offsets = IntStream.range(0, DeviceProgram.OPERANDS)
                .mapToObj(k -> find(program, OPERAND_NAMES.charAt(k) + "At", int.class))
                .toArray(VarHandle[]::new);
        ints = numbered(program, "i", DeviceProgram.INTS, int.class);
        floats = numbered(program, "f", DeviceProgram.FLOATS, float.class);
    }

    private static VarHandle[] numbered(Class<?> program, String name, int count, Class<?> type) {
        return IntStream.range(0, count)
                .mapToObj(k -> find(program, name + k, type))
                .toArray(VarHandle[]::new);
    }

    private static VarHandle find(Class<?> program, String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(program, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("opencl: the program " + program.getName() + " lacks " + name, e);
        }
    }

    void load(DeviceProgram program, int operation, int arenaBits, int[] at, int[] whole, float[] real) {
        op.set(program, operation);
        arenas.set(program, arenaBits);
        for (int k = 0; k < at.length; k++) {
            offsets[k].set(program, at[k]);
        }
        for (int k = 0; k < whole.length; k++) {
            ints[k].set(program, whole[k]);
        }
        for (int k = 0; k < real.length; k++) {
            floats[k].set(program, real[k]);
        }
    }
}

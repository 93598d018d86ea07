package io.github.dsrl4j.tensor.kernel.vector;

/**
 * Working memory for one purpose, one array a thread, which grows and is kept, so that nothing is allocated once every size was
 * seen. What it held before is unspecified. A piece of work that another thread shares out may run on the calling thread, so
 * the memory that the caller fills and the memory that a piece fills are two buffers.
 */
final class ThreadBuffer {
    private final ThreadLocal<float[]> floats = ThreadLocal.withInitial(() -> new float[0]);
    private final ThreadLocal<double[]> doubles = ThreadLocal.withInitial(() -> new double[0]);
    private final ThreadLocal<int[]> ints = ThreadLocal.withInitial(() -> new int[0]);

    /** At least {@code length} floats of the calling thread. */
    float[] floats(int length) {
        float[] array = floats.get();
        if (array.length < length) {
            array = new float[grown(array.length, length)];
            floats.set(array);
        }
        return array;
    }

    /** At least {@code length} doubles of the calling thread. */
    double[] doubles(int length) {
        double[] array = doubles.get();
        if (array.length < length) {
            array = new double[grown(array.length, length)];
            doubles.set(array);
        }
        return array;
    }

    /** At least {@code length} ints of the calling thread. */
    int[] ints(int length) {
        int[] array = ints.get();
        if (array.length < length) {
            array = new int[grown(array.length, length)];
            ints.set(array);
        }
        return array;
    }

    private static int grown(int old, int wanted) {
        return Math.max(wanted, old + old / 2);
    }
}

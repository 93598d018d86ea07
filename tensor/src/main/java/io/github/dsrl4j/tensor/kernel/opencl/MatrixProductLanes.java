package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Private arrays as vector registers, for programs on processors. A loop of eight over a private array is what the OpenCL compiler unrolls
 * early enough that the array becomes registers, eight lanes each; longer loops leave it in memory, three times as slow. For the
 * same reason the indices of such an array must be constants once these methods are inlined, and the methods must stay small.
 */
abstract class MatrixProductLanes extends AffinityCode {
    final void zero8(float[] a_$private$, int at) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] = 0f;
        }
    }

    final void zero24(float[] a_$private$, int at) {
        zero8(a_$private$, at);
        zero8(a_$private$, at + 8);
        zero8(a_$private$, at + 16);
    }

    final void load8(float[] a_$private$, int at, float[] x, int from) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] = x[from + j];
        }
    }

    final void load24(float[] a_$private$, float[] x, int from) {
        load8(a_$private$, 0, x, from);
        load8(a_$private$, 8, x, from + 8);
        load8(a_$private$, 16, x, from + 16);
    }

    /** {@code a += w b} on eight lanes. */
    final void multiplyAdd8(float[] a_$private$, int at, float w, float[] b_$private$, int from) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] += w * b_$private$[from + j];
        }
    }

    final void multiplyAdd24(float[] a_$private$, int at, float w, float[] b_$private$) {
        multiplyAdd8(a_$private$, at, w, b_$private$, 0);
        multiplyAdd8(a_$private$, at + 8, w, b_$private$, 8);
        multiplyAdd8(a_$private$, at + 16, w, b_$private$, 16);
    }

    /** {@code a += y b} lane by lane. */
    final void multiplyLanes8(float[] a_$private$, int at, float[] y, int yAt, float[] b_$private$, int from) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] += y[yAt + j] * b_$private$[from + j];
        }
    }

    final void multiplyLanes24(float[] a_$private$, int at, float[] y, int yAt, float[] b_$private$) {
        multiplyLanes8(a_$private$, at, y, yAt, b_$private$, 0);
        multiplyLanes8(a_$private$, at + 8, y, yAt, b_$private$, 8);
        multiplyLanes8(a_$private$, at + 16, y, yAt, b_$private$, 16);
    }

    /** Copies registers to a private array that may then be indexed freely. */
    final void spill8(float[] memory_$private$, int at, float[] a_$private$) {
        for (int j = 0; j < 8; j++) {
            memory_$private$[at + j] = a_$private$[at + j];
        }
    }

    final void spill24(float[] memory_$private$, int at, float[] a_$private$) {
        spill8(memory_$private$, at, a_$private$);
        spill8(memory_$private$, at + 8, a_$private$);
        spill8(memory_$private$, at + 16, a_$private$);
    }
}

package io.github.dsrl4j.tensor.kernel;

import java.util.List;

/**
 * What follows a kernel in a network that only infers (normalisation, residual, activation), in one pass over memory: a chain of
 * stages through which each element of {@code [planes, area]} goes. A plane is one channel of one image.
 */
public interface Epilogue {
    /** A function of an element v in plane p at position i, with an operand of its own. */
    enum Stage {
        /** {@code fma(v, a[p], a[planes + p])}; the operand is scales, then shifts: {@code [2, planes]}. */
        AFFINE,
        /** {@code v a[p]}; operand {@code [planes]}. */
        SCALE,
        /** {@code v + a[p, i]}; operand {@code [planes, area]}. */
        ADD,
        /** {@code v a[p, i]}; operand {@code [planes, area]}. */
        MULTIPLY,
        /** v where it is positive, else {@code a[p] v}; operand {@code [planes]}. */
        PRELU,
        /** max(v, 0); no operand. */
        RELU,
        /** 1 / (1 + exp(-v)); no operand. */
        SIGMOID,
        /** Hyperbolic tangent; no operand. */
        TANH
    }

    /** Stages in the order in which they work, and where their operands lie; used by one thread at a time. */
    final class Chain {
        private final Stage[] stages;
        private final float[][] operands;
        private final int[] offsets;

        /** A chain whose operands have yet to be set. */
        public Chain(List<Stage> stages) {
            this.stages = stages.toArray(Stage[]::new);
            this.operands = new float[this.stages.length][];
            this.offsets = new int[this.stages.length];
        }

        public int length() {
            return stages.length;
        }

        public Stage stage(int index) {
            return stages[index];
        }

        /** Says where the operand of a stage lies. */
        public void operand(int index, float[] array, int offset) {
            operands[index] = array;
            offsets[index] = offset;
        }

        public float[] operand(int index) {
            return operands[index];
        }

        public int offset(int index) {
            return offsets[index];
        }
    }

    /** {@code y = chain(x)}. y may be the memory of x, but not overlap the operand of any stage. */
    void apply(Chain chain, int planes, int area, float[] x, int xOffset, float[] y, int yOffset);
}

package io.github.dsrl4j.nn.plan;

/**
 * Where a tensor lies while a plan runs.
 *
 * @param index which of the outputs; else 0
 * @param constant the memory itself, for what never changes; else null
 */
record Slot(Space space, int index, int offset, float[] constant) {
    /** The arrays that a plan works on. */
    enum Space {
        /** The working memory of one execution. */
        ARENA,
        /** Memory of the plan, the same for all executions. */
        CONSTANT,
        /** The caller's. */
        INPUT,
        /** The caller's. */
        OUTPUT
    }

    static Slot arena(int offset) {
        return new Slot(Space.ARENA, 0, offset, null);
    }

    static Slot input() {
        return new Slot(Space.INPUT, 0, 0, null);
    }

    static Slot output(int index) {
        return new Slot(Space.OUTPUT, index, 0, null);
    }

    static Slot constant(float[] values) {
        return new Slot(Space.CONSTANT, 0, 0, values);
    }

    /** The place so many elements further on. */
    Slot plus(int elements) {
        return new Slot(space, index, offset + elements, constant);
    }
}

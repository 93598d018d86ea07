package io.github.dsrl4j.nn.plan;

/**
 * Where a tensor lies while a plan runs.
 *
 * @param constant the memory itself, for what never changes; else null
 */
record Slot(Space space, int offset, float[] constant) {
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

    static Slot of(Space space, int offset) {
        return new Slot(space, offset, null);
    }

    static Slot constant(float[] values) {
        return new Slot(Space.CONSTANT, 0, values);
    }
}

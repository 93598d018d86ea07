package io.github.dsrl4j.nn.plan;

/** What one execution of a plan works on: an arena of its own, and the caller's arrays. */
final class Frame {
    private final float[] arena;
    private Step[] steps;
    private float[] input;
    private int inputOffset;
    private float[] output;
    private int outputOffset;

    Frame(int arenaFloats) {
        arena = new float[arenaFloats];
    }

    /** The steps, bound to this frame. */
    void steps(Step... bound) {
        steps = bound;
    }

    Step[] steps() {
        return steps;
    }

    void bind(float[] input, int inputOffset, float[] output, int outputOffset) {
        this.input = input;
        this.inputOffset = inputOffset;
        this.output = output;
        this.outputOffset = outputOffset;
    }

    float[] array(Slot slot) {
        return switch (slot.space()) {
            case ARENA -> arena;
            case CONSTANT -> slot.constant();
            case INPUT -> input;
            case OUTPUT -> output;
        };
    }

    int offset(Slot slot) {
        return switch (slot.space()) {
            case ARENA, CONSTANT -> slot.offset();
            case INPUT -> inputOffset + slot.offset();
            case OUTPUT -> outputOffset + slot.offset();
        };
    }
}

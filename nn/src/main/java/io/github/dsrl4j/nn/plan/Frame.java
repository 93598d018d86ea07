package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;

/** What one execution of a plan works on: an arena of its own, and the caller's arrays. */
final class Frame {
    private final Tensor arena;
    private final Constants constants;
    private Step[] steps;
    private float[] input;
    private int inputOffset;
    private final float[][] outputs;
    private final int[] outputOffsets;

    Frame(Constants constants, int arenaFloats, int outputCount) {
        this.constants = constants;
        arena = StepMemory.outside(() -> Tensor.empty(constants.device(), Shape.of(arenaFloats)));
        outputs = new float[outputCount][];
        outputOffsets = new int[outputCount];
    }

    /** The steps, bound to this frame. */
    void steps(Step... bound) {
        steps = bound;
    }

    /** Runs all steps on what was bound. */
    void run() {
        for (Step step : steps) {
            step.run();
        }
    }

    void input(float[] array, int offset) {
        input = array;
        inputOffset = offset;
    }

    void output(int index, float[] array, int offset) {
        outputs[index] = array;
        outputOffsets[index] = offset;
    }

    /** Lets go of the caller's arrays. */
    void release() {
        input = null;
        Arrays.fill(outputs, null);
    }

    float[] array(Slot slot) {
        return switch (slot.space()) {
            case ARENA -> arena.array();
            case CONSTANT -> constants.array(slot.constant());
            case INPUT -> input;
            case OUTPUT -> outputs[slot.index()];
        };
    }

    int offset(Slot slot) {
        return switch (slot.space()) {
            case ARENA -> arena.offset() + slot.offset();
            case CONSTANT -> constants.offset(slot.constant()) + slot.offset();
            case INPUT -> inputOffset + slot.offset();
            case OUTPUT -> outputOffsets[slot.index()] + slot.offset();
        };
    }
}

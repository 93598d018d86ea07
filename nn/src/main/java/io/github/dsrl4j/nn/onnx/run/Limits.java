package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;

/**
 * What one run of a model may take. A file of a hundred bytes can ask for a tensor of any size, so whoever runs files of strangers
 * sets both limits.
 *
 * @param bytes memory for the values of one run, the results of its nodes and what they need on the way; the inputs and the
 *     model's constants are not counted
 * @param steps elementary steps (a multiply-add, or a number read or written) of one node
 */
public record Limits(long bytes, long steps) {
    /** No limits but the heap's: half of it for one run. */
    public static Limits ofHeap() {
        return new Limits(Runtime.getRuntime().maxMemory() / 2, Long.MAX_VALUE);
    }

    void checkSteps(double asked) {
        if (asked > steps) {
            throw new OnnxException("takes %.3g elementary steps, over the limit of %d".formatted(asked, steps));
        }
    }
}

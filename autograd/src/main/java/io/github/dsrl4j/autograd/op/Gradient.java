package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Tensor;

/** Memory for what a backward pass computes. */
final class Gradient {
    private Gradient() {}

    /**
     * Where to put a gradient of the shape of {@code upstream} that a kernel computes element by element: on upstream itself where the
     * backward pass alone holds it and is about to give it back, since then the memory is in the cache already; else on new memory.
     */
    static Tensor inPlaceOf(Tensor upstream) {
        return upstream.storage().heldOnce() ? upstream : Tensor.empty(upstream.device(), upstream.shape());
    }

    /**
     * Where to put a gradient of the shape of a tensor that a call saved and has no use for any more: on that tensor itself where this
     * call alone holds it, else on new memory.
     */
    static Tensor overSaved(Tensor saved) {
        return saved.storage().isLent() && saved.storage().heldOnce()
                ? saved
                : Tensor.empty(saved.device(), saved.shape());
    }
}

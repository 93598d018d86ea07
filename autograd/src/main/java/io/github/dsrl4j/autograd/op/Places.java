package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Place;

/** Where tensors lie, for kernels some of whose operands may be absent. */
final class Places {
    private Places() {}

    /** Null for null. */
    static Place place(Tensor tensor) {
        return tensor == null ? null : tensor.place();
    }
}

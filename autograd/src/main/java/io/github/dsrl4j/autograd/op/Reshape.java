package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;

/**
 * The same elements under another shape; shares storage with the input.
 *
 * <pre>
 * y[i] = x[i] in row-major order
 * </pre>
 *
 * Input: any shape. Output: the target shape, which holds as many elements. Cost: none. Backward: dx is dy under the shape of
 * x; keeps nothing.
 */
public record Reshape(Shape target) implements Operation {
    /**
     * The shape with these extents, of which one may be -1: it becomes what the others leave of the elements of {@code x}.
     *
     * @throws ShapeException if there is no such shape
     */
    public static Shape infer(Shape x, int... dims) {
        int[] extents = dims.clone();
        int unknown = -1;
        long rest = 1;
        for (int d = 0; d < dims.length; d++) {
            if (dims[d] != -1) {
                rest *= dims[d];
            } else if (unknown < 0) {
                unknown = d;
            } else {
                throw new ShapeException("reshape: only one extent may be -1, not two of " + Arrays.toString(dims));
            }
        }
        if (unknown >= 0) {
            if (rest == 0 || x.size() % rest != 0) {
                throw new ShapeException("reshape: no extent in place of -1 makes %s hold the %d elements of %s"
                        .formatted(Arrays.toString(dims), x.size(), x));
            }
            extents[unknown] = (int) (x.size() / rest);
        }
        return Shape.of(extents);
    }

    @Override
    public String name() {
        return "reshape";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        return inputs[0].reshape(target);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {dy.reshape(saved.shape(0))};
    }
}

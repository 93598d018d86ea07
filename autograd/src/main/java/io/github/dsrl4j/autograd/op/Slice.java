package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * A stretch of one dimension, copied.
 *
 * <pre>
 * y[a, i, b] = x[a, from + i, b], i = 0 ... to - from - 1
 * </pre>
 *
 * Input: any shape of rank 1 or more. Output: the shape with {@code to - from} in that dimension. Cost: no multiply-adds, one
 * copy. Backward: dx is dy in its place, 0 elsewhere; keeps nothing.
 *
 * @param dim the dimension; a negative one counts from the end
 * @param from the first entry
 * @param to the entry behind the last
 */
public record Slice(int dim, int from, int to) implements Operation {
    @Override
    public String name() {
        return "slice";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Axis axis = Axis.of(name(), x.shape(), dim);
        if (from < 0 || to < from || to > axis.length()) {
            throw new ShapeException("slice: no entries %d to %d in dimension %d, which has %d; input %s"
                    .formatted(from, to, axis.dim(), axis.length(), x.shape()));
        }
        Tensor y = Tensor.empty(x.device(), x.shape().with(axis.dim(), to - from));
        Part.of(axis, from, y.shape()).copyOut(x, y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Shape shape = saved.shape(0);
        Tensor dx = Tensor.zeros(dy.device(), shape);
        Part.of(Axis.of(name(), shape, dim), from, dy.shape()).copyIn(dy, dx);
        return new Tensor[] {dx};
    }
}

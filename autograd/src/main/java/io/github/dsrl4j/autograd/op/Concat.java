package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Concatenation along one dimension.
 *
 * <pre>
 * y[a, k_0 + ... + k_(p-1) + i, b] = x_p[a, i, b], i = 0 ... k_p - 1
 * </pre>
 *
 * Inputs: one or more tensors that agree in all dimensions but one. Output: their shape, with the sum of the extents k_p in that
 * one. Cost: no multiply-adds, one copy. Backward: each input gets its part of dy; keeps nothing.
 *
 * @param dim the dimension; a negative one counts from the end
 */
public record Concat(int dim) implements Operation {
    @Override
    public String name() {
        return "concat";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        return join(name(), dim, inputs);
    }

    /** The tensors one after the other. */
    static Tensor join(String operation, int dim, Tensor... inputs) {
        Shape shape =
                output(operation, dim, Arrays.stream(inputs).map(Tensor::shape).toArray(Shape[]::new));
        Tensor y = Tensor.empty(inputs[0].device(), shape);
        int position = 0;
        for (Tensor x : inputs) {
            Part part = Part.of(Axis.of(operation, y.shape(), dim), position, x.shape());
            part.copyIn(x, y);
            position += part.extent();
        }
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor[] gradients = new Tensor[saved.inputs()];
        int position = 0;
        for (int i = 0; i < gradients.length; i++) {
            Part part = Part.of(Axis.of(name(), dy.shape(), dim), position, saved.shape(i));
            if (saved.needed(i)) {
                gradients[i] = Tensor.empty(dy.device(), saved.shape(i));
                part.copyOut(dy, gradients[i]);
            }
            position += part.extent();
        }
        return gradients;
    }

    /** The shape of these tensors one after the other. */
    static Shape output(String operation, int dim, Shape... inputs) {
        if (inputs.length == 0) {
            throw new ShapeException(operation + ": there is nothing to concatenate");
        }
        Shape first = inputs[0];
        int d = Checks.dimension(operation, first, dim);
        int extent = 0;
        for (int i = 0; i < inputs.length; i++) {
            Shape shape = inputs[i];
            if (shape.rank() != first.rank() || !shape.with(d, 0).equals(first.with(d, 0))) {
                throw new ShapeException("%s: inputs must agree in all dimensions but %d; input 0 is %s, input %d is %s"
                        .formatted(operation, d, first, i, shape));
            }
            extent = Math.addExact(extent, shape.dim(d));
        }
        return first.with(d, extent);
    }
}

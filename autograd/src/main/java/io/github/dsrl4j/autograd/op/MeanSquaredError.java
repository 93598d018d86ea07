package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;

/**
 * Mean squared error.
 *
 * <pre>
 * loss = 1/n sum over i of (x[i] - target[i])^2
 * </pre>
 *
 * Inputs: x and target of one shape with n elements, at least one. Output: {@code []}. Cost: no multiply-adds, one pass.
 * Backward: {@code dx = 2/n dloss (x - target)}, {@code dtarget = -dx}; keeps both.
 */
public record MeanSquaredError() implements Operation {
    @Override
    public String name() {
        return "meanSquaredError";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor target = inputs[1];
        Checks.sameShape(name(), "input", x.shape(), "target", target.shape());
        if (x.size() == 0) {
            throw new ShapeException("meanSquaredError: input %s has no elements".formatted(x.shape()));
        }
        var kernels = x.device().kernels();
        Tensor loss = Tensor.empty(x.device(), Shape.of());
        kernels.reduction()
                .squaredDifference(
                        x.size(), x.array(), x.offset(), target.array(), target.offset(), loss.array(), loss.offset());
        kernels.elementwise().affine(1, 1f / x.size(), 0, loss.array(), loss.offset(), loss.array(), loss.offset());
        saved.keep(x, target);
        return loss;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dloss) {
        Tensor x = saved.tensor(0);
        Tensor difference = Broadcast.apply(name(), Binary.SUBTRACT, x, saved.tensor(1));
        Tensor scale = Sums.scaled(dloss, 2f / x.size());
        Tensor dx = saved.needed(0) ? Broadcast.apply(name(), Binary.MULTIPLY, difference, scale) : null;
        Tensor negative = saved.needed(1) ? Sums.scaled(scale, -1) : null;
        Tensor dtarget = saved.needed(1) ? Broadcast.apply(name(), Binary.MULTIPLY, difference, negative) : null;
        Sums.giveBack(difference);
        return new Tensor[] {dx, dtarget};
    }
}

package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Softmax.Geometry;
import java.util.Arrays;

/**
 * Cross entropy of logits against class ids: the weighted mean of the negative log likelihood over the positions that have a
 * label.
 *
 * <pre>
 * loss = sum over p of w[t(p)] (log sum over k of exp(x[k, p]) - x[t(p), p]) / sum over p of w[t(p)]
 * </pre>
 *
 * Input: logits x {@code [N, C, ...]}. The labels {@code [N, ...]} hold class ids 0 to C - 1 as exact floats, or
 * {@code ignoreIndex} where nothing is asked; they are no input, as no gradient flows into them. The class weights w
 * {@code [C]} are 1 where they are null. Output: {@code []}. Where all positions are ignored (or weigh nothing) the loss and its
 * gradient are 0; PyTorch's are NaN there. Cost: no multiply-adds, two passes. Backward:
 * {@code dx[c, p] = dloss w[t(p)] (softmax(x)[c, p] - (c = t(p))) / sum w}; keeps x and labels.
 */
public record CrossEntropy(Tensor labels, int ignoreIndex, Tensor classWeights) implements Operation {
    @Override
    public String name() {
        return "crossEntropy";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Geometry g = geometry(x.shape());
        checkShapes(x.shape());
        checkLabels(g.classes());
        Device device = x.device();
        Tensor ids = labels.to(device);
        Tensor weights = classWeights == null ? null : classWeights.to(device);
        Tensor sums = Tensor.empty(device, Shape.of(3));
        device.kernels()
                .softmax()
                .crossEntropyForward(
                        g,
                        ignoreIndex,
                        x.array(),
                        x.offset(),
                        ids.array(),
                        ids.offset(),
                        weights == null ? null : weights.array(),
                        weights == null ? 0 : weights.offset(),
                        sums.array(),
                        sums.offset());
        saved.keep(x, ids, weights, sums);
        return product(sums.slice(0, 1), sums.slice(2, 3));
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor x = saved.tensor(0);
        Tensor ids = saved.tensor(1);
        Tensor weights = saved.tensor(2);
        Tensor scale = product(dy, saved.tensor(3).slice(2, 3));
        Tensor dx = Gradient.overSaved(x);
        x.device()
                .kernels()
                .softmax()
                .crossEntropyBackward(
                        geometry(x.shape()),
                        ignoreIndex,
                        scale.array(),
                        scale.offset(),
                        x.array(),
                        x.offset(),
                        ids.array(),
                        ids.offset(),
                        weights == null ? null : weights.array(),
                        weights == null ? 0 : weights.offset(),
                        dx.array(),
                        dx.offset());
        Sums.giveBack(scale);
        return new Tensor[] {dx};
    }

    /** Of two numbers, where they live. */
    private static Tensor product(Tensor a, Tensor b) {
        Tensor c = Tensor.empty(a.device(), Shape.of());
        a.device()
                .kernels()
                .elementwise()
                .binary(Binary.MULTIPLY, 1, a.array(), a.offset(), b.array(), b.offset(), c.array(), c.offset());
        return c;
    }

    private Geometry geometry(Shape x) {
        Checks.rankAtLeast(name(), "input", x, 2, "[N, C, ...]");
        return new Geometry(x.dim(0), x.dim(1), x.span(2, x.rank()));
    }

    private void checkShapes(Shape x) {
        Shape expected = Axis.of(name(), x, 1).without(x);
        if (!labels.shape().equals(expected)) {
            throw new ShapeException("crossEntropy: labels must be %s, one class id a position, not %s; input %s"
                    .formatted(expected, labels.shape(), x));
        }
        if (classWeights != null && !classWeights.shape().equals(Shape.of(x.dim(1)))) {
            throw new ShapeException("crossEntropy: class weights must be [%d], one a class, not %s; input %s"
                    .formatted(x.dim(1), classWeights.shape(), x));
        }
    }

    /** Where they are: of labels on a device, only how many are wrong comes back, and all if any is. */
    private void checkLabels(int classes) {
        boolean onHost = labels.device() instanceof CpuDevice;
        if (!onHost && unknownOnDevice(classes) == 0) {
            return;
        }
        float[] ids = onHost ? labels.array() : labels.toArray();
        int offset = onHost ? labels.offset() : 0;
        for (int i = 0; i < labels.size(); i++) {
            float id = ids[offset + i];
            int rounded = (int) id;
            boolean known = rounded == id && ((rounded >= 0 && rounded < classes) || rounded == ignoreIndex);
            if (!known) {
                throw new IllegalArgumentException(
                        "crossEntropy: label %s at %s is neither a class, 0 to %d, nor the ignored id %d; labels %s"
                                .formatted(
                                        rounded == id ? Integer.toString(rounded) : Float.toString(id),
                                        Arrays.toString(position(i)),
                                        classes - 1,
                                        ignoreIndex,
                                        labels.shape()));
            }
        }
    }

    private float unknownOnDevice(int classes) {
        Tensor unknown = Tensor.empty(labels.device(), Shape.of());
        labels.device()
                .kernels()
                .softmax()
                .unknownLabels(
                        labels.size(),
                        classes,
                        ignoreIndex,
                        labels.array(),
                        labels.offset(),
                        unknown.array(),
                        unknown.offset());
        float count = unknown.item();
        Sums.giveBack(unknown);
        return count;
    }

    private int[] position(int element) {
        int[] position = new int[labels.shape().rank()];
        int rest = element;
        for (int d = position.length - 1; d >= 0; d--) {
            position[d] = rest % labels.shape().dim(d);
            rest /= labels.shape().dim(d);
        }
        return position;
    }
}

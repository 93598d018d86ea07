package io.github.dsrl4j.bench.peer;

import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What all works on libtorch need: tensors from arrays and back, and native memory that is given back after each run. */
final class Torch {
    /** {@code at::Reduction::Mean}. */
    private static final long MEAN = 1;

    private Torch() {}

    /** A tensor with a copy of the values. */
    static Tensor tensor(float[] values, long... dims) {
        try (var blob = new FloatPointer(values)) {
            return torch.from_blob(
                            blob,
                            dims,
                            (PointerConsumer) null,
                            new TensorOptions(ScalarType.Float),
                            new DeviceOptional())
                    .clone();
        }
    }

    static Tensor tensor(io.github.dsrl4j.tensor.Tensor tensor) {
        return tensor(tensor.toArray(), dims(tensor.shape()));
    }

    private static long[] dims(Shape shape) {
        return Arrays.stream(shape.dims()).asLongStream().toArray();
    }

    /** Class ids, which libtorch wants as whole numbers. */
    static Tensor labels(float[] ids, long... dims) {
        return tensor(ids, dims).to(ScalarType.Long);
    }

    /** The mean over all pixels but those with the id that does not count. */
    static Tensor crossEntropy(Tensor logits, Tensor labels, long ignored) {
        return torch.cross_entropy_loss(logits, labels, new TensorOptional(), MEAN, ignored, 0);
    }

    /** A tensor for which backward passes compute a gradient. */
    static Tensor leaf(Tensor values) {
        return values.detach().clone().set_requires_grad(true);
    }

    static float[] values(Tensor tensor) {
        try (var _ = new PointerScope()) {
            Tensor dense = tensor.detach().contiguous();
            float[] values = new float[Math.toIntExact(dense.numel())];
            new FloatPointer(dense.data_ptr()).get(values);
            return values;
        }
    }

    /** The gradient that a backward pass left; zeros where it found none. */
    static float[] gradient(Tensor leaf) {
        try (var _ = new PointerScope()) {
            Tensor gradient = leaf.grad();
            return gradient.defined() ? values(gradient) : new float[Math.toIntExact(leaf.numel())];
        }
    }

    /** From a result, given the gradient of it. */
    static void backward(Tensor result, Tensor gradient) {
        result.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** As {@code zero_grad(set_to_none=True)} does it, which is the default of PyTorch. */
    static void clearGradients(Iterable<Tensor> leaves) {
        leaves.forEach(leaf -> leaf.mutable_grad().reset());
    }

    static Scalar scalar(double value) {
        return new Scalar(value);
    }

    /** Runs as a function of PyTorch does, which on return lets go of all tensors but its result. */
    static Tensor function(Supplier<Tensor> body) {
        Tensor result;
        try (var _ = new PointerScope()) {
            result = body.get();
            result.retainReference();
        }
        PointerScope caller = PointerScope.getInnerScope();
        if (caller != null) {
            caller.attach(result);
            result.releaseReference();
        }
        return result;
    }

    /** Runs and gives back all native memory that the Java side holds from it; what autograd needs lives on inside libtorch. */
    static void scoped(Runnable work) {
        try (var _ = new PointerScope()) {
            work.run();
        }
    }

    static void withoutGradients(Runnable work) {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            work.run();
        }
    }
}

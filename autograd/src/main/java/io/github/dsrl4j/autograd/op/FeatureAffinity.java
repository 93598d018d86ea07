package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;

/**
 * Feature affinity loss: how far apart the similarities between positions are in two feature maps.
 *
 * <pre>
 * S[i, j] = f[i] . f[j] / (|f[i]| |f[j]|)
 * loss = mean over batch and all pairs (i, j) of |S_a[i, j] - S_b[i, j]|
 * </pre>
 *
 * Inputs: a {@code [N, C_a, ...]} and b {@code [N, C_b, ...]} with P positions each. Output: {@code []}. A vector of norm below
 * 1e-12 has similarity 0 with all, and gradient 0. Neither matrix S is ever stored: memory is of the order of the inputs. Cost:
 * {@code N P^2 (C_a + C_b)} multiply-adds, of which the kernel saves nearly half, as S is symmetric. Backward: the kernel
 * computes loss and gradients in one go; forward keeps the gradients, which backward multiplies by dloss. Source: Wang et al.,
 * Dual Super-Resolution Learning for Semantic Segmentation, CVPR 2020, section 3.3.
 */
public record FeatureAffinity() implements Operation {
    @Override
    public String name() {
        return "featureAffinity";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        Affinity.Geometry g = geometry(a.shape(), b.shape());
        Tensor loss = Tensor.empty(a.device(), Shape.of());
        Tensor da = saved.needed(0) ? Tensor.empty(a.device(), a.shape()) : null;
        Tensor db = saved.needed(1) ? Tensor.empty(b.device(), b.shape()) : null;
        a.device()
                .kernels()
                .affinity()
                .lossAndGradient(
                        g,
                        a.array(),
                        a.offset(),
                        b.array(),
                        b.offset(),
                        loss.array(),
                        loss.offset(),
                        da == null ? null : da.array(),
                        da == null ? 0 : da.offset(),
                        db == null ? null : db.array(),
                        db == null ? 0 : db.offset());
        saved.keepOwn(da, db);
        return loss;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dloss) {
        return new Tensor[] {
            saved.needed(0) ? Broadcast.apply(name(), Binary.MULTIPLY, saved.tensor(0), dloss) : null,
            saved.needed(1) ? Broadcast.apply(name(), Binary.MULTIPLY, saved.tensor(1), dloss) : null
        };
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        Affinity.Geometry g = geometry(inputs[0], inputs[1]);
        return (long) g.batch() * g.positions() * g.positions() * (g.channelsA() + g.channelsB());
    }

    private Affinity.Geometry geometry(Shape a, Shape b) {
        Checks.rankAtLeast(name(), "a", a, 3, "[N, C, positions...]");
        Checks.rankAtLeast(name(), "b", b, 3, "[N, C, positions...]");
        if (!a.with(1, 1).equals(b.with(1, 1))) {
            throw new ShapeException(
                    "featureAffinity: the feature maps must agree in all but the channels, dimension 1; a %s, b %s"
                            .formatted(a, b));
        }
        if (a.size() == 0 || b.size() == 0) {
            throw new ShapeException("featureAffinity: there is no pair of positions; a %s, b %s".formatted(a, b));
        }
        return new Affinity.Geometry(a.dim(0), a.span(2, a.rank()), a.dim(1), b.dim(1));
    }
}

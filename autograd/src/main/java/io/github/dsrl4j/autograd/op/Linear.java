package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Fully connected layer.
 *
 * <pre>
 * y[..., o] = bias[o] + sum over i of weight[o, i] x[..., i]
 * </pre>
 *
 * Inputs: x {@code [..., in]}, weight {@code [out, in]}, optionally bias {@code [out]}. Output {@code [..., out]}. Cost:
 * {@code rows in out} multiply-adds. Backward: dx = dy weight, dweight = dy^T x, dbias = the sum of dy; keeps x for dweight
 * and the weight for dx.
 */
public record Linear() implements Operation {
    private record Geometry(int rows, int in, int out) {}

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor weight = inputs[1];
        Tensor bias = inputs.length > 2 ? inputs[2] : null;
        Geometry g = geometry(x.shape(), weight.shape());
        Checks.bias(name(), bias, g.out);
        Shape shape = x.shape().with(-1, g.out);
        Tensor y = bias == null ? Tensor.empty(x.device(), shape) : Sums.stretch(bias, 1, g.rows, g.out, shape);
        x.device()
                .kernels()
                .matrixProduct()
                .multiply(
                        g.rows,
                        g.out,
                        g.in,
                        false,
                        x.array(),
                        x.offset(),
                        g.in,
                        true,
                        weight.array(),
                        weight.offset(),
                        g.in,
                        y.array(),
                        y.offset(),
                        g.out,
                        bias != null);
        saved.keep(saved.needed(1) ? x : null, saved.needed(0) ? weight : null);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Geometry g = geometry(saved.shape(0), saved.shape(1));
        Tensor dx = saved.needed(0) ? inputGradient(g, dy, saved.tensor(1), saved.shape(0)) : null;
        Tensor dweight = saved.needed(1) ? weightGradient(g, dy, saved.tensor(0), saved.shape(1)) : null;
        if (saved.inputs() == 2) {
            return new Tensor[] {dx, dweight};
        }
        Tensor dbias = saved.needed(2) ? Sums.along(dy, 1, g.rows, g.out).reshape(g.out) : null;
        return new Tensor[] {dx, dweight, dbias};
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        return (long) output.size() * inputs[1].dim(1);
    }

    private static Tensor inputGradient(Geometry g, Tensor dy, Tensor weight, Shape shape) {
        Tensor dx = Tensor.empty(dy.device(), shape);
        dy.device()
                .kernels()
                .matrixProduct()
                .multiply(
                        g.rows,
                        g.in,
                        g.out,
                        false,
                        dy.array(),
                        dy.offset(),
                        g.out,
                        false,
                        weight.array(),
                        weight.offset(),
                        g.in,
                        dx.array(),
                        dx.offset(),
                        g.in,
                        false);
        return dx;
    }

    private static Tensor weightGradient(Geometry g, Tensor dy, Tensor x, Shape shape) {
        Tensor dweight = Tensor.empty(dy.device(), shape);
        dy.device()
                .kernels()
                .matrixProduct()
                .multiply(
                        g.out,
                        g.in,
                        g.rows,
                        true,
                        dy.array(),
                        dy.offset(),
                        g.out,
                        false,
                        x.array(),
                        x.offset(),
                        g.in,
                        dweight.array(),
                        dweight.offset(),
                        g.in,
                        false);
        return dweight;
    }

    private Geometry geometry(Shape x, Shape weight) {
        Checks.rankAtLeast(name(), "input", x, 1, "[..., in]");
        Checks.rank(name(), "weight", weight, 2, "[out, in]");
        if (x.dim(-1) != weight.dim(1)) {
            throw new ShapeException("linear: input has rows of %d, weight expects %d; input %s, weight %s"
                    .formatted(x.dim(-1), weight.dim(1), x, weight));
        }
        return new Geometry(x.span(0, x.rank() - 1), weight.dim(1), weight.dim(0));
    }
}

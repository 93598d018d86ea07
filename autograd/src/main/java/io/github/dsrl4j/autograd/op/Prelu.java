package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Parametric rectified linear unit.
 *
 * <pre>
 * y[n, c, ...] = x where x is positive, else slope[c] x
 * </pre>
 *
 * Inputs: x {@code [N, C, ...]}, slope {@code [C]}, or {@code [1]} for one slope for all. Output: the shape of x. Cost: no
 * multiply-adds, one pass. Backward: dx = dy where x is positive, else slope[c] dy; dslope[c] = sum of dy x where x is not
 * positive; keeps x and the slope. Source: He et al., Delving Deep into Rectifiers, ICCV 2015.
 */
public record Prelu() implements Operation {
    private record Geometry(int batch, int channels, int area) {}

    @Override
    public String name() {
        return "prelu";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor slope = inputs[1];
        Geometry g = geometry(x.shape(), slope.shape());
        Tensor y = Tensor.empty(x.device(), x.shape());
        x.device()
                .kernels()
                .elementwise()
                .preluForward(
                        g.batch,
                        g.channels,
                        g.area,
                        x.array(),
                        x.offset(),
                        slope.array(),
                        slope.offset(),
                        y.array(),
                        y.offset());
        saved.keep(x, slope);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor x = saved.tensor(0);
        Tensor slope = saved.tensor(1);
        Geometry g = geometry(x.shape(), slope.shape());
        Tensor dx = Gradient.inPlaceOf(dy);
        Tensor dslope = Tensor.empty(x.device(), slope.shape());
        x.device()
                .kernels()
                .elementwise()
                .preluBackward(
                        g.batch,
                        g.channels,
                        g.area,
                        x.array(),
                        x.offset(),
                        slope.array(),
                        slope.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset(),
                        dslope.array(),
                        dslope.offset());
        return new Tensor[] {dx, dslope};
    }

    private Geometry geometry(Shape x, Shape slope) {
        Checks.rankAtLeast(name(), "input", x, 2, "[N, C, ...]");
        if (slope.equals(Shape.of(1))) {
            return new Geometry(1, 1, x.size());
        }
        if (!slope.equals(Shape.of(x.dim(1)))) {
            throw new ShapeException(
                    "prelu: slope must be [%d], one a channel, or [1], not %s; input %s".formatted(x.dim(1), slope, x));
        }
        return new Geometry(x.dim(0), x.dim(1), x.span(2, x.rank()));
    }
}

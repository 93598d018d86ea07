package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * Two-dimensional convolution.
 *
 * <pre>
 * y[n, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] x[n, gC + c, i s + k d - p, j s + l d - p]
 * </pre>
 *
 * Inputs: x {@code [N, C_in, H, W]}, weight {@code [C_out, C_in / groups, KH, KW]}, optionally bias {@code [C_out]}. Output
 * {@code [N, C_out, floor((H + 2p - d(KH - 1) - 1) / s) + 1, ...]}. Cost: {@code N H' W' C_out C_in / groups KH KW}
 * multiply-adds. Backward: dx is the transposed convolution of dy with the same weight, dweight the correlation of x with
 * dy, dbias the sum of dy; keeps x for dweight and the weight for dx.
 */
public record Conv2d(ConvolutionOptions options) implements Operation {
    @Override
    public String name() {
        return "conv2d";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor weight = inputs[1];
        Tensor bias = inputs.length > 2 ? inputs[2] : null;
        ConvolutionGeometry g = geometry(x.shape(), weight.shape());
        Checks.bias(name(), bias, g.outChannels());
        Tensor y = Tensor.empty(x.device(), Shape.of(g.batch(), g.outChannels(), g.outHeight(), g.outWidth()));
        x.device()
                .kernels()
                .convolution(g)
                .forward(
                        g,
                        x.array(),
                        x.offset(),
                        weight.array(),
                        weight.offset(),
                        bias == null ? null : bias.array(),
                        bias == null ? 0 : bias.offset(),
                        y.array(),
                        y.offset());
        saved.keep(saved.needed(1) ? x : null, saved.needed(0) ? weight : null);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        ConvolutionGeometry g = geometry(saved.shape(0), saved.shape(1));
        var kernel = dy.device().kernels().convolution(g);
        Tensor x = saved.tensor(0);
        Tensor weight = saved.tensor(1);
        Tensor dx = saved.needed(0) ? Tensor.empty(dy.device(), saved.shape(0)) : null;
        Tensor dweight = saved.needed(1) ? Tensor.empty(dy.device(), saved.shape(1)) : null;
        if (dx != null && dweight != null) {
            kernel.backward(
                    g,
                    x.array(),
                    x.offset(),
                    weight.array(),
                    weight.offset(),
                    dy.array(),
                    dy.offset(),
                    dx.array(),
                    dx.offset(),
                    dweight.array(),
                    dweight.offset());
        } else if (dx != null) {
            kernel.backwardData(
                    g, dy.array(), dy.offset(), weight.array(), weight.offset(), null, 0, dx.array(), dx.offset());
        } else if (dweight != null) {
            kernel.backwardWeight(g, x.array(), x.offset(), dy.array(), dy.offset(), dweight.array(), dweight.offset());
        }
        Tensor dbias = saved.inputs() > 2 && saved.needed(2) ? Sums.perChannel(dy) : null;
        return saved.inputs() > 2 ? new Tensor[] {dx, dweight, dbias} : new Tensor[] {dx, dweight};
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        return geometry(inputs[0], inputs[1]).multiplyAdds();
    }

    /**
     * The sizes of this convolution of an input with a weight.
     *
     * @throws ShapeException if they do not fit
     */
    public ConvolutionGeometry geometry(Shape x, Shape weight) {
        Checks.rank(name(), "input", x, 4, "[N, C, H, W]");
        Checks.rank(name(), "weight", weight, 4, "[out, in / groups, height, width]");
        int groups = options.groups();
        if (x.dim(1) != weight.dim(1) * groups) {
            throw new ShapeException("conv2d: input has %d channels, weight expects %d x groups %d; input %s, weight %s"
                    .formatted(x.dim(1), weight.dim(1), groups, x, weight));
        }
        if (weight.dim(0) % groups != 0) {
            throw new ShapeException("conv2d: %d output channels do not divide into %d groups; weight %s"
                    .formatted(weight.dim(0), groups, weight));
        }
        int outHeight = ConvolutionGeometry.outputExtent(
                x.dim(2), weight.dim(2), options.strideHeight(), options.paddingHeight(), options.dilationHeight());
        int outWidth = ConvolutionGeometry.outputExtent(
                x.dim(3), weight.dim(3), options.strideWidth(), options.paddingWidth(), options.dilationWidth());
        if (outHeight < 1 || outWidth < 1) {
            throw new ShapeException(
                    "conv2d: the dilated kernel is larger than the padded input; input %s, weight %s, padding %d x %d, dilation %d x %d"
                            .formatted(
                                    x,
                                    weight,
                                    options.paddingHeight(),
                                    options.paddingWidth(),
                                    options.dilationHeight(),
                                    options.dilationWidth()));
        }
        return new ConvolutionGeometry(
                x.dim(0),
                x.dim(1),
                x.dim(2),
                x.dim(3),
                weight.dim(0),
                outHeight,
                outWidth,
                weight.dim(2),
                weight.dim(3),
                options.strideHeight(),
                options.strideWidth(),
                options.paddingHeight(),
                options.paddingWidth(),
                options.dilationHeight(),
                options.dilationWidth(),
                groups);
    }
}

package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * Two-dimensional transposed convolution (deconvolution): the adjoint of {@link Conv2d} with the same weight.
 *
 * <pre>
 * y[n, gO + o, i s + k d - p, j s + l d - p] += weight[c, o, k, l] x[n, c, i, j], then + bias
 * </pre>
 *
 * where g is the group of input channel c and {@code O = C_out / groups}. Inputs: x {@code [N, C_in, H, W]}, weight
 * {@code [C_in, C_out / groups, KH, KW]}, optionally bias {@code [C_out]}. Output
 * {@code [N, C_out, (H - 1)s - 2p + d(KH - 1) + outputPadding + 1, ...]}. Cost: {@code N H W C_in C_out / groups KH KW}
 * multiply-adds. Backward: dx is the convolution of dy, dweight the correlation of dy with x, dbias the sum of dy; keeps x
 * for dweight and the weight for dx. Source: Zeiler et al., Deconvolutional Networks, CVPR 2010.
 */
public record ConvTranspose2d(TransposedConvolutionOptions options) implements Operation {
    @Override
    public String name() {
        return "convTranspose2d";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor weight = inputs[1];
        Tensor bias = inputs.length > 2 ? inputs[2] : null;
        ConvolutionGeometry g = geometry(x.shape(), weight.shape());
        Checks.bias(name(), bias, g.inChannels());
        Tensor y = Tensor.empty(x.device(), Shape.of(g.batch(), g.inChannels(), g.inHeight(), g.inWidth()));
        x.device()
                .kernels()
                .convolution(g)
                .backwardData(
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
        Tensor dx = null;
        if (saved.needed(0)) {
            Tensor weight = saved.tensor(1);
            dx = Tensor.empty(dy.device(), saved.shape(0));
            kernel.forward(
                    g, dy.array(), dy.offset(), weight.array(), weight.offset(), null, 0, dx.array(), dx.offset());
        }
        Tensor dweight = null;
        if (saved.needed(1)) {
            Tensor x = saved.tensor(0);
            dweight = Tensor.empty(dy.device(), saved.shape(1));
            kernel.backwardWeight(g, dy.array(), dy.offset(), x.array(), x.offset(), dweight.array(), dweight.offset());
        }
        Tensor dbias = saved.inputs() > 2 && saved.needed(2) ? Sums.perChannel(dy) : null;
        return saved.inputs() > 2 ? new Tensor[] {dx, dweight, dbias} : new Tensor[] {dx, dweight};
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        return geometry(inputs[0], inputs[1]).multiplyAdds();
    }

    /**
     * The sizes of the convolution that maps this operation's output to its input.
     *
     * @throws ShapeException if input and weight do not fit
     */
    public ConvolutionGeometry geometry(Shape x, Shape weight) {
        Checks.rank(name(), "input", x, 4, "[N, C, H, W]");
        Checks.rank(name(), "weight", weight, 4, "[in, out / groups, height, width]");
        if (x.dim(1) != weight.dim(0)) {
            throw new ShapeException("convTranspose2d: input has %d channels, weight expects %d; input %s, weight %s"
                    .formatted(x.dim(1), weight.dim(0), x, weight));
        }
        if (x.dim(1) % options.groups() != 0) {
            throw new ShapeException(
                    "convTranspose2d: %d input channels do not divide into %d groups; input %s, weight %s"
                            .formatted(x.dim(1), options.groups(), x, weight));
        }
        checkOutputPadding("height", options.outputPaddingHeight(), options.strideHeight(), options.dilationHeight());
        checkOutputPadding("width", options.outputPaddingWidth(), options.strideWidth(), options.dilationWidth());
        int outHeight = ConvolutionGeometry.transposedExtent(
                x.dim(2),
                weight.dim(2),
                options.strideHeight(),
                options.paddingHeight(),
                options.dilationHeight(),
                options.outputPaddingHeight());
        int outWidth = ConvolutionGeometry.transposedExtent(
                x.dim(3),
                weight.dim(3),
                options.strideWidth(),
                options.paddingWidth(),
                options.dilationWidth(),
                options.outputPaddingWidth());
        if (outHeight < 1 || outWidth < 1) {
            throw new ShapeException(
                    "convTranspose2d: the padding leaves an output of %d x %d; input %s, weight %s, padding %d x %d"
                            .formatted(
                                    outHeight, outWidth, x, weight, options.paddingHeight(), options.paddingWidth()));
        }
        return new ConvolutionGeometry(
                x.dim(0),
                weight.dim(1) * options.groups(),
                outHeight,
                outWidth,
                x.dim(1),
                x.dim(2),
                x.dim(3),
                weight.dim(2),
                weight.dim(3),
                options.strideHeight(),
                options.strideWidth(),
                options.paddingHeight(),
                options.paddingWidth(),
                options.dilationHeight(),
                options.dilationWidth(),
                options.groups());
    }

    private static void checkOutputPadding(String what, int outputPadding, int stride, int dilation) {
        if (outputPadding >= Math.max(stride, dilation)) {
            throw new ShapeException(
                    "convTranspose2d: output padding must be less than the stride or the dilation; %s has output padding %d, stride %d, dilation %d"
                            .formatted(what, outputPadding, stride, dilation));
        }
    }
}

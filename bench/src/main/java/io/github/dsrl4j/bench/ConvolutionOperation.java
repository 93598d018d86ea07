package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Operation.Passes;
import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * A convolution without bias, or the transposed convolution that is the adjoint of one. Inputs: x, dy and the weight, of a transposed
 * one dy, x and the weight. Results: y, and dx, dweight.
 *
 * @param geometry of the convolution; a transposed one leads from its output to its input
 */
public record ConvolutionOperation(ConvolutionGeometry geometry, boolean transposed) implements Operation {
    /** A square kernel on {@code [batch, in, height, width]}, with the padding that keeps the size at stride 1. */
    static ConvolutionOperation of(
            int batch, int in, int height, int width, int out, int kernel, int stride, int dilation, int groups) {
        int padding = (kernel - 1) / 2 * dilation;
        int outHeight = ConvolutionGeometry.outputExtent(height, kernel, stride, padding, dilation);
        int outWidth = ConvolutionGeometry.outputExtent(width, kernel, stride, padding, dilation);
        var geometry = new ConvolutionGeometry(
                batch, in, height, width, out, outHeight, outWidth, kernel, kernel, stride, stride, padding, padding,
                dilation, dilation, groups);
        return new ConvolutionOperation(geometry, false);
    }

    /** Doubles maps {@code [batch, channels, height, width]}: transposed, 3 x 3, stride 2, padding 1, output padding 1. */
    static ConvolutionOperation doubling(int batch, int channels, int height, int width) {
        var adjoint = of(batch, channels, 2 * height, 2 * width, channels, 3, 2, 1, 1);
        return new ConvolutionOperation(adjoint.geometry, true);
    }

    /** Such as {@code conv 3x3 dilation 2 64->64, 128x256} or {@code depthwise 3x3 64 channels, 128x256}. */
    @Override
    public String name() {
        var g = geometry;
        boolean depthwise = g.isDepthwise();
        String name = transposed ? "transposed" : depthwise ? "depthwise" : "conv";
        name += " %dx%d".formatted(g.kernelHeight(), g.kernelWidth());
        name += g.strideHeight() == 1 ? "" : " stride " + g.strideHeight();
        name += g.dilationHeight() == 1 ? "" : " dilation " + g.dilationHeight();
        name += g.groups() == 1 || depthwise ? "" : " groups " + g.groups();
        int in = transposed ? g.outChannels() : g.inChannels();
        int out = transposed ? g.inChannels() : g.outChannels();
        name += depthwise ? " %d channels, ".formatted(in) : " %d->%d, ".formatted(in, out);
        name += g.batch() == 1 ? "" : g.batch() + " x ";
        return name + (transposed ? g.outHeight() + "x" + g.outWidth() : g.inHeight() + "x" + g.inWidth());
    }

    @Override
    public Effort effort() {
        return Effort.ofFloats(2 * geometry.multiplyAdds(), (long) inputSize() + outputSize() + weightSize());
    }

    private int inputSize() {
        return geometry.batch() * geometry.inChannels() * geometry.inArea();
    }

    private int outputSize() {
        return geometry.batch() * geometry.outChannels() * geometry.outArea();
    }

    private int weightSize() {
        return geometry.outChannels() * geometry.inChannelsPerGroup() * geometry.kernelArea();
    }

    @Override
    public List<float[]> inputs(Inputs inputs) {
        return List.of(inputs.floats(inputSize()), inputs.floats(outputSize()), inputs.floats(weightSize()));
    }

    @Override
    public Passes on(Kernels kernels, List<float[]> inputs) {
        var g = geometry;
        var convolution = kernels.convolution(g);
        float[] x = inputs.get(0);
        float[] dy = inputs.get(1);
        float[] weight = inputs.get(2);
        float[] y = new float[dy.length];
        float[] dx = new float[x.length];
        float[] dweight = new float[weight.length];
        Runnable toOutput = () -> convolution.forward(g, x, 0, weight, 0, null, 0, y, 0);
        Runnable toInput = () -> convolution.backwardData(g, dy, 0, weight, 0, null, 0, dx, 0);
        Runnable toWeight = () -> convolution.backwardWeight(g, x, 0, dy, 0, dweight, 0);
        Runnable forward = transposed ? toInput : toOutput;
        Runnable backward = () -> {
            (transposed ? toOutput : toInput).run();
            toWeight.run();
        };
        return transposed
                ? Passes.inTurn(forward, List.of(dx), backward, List.of(y, dweight))
                : Passes.inTurn(forward, List.of(y), backward, List.of(dx, dweight));
    }
}

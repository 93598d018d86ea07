package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Window.Axis;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;

/**
 * Conv. Input {@code [N, C, D1, ...]}, weight {@code [M, C / group, k1, ...]}, bias {@code [M]} or none, output {@code [N, M, E1, ...]}. One
 * and two spatial dimensions go through the engine's kernels, where padding that differs between the sides is added
 * beforehand; three and more through plain loops.
 */
final class Convolutions {
    private Convolutions() {}

    static Operator convolution(Attributes attributes) {
        var window = Window.of(attributes);
        long group = attributes.integer("group", 1);
        return Operator.of(call -> new Floats(convolve(call, window, group)));
    }

    private static Tensor convolve(Call call, Window window, long group) {
        Tensor x = call.tensor(0);
        Tensor weight = call.tensor(1);
        Tensor bias = call.has(2) ? call.tensor(2) : null;
        int[] in = Window.spatial(x.shape());
        int groups = checkWeight(x.shape(), weight.shape(), group);
        int outChannels = weight.shape().dim(0);
        checkBias(bias, outChannels);
        int[] kernel = Window.spatial(weight.shape());
        window.checkKernel(kernel);
        Axis[] axes = window.axes(in, kernel, false);
        Tensor y = call.create(outputShape(x.shape().dim(0), outChannels, axes));
        int perOutput = weight.size() / Math.max(1, outChannels);
        call.work((double) y.size() * perOutput + x.size());
        if (y.size() == 0) {
            return y;
        }
        if (x.shape().dim(1) == 0) {
            throw new OnnxException("the input %s has no channels".formatted(x.shape()));
        }
        if (axes.length > 2) {
            new SpatialConvolution(x, weight, bias, axes, groups).run(y);
            return y;
        }
        plane(call, x, weight, bias, axes, groups, y);
        return y;
    }

    private static int checkWeight(Shape x, Shape weight, long group) {
        boolean fits = weight.rank() == x.rank()
                && group >= 1
                && group <= Math.max(1, x.dim(1))
                && x.dim(1) % group == 0
                && weight.dim(1) == x.dim(1) / group
                && weight.dim(0) % group == 0;
        if (!fits) {
            throw new OnnxException("the weight must be [M, C / group, kernel...]; input %s, weight %s, group %d"
                    .formatted(x, weight, group));
        }
        return (int) group;
    }

    static void checkBias(Tensor bias, int channels) {
        if (bias != null && (bias.shape().rank() != 1 || bias.size() != channels)) {
            throw new OnnxException("the bias must be [%d], not %s".formatted(channels, bias.shape()));
        }
    }

    static Shape outputShape(int batch, int channels, Axis[] axes) {
        long[] extents = new long[axes.length + 2];
        extents[0] = batch;
        extents[1] = channels;
        for (int d = 0; d < axes.length; d++) {
            extents[d + 2] = axes[d].out();
        }
        return Extents.shape(extents);
    }

    private static void plane(Call call, Tensor input, Tensor weight, Tensor bias, Axis[] axes, int groups, Tensor y) {
        Axis columns = axes[axes.length - 1];
        Axis rows = axes.length == 2 ? axes[0] : new Axis(1, 1, 1, 1, 0, 0, 1);
        boolean even = isEven(rows) && isEven(columns);
        int batch = input.shape().dim(0);
        int channels = input.shape().dim(1);
        Tensor x = input.reshape(batch, channels, rows.in(), columns.in());
        if (!even) {
            x = Padding.padded(
                    call,
                    x,
                    new int[] {0, 0, rows.begin(), columns.begin()},
                    new int[] {0, 0, rows.end(), columns.end()},
                    0);
        }
        var geometry = new ConvolutionGeometry(
                batch,
                channels,
                x.shape().dim(2),
                x.shape().dim(3),
                weight.shape().dim(0),
                rows.out(),
                columns.out(),
                rows.kernel(),
                columns.kernel(),
                rows.stride(),
                columns.stride(),
                even ? rows.begin() : 0,
                even ? columns.begin() : 0,
                rows.dilation(),
                columns.dilation(),
                groups);
        call.kernels()
                .convolution(geometry)
                .forward(
                        geometry,
                        x.array(),
                        x.offset(),
                        weight.array(),
                        weight.offset(),
                        bias == null ? null : bias.array(),
                        bias == null ? 0 : bias.offset(),
                        y.array(),
                        y.offset());
    }

    /** Whether the kernels can add the padding. More than a window is added beforehand, where its memory is counted. */
    private static boolean isEven(Axis axis) {
        return axis.begin() == axis.end() && axis.begin() < axis.span();
    }

    /** Any number of spatial dimensions: each output element is a sum over the taps that fall on the input. */
    private record SpatialConvolution(Tensor x, Tensor weight, Tensor bias, Axis[] axes, int groups) {
        void run(Tensor y) {
            int[] extents = Arrays.stream(axes).mapToInt(Axis::out).toArray();
            int count = Window.count(extents);
            int[] output = new int[axes.length];
            int to = y.offset();
            for (int n = 0; n < y.shape().dim(0); n++) {
                for (int o = 0; o < y.shape().dim(1); o++) {
                    for (int i = 0; i < count; i++, Window.advance(output, extents)) {
                        y.array()[to++] = (float) element(n, o, y.shape().dim(1), output);
                    }
                }
            }
        }

        private double element(int n, int o, int outChannels, int[] output) {
            int channels = x.shape().dim(1);
            int perGroup = channels / groups;
            int first = o / (outChannels / groups) * perGroup;
            int area = Extents.behind(x.shape(), 1);
            int[] kernel = Arrays.stream(axes).mapToInt(Axis::kernel).toArray();
            int taps = Window.count(kernel);
            int[] tap = new int[axes.length];
            double sum = bias == null ? 0 : bias.array()[bias.offset() + o];
            for (int t = 0; t < taps; t++, Window.advance(tap, kernel)) {
                int position = position(output, tap);
                if (position < 0) {
                    continue;
                }
                int at = x.offset() + (n * channels + first) * area + position;
                int w = weight.offset() + o * perGroup * taps + t;
                for (int c = 0; c < perGroup; c++) {
                    sum += (double) x.array()[at + c * area] * weight.array()[w + c * taps];
                }
            }
            return sum;
        }

        /** Where within a channel a tap falls; negative outside. */
        private int position(int[] output, int[] tap) {
            int position = 0;
            for (int d = 0; d < axes.length; d++) {
                Axis axis = axes[d];
                int i = output[d] * axis.stride() + tap[d] * axis.dilation() - axis.begin();
                if (i < 0 || i >= axis.in()) {
                    return -1;
                }
                position = position * axis.in() + i;
            }
            return position;
        }
    }
}

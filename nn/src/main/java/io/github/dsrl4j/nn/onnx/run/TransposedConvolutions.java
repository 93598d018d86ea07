package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Window.AutoPad;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;
import java.util.Optional;

/**
 * ConvTranspose, the adjoint of a convolution. Input {@code [N, C, D1, ...]}, weight {@code [C, M / group, k1, ...]}, bias {@code [M]} or
 * none. Along each spatial dimension the taps reach {@code full = (in - 1) stride + dilation (kernel - 1) + 1} positions; the
 * output leaves out {@code begin} of them at the beginning and has
 *
 * <pre>
 * out = full + output_padding - begin - end                        with pads, or
 * out = output_shape, or in stride under SAME_UPPER and SAME_LOWER where
 * begin + end = full + output_padding - out, at least 0,           SAME_UPPER has what is odd at the end, else at the beginning
 * </pre>
 */
final class TransposedConvolutions {
    private TransposedConvolutions() {}

    /** One spatial dimension; {@code begin} of the {@code full} positions are left out before the {@code out} that are kept. */
    private record Axis(int in, int kernel, int stride, int dilation, int full, int begin, int out) {}

    static Operator transposed(Attributes attributes) {
        var window = Window.of(attributes);
        long group = attributes.integer("group", 1);
        Optional<long[]> outputPadding = attributes.integers("output_padding");
        Optional<long[]> outputShape = attributes.integers("output_shape");
        return Operator.of(call -> {
            Tensor x = call.tensor(0);
            Tensor weight = call.tensor(1);
            int[] in = Window.spatial(x.shape());
            int groups = checkWeight(x.shape(), weight.shape(), group);
            int[] kernel = Window.spatial(weight.shape());
            window.checkKernel(kernel);
            var axes = new Axis[in.length];
            for (int d = 0; d < in.length; d++) {
                axes[d] = axis(window, outputPadding, outputShape, d, in, kernel[d]);
            }
            return new Floats(run(call, x, weight, axes, groups));
        });
    }

    private static int checkWeight(Shape x, Shape weight, long group) {
        boolean fits = weight.rank() == x.rank()
                && x.dim(1) >= 1
                && group >= 1
                && group <= x.dim(1)
                && x.dim(1) % group == 0
                && weight.dim(0) == x.dim(1)
                && weight.dim(1) * group <= Integer.MAX_VALUE;
        if (!fits) {
            throw new OnnxException("the weight must be [C, M / group, kernel...]; input %s, weight %s, group %d"
                    .formatted(x, weight, group));
        }
        return (int) group;
    }

    private static Axis axis(
            Window window, Optional<long[]> outputPadding, Optional<long[]> outputShape, int d, int[] in, int kernel) {
        int rank = in.length;
        long stride = window.stride(d, rank);
        long dilation = window.dilation(d, rank);
        long extra = entry("output_padding", outputPadding, d, rank).orElse(0L);
        long full = Math.max(0, (in[d] - 1) * stride + dilation * (kernel - 1) + 1);
        Optional<Long> wanted =
                entry("output_shape", outputShape, rank == length(outputShape) ? d : d + 2, length(outputShape));
        boolean same = window.autoPad() == AutoPad.SAME_UPPER || window.autoPad() == AutoPad.SAME_LOWER;
        long begin = window.pad(d, rank);
        long out = full + extra - begin - window.pad(d + rank, rank);
        if (wanted.isPresent() || same) {
            out = wanted.isPresent() ? wanted.get() : in[d] * stride;
            long total = Math.max(0, full + extra - out);
            begin = window.autoPad() == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
        }
        if (kernel < 1 || out < 0 || Math.max(full, out) > 1 << 29) {
            throw new OnnxException("spatial dimension %d: an input of %d and a kernel of %d give no output of %d"
                    .formatted(d, in[d], kernel, out));
        }
        return new Axis(in[d], kernel, (int) stride, (int) dilation, (int) full, (int) begin, (int) out);
    }

    private static int length(Optional<long[]> values) {
        return values.map(given -> given.length).orElse(0);
    }

    private static Optional<Long> entry(String name, Optional<long[]> values, int d, int rank) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        long[] given = values.get();
        if (given.length != rank || d >= given.length || given[d] < 0 || given[d] > 1 << 29) {
            throw new OnnxException("attribute '%s' is %s, which does not fit the input's spatial dimensions"
                    .formatted(name, Attributes.abbreviated(given)));
        }
        return Optional.of(given[d]);
    }

    private static Tensor run(Call call, Tensor x, Tensor weight, Axis[] axes, int groups) {
        int batch = x.shape().dim(0);
        int channels = weight.shape().dim(1) * groups;
        Tensor bias = call.has(2) ? call.tensor(2) : null;
        Convolutions.checkBias(bias, channels);
        int perInput = weight.size() / weight.shape().dim(0);
        call.work((double) x.size() * perInput);
        // Without padding the kernels give all positions; what is left out, or lies beyond them, is seen to afterwards.
        boolean whole = Arrays.stream(axes).allMatch(axis -> axis.begin == 0 && axis.out == axis.full);
        boolean even = axes.length <= 2 && Arrays.stream(axes).allMatch(TransposedConvolutions::evenlyPadded);
        Tensor y = call.create(shape(batch, channels, axes, !even));
        if (y.size() > 0 && x.size() > 0) {
            if (axes.length <= 2) {
                plane(call, x, weight, bias, axes, groups, y);
            } else {
                spatial(x, weight, bias, axes, groups, y);
            }
        } else {
            Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0);
        }
        return whole || even ? y : cropped(call, y, bias, axes);
    }

    /** Whether the output is what is left when as much, less than a window, is cut off at either end, as the kernels do it. */
    private static boolean evenlyPadded(Axis axis) {
        return axis.out == axis.full - 2 * axis.begin && axis.begin <= axis.dilation * (axis.kernel - 1);
    }

    private static Shape shape(int batch, int channels, Axis[] axes, boolean full) {
        long[] extents = new long[axes.length + 2];
        extents[0] = batch;
        extents[1] = channels;
        for (int d = 0; d < axes.length; d++) {
            extents[d + 2] = full ? axes[d].full : axes[d].out;
        }
        return Extents.shape(extents);
    }

    /** Cuts out the wanted positions; those beyond the last tap hold the bias alone. */
    private static Tensor cropped(Call call, Tensor full, Tensor bias, Axis[] axes) {
        int batch = full.shape().dim(0);
        int channels = full.shape().dim(1);
        Tensor y = call.create(shape(batch, channels, axes, false));
        int area = Extents.behind(y.shape(), 1);
        for (int plane = 0; plane < batch * channels; plane++) {
            float outside = bias == null ? 0 : bias.array()[bias.offset() + plane % channels];
            int from = y.offset() + plane * area;
            Arrays.fill(y.array(), from, from + area, outside);
        }
        int[] box = new int[axes.length + 2];
        box[0] = batch;
        box[1] = channels;
        int start = 0;
        int[] strides = full.shape().strides();
        for (int d = 0; d < axes.length; d++) {
            box[d + 2] = Math.max(0, Math.min(axes[d].out, axes[d].full - axes[d].begin));
            start += axes[d].begin * strides[d + 2];
        }
        Moves.copy(
                call,
                box,
                new Floats(full),
                start,
                strides,
                new Floats(y),
                0,
                y.shape().strides());
        return y;
    }

    private static void plane(Call call, Tensor x, Tensor weight, Tensor bias, Axis[] axes, int groups, Tensor y) {
        Axis columns = axes[axes.length - 1];
        Axis rows = axes.length == 2 ? axes[0] : new Axis(1, 1, 1, 1, 1, 0, 1);
        int height = axes.length == 2 ? y.shape().dim(2) : 1;
        int width = y.shape().dim(-1);
        var geometry = new ConvolutionGeometry(
                x.shape().dim(0),
                y.shape().dim(1),
                height,
                width,
                x.shape().dim(1),
                rows.in,
                columns.in,
                rows.kernel,
                columns.kernel,
                rows.stride,
                columns.stride,
                (rows.full - height) / 2,
                (columns.full - width) / 2,
                rows.dilation,
                columns.dilation,
                groups);
        call.kernels()
                .convolution(geometry)
                .backwardData(
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

    /** Any number of spatial dimensions: each input element is added at all its taps. */
    private static void spatial(Tensor x, Tensor weight, Tensor bias, Axis[] axes, int groups, Tensor y) {
        int outChannels = y.shape().dim(1);
        int area = Extents.behind(y.shape(), 1);
        for (int plane = 0; plane < y.shape().dim(0) * outChannels; plane++) {
            int from = y.offset() + plane * area;
            Arrays.fill(
                    y.array(), from, from + area, bias == null ? 0 : bias.array()[bias.offset() + plane % outChannels]);
        }
        int[] tapPositions = tapPositions(axes, y.shape().strides());
        int[] in = Arrays.stream(axes).mapToInt(Axis::in).toArray();
        int inArea = Window.count(in);
        int inChannels = x.shape().dim(1);
        int perGroup = outChannels / groups;
        for (int plane = 0; plane < x.shape().dim(0) * inChannels; plane++) {
            int c = plane % inChannels;
            int target = y.offset() + (plane / inChannels * outChannels + c / (inChannels / groups) * perGroup) * area;
            int[] input = new int[axes.length];
            for (int i = 0; i < inArea; i++, Window.advance(input, in)) {
                int corner = target;
                for (int d = 0; d < axes.length; d++) {
                    corner += input[d] * axes[d].stride * y.shape().strides()[d + 2];
                }
                addTaps(x.array()[x.offset() + plane * inArea + i], weight, c, tapPositions, y, corner, area);
            }
        }
    }

    /** How far behind the first tap of a window each tap falls in the output. */
    private static int[] tapPositions(Axis[] axes, int[] strides) {
        int[] kernel = Arrays.stream(axes).mapToInt(Axis::kernel).toArray();
        int[] tap = new int[axes.length];
        int[] positions = new int[Window.count(kernel)];
        for (int t = 0; t < positions.length; t++, Window.advance(tap, kernel)) {
            for (int d = 0; d < axes.length; d++) {
                positions[t] += tap[d] * axes[d].dilation * strides[d + 2];
            }
        }
        return positions;
    }

    private static void addTaps(float value, Tensor weight, int c, int[] taps, Tensor y, int corner, int area) {
        int perGroup = weight.shape().dim(1);
        for (int m = 0; m < perGroup; m++) {
            int w = weight.offset() + (c * perGroup + m) * taps.length;
            for (int t = 0; t < taps.length; t++) {
                y.array()[corner + m * area + taps[t]] += value * weight.array()[w + t];
            }
        }
    }
}

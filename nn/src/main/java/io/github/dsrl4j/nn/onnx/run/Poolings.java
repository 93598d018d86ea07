package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.nn.onnx.run.Window.Axis;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;
import java.util.Arrays;
import java.util.List;

/**
 * MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool on {@code [N, C, D1, ...]}. One and two spatial dimensions without dilation
 * and with equal padding at both ends go through the engine's kernels, all else through plain loops.
 */
final class Poolings {
    private Poolings() {}

    /**
     * The largest value in each window, padding never winning; and, if it is wanted, its index in the flattened input, in
     * row-major order or (storage_order 1) with the spatial dimensions in column-major order.
     */
    static Operator max(Attributes attributes) {
        var window = Window.of(attributes);
        boolean ceil = attributes.flag("ceil_mode", false);
        boolean columnMajor = attributes.flag("storage_order", false);
        boolean indices = attributes.wants(1);
        return call -> {
            Value x = call.value(0);
            int[] in = Window.spatial(x.shape());
            Axis[] axes = axes(call, window, x, in, ceil);
            Value y = call.create(
                    x.type(),
                    Convolutions.outputShape(x.shape().dim(0), x.shape().dim(1), axes));
            if (x instanceof Floats(Tensor tensor) && !indices && fitsKernel(axes)) {
                if (y.size() > 0) {
                    Tensor to = ((Floats) y).tensor();
                    call.kernels()
                            .pooling()
                            .maxForward(
                                    geometry(x.shape(), axes),
                                    tensor.array(),
                                    tensor.offset(),
                                    to.array(),
                                    to.offset());
                }
                return List.of(y);
            }
            Value places = call.create(DataType.INT64, y.shape());
            maxLoops(x, axes, columnMajor, y, ((Integers) places).array());
            return List.of(y, places);
        };
    }

    /**
     * The reverse of {@link #max} with indices: zeros, but for x at the places that the second input says. The output has the extents that
     * pooling with these windows came from, or those of a third input.
     */
    static Operator unpool(Attributes attributes) {
        var window = Window.of(attributes);
        return Operator.of(call -> {
            Value x = call.value(0);
            int[] in = Window.spatial(x.shape());
            long[] places = call.integers(1);
            if (!call.value(1).shape().equals(x.shape())) {
                throw new OnnxException(
                        "indices %s do not fit %s".formatted(call.value(1).describe(), x.describe()));
            }
            int[] extents = window.pooledFrom(in);
            long[] dims = new long[in.length + 2];
            for (int d = 0; d < dims.length; d++) {
                dims[d] = d < 2 ? x.shape().dim(d) : extents[d - 2];
            }
            Shape natural = Extents.shape(dims);
            Shape shape = call.has(2) ? Extents.shape(call.integers(2)) : natural;
            boolean fits = shape.rank() == natural.rank() && shape.dim(0) == dims[0] && shape.dim(1) == dims[1];
            if (!fits) {
                throw new OnnxException("%s is not unpooled to %s".formatted(x.describe(), shape));
            }
            Value y = call.create(x.type(), shape);
            Cells.fill(y, 0, y.size(), 0);
            int[] strides = shape.strides();
            int[] own = natural.strides();
            for (int i = 0; i < places.length; i++) {
                int at = 0;
                for (int d = 0; d < own.length && at >= 0; d++) {
                    long entry = places[i] / own[d] % natural.dim(d);
                    at = places[i] >= 0 && places[i] < natural.size() && entry < shape.dim(d)
                            ? at + (int) entry * strides[d]
                            : -1;
                }
                if (at < 0) {
                    throw new OnnxException("index %d is outside %s".formatted(places[i], shape));
                }
                Cells.copy(x, i, y, at, 1);
            }
            return y;
        });
    }

    /** The sum of each window over the number of its taps within the input, or with count_include_pad within its padded extent. */
    static Operator average(Attributes attributes) {
        var window = Window.of(attributes);
        boolean ceil = attributes.flag("ceil_mode", false);
        boolean countPadding = attributes.flag("count_include_pad", false);
        return Operator.of(call -> {
            Tensor x = call.tensor(0);
            int[] in = Window.spatial(x.shape());
            Axis[] axes = axes(call, window, call.value(0), in, ceil);
            Tensor y = call.create(
                    Convolutions.outputShape(x.shape().dim(0), x.shape().dim(1), axes));
            if (!fitsKernel(axes)) {
                averageLoops(x, axes, countPadding, y);
            } else if (y.size() > 0) {
                call.kernels()
                        .pooling()
                        .averageForward(
                                geometry(x.shape(), axes), countPadding, x.array(), x.offset(), y.array(), y.offset());
            }
            return new Floats(y);
        });
    }

    private static Axis[] axes(Call call, Window window, Value x, int[] in, boolean ceil) {
        int[] kernel = window.kernelShape(in.length);
        Axis[] axes = window.axes(in, kernel, ceil);
        double steps = (double) x.shape().dim(0) * x.shape().dim(1);
        double taps = 1;
        for (Axis axis : axes) {
            if (axis.begin() >= axis.span() || axis.end() >= axis.span()) {
                throw new OnnxException("padding by %d and %d leaves windows of %d with nothing in them"
                        .formatted(axis.begin(), axis.end(), axis.span()));
            }
            steps *= (double) axis.out() * axis.kernel();
            taps *= axis.kernel();
        }
        call.work(steps);
        if (taps > 1 << 24) {
            throw new OnnxException("a window of %.0f elements is larger than is supported".formatted(taps));
        }
        return axes;
    }

    private static boolean fitsKernel(Axis[] axes) {
        return axes.length <= 2
                && Arrays.stream(axes).allMatch(axis -> axis.dilation() == 1 && axis.begin() == axis.end());
    }

    private static PoolingGeometry geometry(Shape x, Axis[] axes) {
        Axis columns = axes[axes.length - 1];
        Axis rows = axes.length == 2 ? axes[0] : new Axis(1, 1, 1, 1, 0, 0, 1);
        return new PoolingGeometry(
                x.dim(0) * x.dim(1),
                rows.in(),
                columns.in(),
                rows.out(),
                columns.out(),
                rows.kernel(),
                columns.kernel(),
                rows.stride(),
                columns.stride(),
                rows.begin(),
                columns.begin());
    }

    private static void maxLoops(Value x, Axis[] axes, boolean columnMajor, Value y, long[] places) {
        int[] extents = Arrays.stream(axes).mapToInt(Axis::out).toArray();
        int[] output = new int[axes.length];
        int count = Window.count(extents);
        int area = Extents.behind(x.shape(), 1);
        int planes = x.shape().dim(0) * x.shape().dim(1);
        int to = 0;
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < count; i++, Window.advance(output, extents)) {
                int best = largest(x, plane * area, axes, output);
                store(x, plane * area + best, best >= 0, y, to);
                places[to++] = best < 0 ? -1 : (long) plane * area + (columnMajor ? columnMajor(axes, best) : best);
            }
        }
    }

    /** Where in its plane the first largest value of a window lies; -1 where the window holds nothing. */
    private static int largest(Value x, int plane, Axis[] axes, int[] output) {
        int[] kernel = Arrays.stream(axes).mapToInt(Axis::kernel).toArray();
        int[] tap = new int[axes.length];
        int taps = Window.count(kernel);
        int best = -1;
        for (int t = 0; t < taps; t++, Window.advance(tap, kernel)) {
            int here = position(axes, output, tap);
            if (here >= 0 && (best < 0 || wins(x, plane + here, plane + best))) {
                best = here;
            }
        }
        return best;
    }

    private static boolean wins(Value x, int challenger, int best) {
        if (x instanceof Integers whole) {
            return whole.array()[challenger] > whole.array()[best];
        }
        double value = x.real(challenger);
        return value > x.real(best) || (Double.isNaN(value) && !Double.isNaN(x.real(best)));
    }

    private static void store(Value x, int from, boolean found, Value y, int to) {
        switch (y) {
            case Floats floats ->
                floats.array()[floats.offset() + to] = found ? (float) x.real(from) : Float.NEGATIVE_INFINITY;
            case Doubles doubles -> doubles.array()[to] = found ? x.real(from) : Double.NEGATIVE_INFINITY;
            case Integers integers -> integers.array()[to] = found ? ((Integers) x).array()[from] : 0;
        }
    }

    private static int columnMajor(Axis[] axes, int position) {
        int rest = position;
        int[] index = new int[axes.length];
        for (int d = axes.length - 1; d >= 0; d--) {
            index[d] = rest % axes[d].in();
            rest /= axes[d].in();
        }
        int result = 0;
        for (int d = axes.length - 1; d >= 0; d--) {
            result = result * axes[d].in() + index[d];
        }
        return result;
    }

    private static void averageLoops(Tensor x, Axis[] axes, boolean countPadding, Tensor y) {
        int[] extents = Arrays.stream(axes).mapToInt(Axis::out).toArray();
        int[] output = new int[axes.length];
        int count = Window.count(extents);
        int area = Extents.behind(x.shape(), 1);
        int planes = x.shape().dim(0) * x.shape().dim(1);
        int to = y.offset();
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < count; i++, Window.advance(output, extents)) {
                y.array()[to++] = (float) mean(x, x.offset() + plane * area, axes, countPadding, output);
            }
        }
    }

    private static double mean(Tensor x, int plane, Axis[] axes, boolean countPadding, int[] output) {
        int[] kernel = Arrays.stream(axes).mapToInt(Axis::kernel).toArray();
        int[] tap = new int[axes.length];
        int taps = Window.count(kernel);
        double sum = 0;
        int count = 0;
        for (int t = 0; t < taps; t++, Window.advance(tap, kernel)) {
            int here = position(axes, output, tap);
            if (here >= 0) {
                sum += x.array()[plane + here];
            }
            count += here >= 0 || (countPadding && withinPadding(axes, output, tap)) ? 1 : 0;
        }
        return sum / count;
    }

    /** Where within a channel a tap falls; negative outside. */
    private static int position(Axis[] axes, int[] output, int[] tap) {
        int position = 0;
        for (int d = 0; d < axes.length; d++) {
            int i = output[d] * axes[d].stride() + tap[d] * axes[d].dilation() - axes[d].begin();
            if (i < 0 || i >= axes[d].in()) {
                return -1;
            }
            position = position * axes[d].in() + i;
        }
        return position;
    }

    private static boolean withinPadding(Axis[] axes, int[] output, int[] tap) {
        for (int d = 0; d < axes.length; d++) {
            int i = output[d] * axes[d].stride() + tap[d] * axes[d].dilation() - axes[d].begin();
            if (i >= axes[d].in() + axes[d].end()) {
                return false;
            }
        }
        return true;
    }

    /** The mean of each channel of each image: {@code [N, C, 1, ...]}. */
    static Operator globalAverage(Attributes attributes) {
        return Operator.of(call -> {
            Tensor sum = global(call, false);
            float area = Extents.behind(call.tensor(0).shape(), 1);
            return new Floats(Arithmetic.affine(call, sum, 1 / area, 0));
        });
    }

    /** The largest value of each channel of each image: {@code [N, C, 1, ...]}. */
    static Operator globalMax(Attributes attributes) {
        return Operator.of(call -> new Floats(global(call, true)));
    }

    private static Tensor global(Call call, boolean max) {
        Tensor x = call.tensor(0);
        int[] in = Window.spatial(x.shape());
        Shape shape = x.shape();
        for (int d = 0; d < in.length; d++) {
            shape = shape.with(d + 2, 1);
        }
        int area = Extents.behind(x.shape(), 1);
        if (area == 0) {
            throw new OnnxException("the channels of %s are empty".formatted(x.shape()));
        }
        Tensor y = call.create(shape);
        var kernels = call.kernels().reduction();
        if (max) {
            kernels.max(y.size(), area, 1, x.array(), x.offset(), y.array(), y.offset());
        } else {
            kernels.sum(y.size(), area, 1, x.array(), x.offset(), y.array(), y.offset());
        }
        return y;
    }
}

package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.run.Resizes.Scale;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Resizing along one axis: each output element is a weighted sum of the input elements around its source position.
 *
 * @param nearest which neighbour counts in mode NEAREST
 * @param cubicCoefficient a in the kernel of Keys (1981): {@code (a + 2) t^3 - (a + 3) t^2 + 1} for t = |distance| up to 1,
 *     {@code a t^3 - 5 a t^2 + 8 a t - 4 a} up to 2
 * @param excludeOutside whether elements outside the input weigh nothing, instead of being those at the edge
 * @param antialias whether the kernel widens when the output is smaller
 */
record Resampler(
        Mode mode, Source source, Nearest nearest, float cubicCoefficient, boolean excludeOutside, boolean antialias) {
    enum Mode {
        NEAREST,
        LINEAR,
        /** What LINEAR is called in Upsample. */
        BILINEAR,
        CUBIC
    }

    /** The source position of output index i: the attribute coordinate_transformation_mode. */
    enum Source {
        /** (i + 1/2) / scale - 1/2. */
        HALF_PIXEL,
        /** As HALF_PIXEL, seen from the middle of an output whose extent would not have been rounded. */
        HALF_PIXEL_SYMMETRIC,
        /** As HALF_PIXEL, 0 where the output's extent is 1. */
        PYTORCH_HALF_PIXEL,
        /** i (in - 1) / (out - 1), 0 where the output's extent is 1. */
        ALIGN_CORNERS,
        /** i / scale. */
        ASYMMETRIC,
        /** (i + 1/2) / scale. */
        TF_HALF_PIXEL_FOR_NN,
        /** ALIGN_CORNERS within a region of the input. */
        TF_CROP_AND_RESIZE
    }

    /** The attribute nearest_mode. */
    enum Nearest {
        ROUND_PREFER_FLOOR,
        ROUND_PREFER_CEIL,
        FLOOR,
        CEIL,
        /** What Resize did in version 10: FLOOR where it enlarges, CEIL where it shrinks. */
        SIMPLE
    }

    /** The attribute keep_aspect_ratio_policy: what to make of sizes. */
    enum AspectRatio {
        STRETCH,
        NOT_LARGER,
        NOT_SMALLER;

        /** The scale of each axis: {@code sizes / extents}, or one of these ratios for all axes. */
        Scale[] scales(Shape shape, int[] axes, long[] sizes) {
            Scale[] scales = new Scale[axes.length];
            for (int i = 0; i < axes.length; i++) {
                int extent = shape.dim(axes[i]);
                scales[i] = extent == 0 ? Scale.of(1) : Scale.of(sizes[i], extent);
            }
            if (this != STRETCH && scales.length > 0) {
                var order = Comparator.comparingDouble(Scale::factor);
                var stream = Arrays.stream(scales);
                Arrays.fill(scales, (this == NOT_LARGER ? stream.min(order) : stream.max(order)).orElseThrow());
            }
            return scales;
        }
    }

    boolean isLinear() {
        return mode == Mode.LINEAR || mode == Mode.BILINEAR;
    }

    /** The source position of output index {@code i}; {@code region} is start and end where the source is a region. */
    private double position(int i, int in, int out, double scale, double[] region) {
        // Not rounded, as in the reference implementation, whose results the corners of a fractional scale show.
        double exact = scale * in;
        return switch (source) {
            case HALF_PIXEL -> (i + 0.5) / scale - 0.5;
            case HALF_PIXEL_SYMMETRIC -> in / 2.0 * (1 - out / exact) + (i + 0.5) / scale - 0.5;
            case PYTORCH_HALF_PIXEL -> out > 1 ? (i + 0.5) / scale - 0.5 : 0;
            case ALIGN_CORNERS -> out > 1 ? i * (in - 1) / (exact - 1) : 0;
            case ASYMMETRIC -> i / scale;
            case TF_HALF_PIXEL_FOR_NN -> (i + 0.5) / scale;
            case TF_CROP_AND_RESIZE ->
                out > 1
                        ? region[0] * (in - 1) + i * (region[1] - region[0]) * (in - 1) / (exact - 1)
                        : (region[0] + region[1]) * (in - 1) / 2;
        };
    }

    /** As {@link #position}, and for NEAREST as it is computed there. */
    double sourcePosition(int i, int in, int out, Scale scale, double[] region) {
        return mode == Mode.NEAREST
                ? new Neighbours(source, nearest, in, out, scale, region).position(i)
                : position(i, in, out, scale.factor(), region);
    }

    /** Resizes one axis of x to {@code out} entries. */
    Value along(Call call, Value x, int axis, int out, Scale given, double[] region) {
        int in = x.shape().dim(axis);
        if (mode == Mode.NEAREST) {
            call.work(out);
            return Moves.select(call, x, axis, new Neighbours(source, nearest, in, out, given, region).indices());
        }
        double scale = given.factor();
        Value y = call.create(x.type(), x.shape().with(axis, out));
        double reach = radius() / stretch(scale);
        call.work(y.size() * (2 * reach + 2));
        for (int i = 0; i < out; i++) {
            double position = position(i, in, out, scale, region);
            long first = (long) Math.floor(position) + (long) Math.floor(-reach) + 1;
            double[] weights = weights(position, first, reach, scale, in);
            blend(x, axis, in, i, out, first, weights, y);
        }
        return y;
    }

    private int radius() {
        return mode == Mode.CUBIC ? 2 : 1;
    }

    private double stretch(double scale) {
        return antialias ? Math.min(scale, 1) : 1;
    }

    private double[] weights(double position, long first, double reach, double scale, int in) {
        long last = (long) Math.floor(position) + (long) Math.ceil(reach);
        double[] weights = new double[(int) (last - first + 1)];
        double sum = 0;
        for (int t = 0; t < weights.length; t++) {
            long source = first + t;
            boolean counts = !excludeOutside || (source >= 0 && source < in);
            weights[t] = counts ? kernel(stretch(scale) * (source - position)) : 0;
            sum += weights[t];
        }
        if (excludeOutside || antialias) {
            for (int t = 0; t < weights.length; t++) {
                weights[t] /= sum;
            }
        }
        return weights;
    }

    private double kernel(double distance) {
        double t = Math.abs(distance);
        if (mode != Mode.CUBIC) {
            return Math.max(0, 1 - t);
        }
        double a = cubicCoefficient;
        if (t <= 1) {
            return ((a + 2) * t - (a + 3)) * t * t + 1;
        }
        return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
    }

    /** Entry {@code i} of the output as a sum over the input's entries from {@code first} on, those at the edges repeated. */
    private static void blend(Value x, int axis, int in, int i, int out, long first, double[] weights, Value y) {
        int outer = Extents.before(x.shape(), axis);
        int inner = Extents.behind(x.shape(), axis);
        double[] sums = new double[inner];
        for (int o = 0; o < outer; o++) {
            Arrays.fill(sums, 0);
            for (int t = 0; t < weights.length; t++) {
                int from = (o * in + (int) Math.clamp(first + t, 0L, in - 1L)) * inner;
                for (int k = 0; k < inner; k++) {
                    sums[k] += weights[t] * x.real(from + k);
                }
            }
            int to = (o * out + i) * inner;
            for (int k = 0; k < inner; k++) {
                store(y, to + k, sums[k]);
            }
        }
    }

    private static void store(Value y, int at, double value) {
        switch (y) {
            case Floats floats -> floats.array()[floats.offset() + at] = (float) value;
            case Doubles doubles -> doubles.array()[at] = Value.round(y.type(), value);
            case Integers integers -> integers.array()[at] = Value.wrap(y.type(), (long) value);
        }
    }
}

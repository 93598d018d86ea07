package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Resampler.AspectRatio;
import io.github.dsrl4j.nn.onnx.run.Resampler.Mode;
import io.github.dsrl4j.nn.onnx.run.Resampler.Nearest;
import io.github.dsrl4j.nn.onnx.run.Resampler.Source;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Resampling.Geometry;
import java.util.Arrays;
import java.util.List;

/**
 * Resize and Upsample. Bilinear resizing of images with {@code align_corners} or {@code half_pixel} goes through the engine's kernel;
 * all other modes go axis by axis, since a resize in several dimensions is one in each of them after the other.
 */
final class Resizes {
    private Resizes() {}

    /**
     * By how much an axis grows: a number given as such, or a ratio of whole numbers that follows from sizes.
     *
     * @param numerator 0 where the scale is no ratio
     */
    record Scale(double factor, long numerator, long denominator) {
        static Scale of(double factor) {
            return new Scale(factor, 0, 0);
        }

        static Scale of(long out, long in) {
            return new Scale((double) out / in, out, in);
        }

        /** What an axis grows to; the product of a number is rounded to float32 first, as in ONNX Runtime: 0.7f of 10 is 7. */
        double extent(int in) {
            return isRatio()
                    ? Math.floor((2.0 * numerator * in + denominator) / (2.0 * denominator))
                    : Math.floor((float) (factor * in));
        }

        boolean isRatio() {
            return numerator > 0;
        }
    }

    /** What does not depend on the axis. */
    private record Options(Resampler resampler, AspectRatio policy, long[] axes, float outside) {}

    /** Up to version 8 the scales are an attribute, then an input. */
    static Operator upsample(Attributes attributes) {
        if (attributes.opset() >= 10) {
            throw new UnsupportedOnnxException("from operator set 10 on Resize takes its place");
        }
        Options options = simple(attributes, Nearest.FLOOR);
        if (attributes.opset() >= 9) {
            return Operator.of(call -> resize(call, options, call.value(1), null, null));
        }
        List<Float> scales =
                attributes.reals("scales").orElseThrow(() -> new OnnxException("attribute 'scales' is missing"));
        float[] factors = new float[scales.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = scales.get(i);
        }
        Value fixed = new Floats(Tensor.of(Shape.of(factors.length), factors));
        return Operator.of(call -> resize(call, options, fixed, null, null));
    }

    /** Inputs x and scales in version 10; then x, roi, scales, sizes, of which one of the last two is given. */
    static Operator resize(Attributes attributes) {
        if (attributes.opset() < 11) {
            Options options = simple(attributes, Nearest.SIMPLE);
            return Operator.of(call -> resize(call, options, call.value(1), null, null));
        }
        Options options = full(attributes);
        return Operator.of(call -> {
            Value roi = call.has(1) && call.value(1).size() > 0 ? call.value(1) : null;
            Value scales = call.has(2) && call.value(2).size() > 0 ? call.value(2) : null;
            long[] sizes = call.has(3) && call.value(3).size() > 0 ? call.integers(3) : null;
            if ((scales == null) == (sizes == null)) {
                throw new OnnxException("either scales or sizes must be given, and not both");
            }
            return resize(call, options, scales, sizes, roi);
        });
    }

    private static Options simple(Attributes attributes, Nearest nearest) {
        Mode mode = attributes.choice("mode", Mode.NEAREST, List.of(Mode.NEAREST, Mode.LINEAR, Mode.BILINEAR));
        var resampler = new Resampler(mode, Source.ASYMMETRIC, nearest, 0, false, false);
        return new Options(resampler, AspectRatio.STRETCH, null, 0);
    }

    private static Options full(Attributes attributes) {
        int opset = attributes.opset();
        var resampler = new Resampler(
                attributes.choice("mode", Mode.NEAREST, List.of(Mode.NEAREST, Mode.LINEAR, Mode.CUBIC)),
                attributes.choice("coordinate_transformation_mode", Source.HALF_PIXEL, List.of(Source.values())),
                attributes.choice(
                        "nearest_mode",
                        Nearest.ROUND_PREFER_FLOOR,
                        List.of(Nearest.ROUND_PREFER_FLOOR, Nearest.ROUND_PREFER_CEIL, Nearest.FLOOR, Nearest.CEIL)),
                attributes.real("cubic_coeff_a", -0.75f),
                attributes.flag("exclude_outside", false),
                opset >= 18 && attributes.flag("antialias", false));
        var policy = opset >= 18
                ? attributes.choice("keep_aspect_ratio_policy", AspectRatio.STRETCH, List.of(AspectRatio.values()))
                : AspectRatio.STRETCH;
        long[] axes = opset >= 18 ? attributes.integers("axes").orElse(null) : null;
        return new Options(resampler, policy, axes, attributes.real("extrapolation_value", 0));
    }

    private static Value resize(Call call, Options options, Value scales, long[] sizes, Value roi) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        int[] axes = options.axes == null ? Extents.allAxes(rank) : Extents.axes(options.axes, rank);
        int given = scales == null ? sizes.length : scales.size();
        if (given != axes.length) {
            throw new OnnxException(
                    "%d scales or sizes are given for %d axes of %s".formatted(given, axes.length, x.describe()));
        }
        Scale[] factors = scales == null ? options.policy.scales(x.shape(), axes, sizes) : new Scale[axes.length];
        int[] out = x.shape().dims();
        for (int i = 0; i < axes.length; i++) {
            int in = x.shape().dim(axes[i]);
            if (scales != null) {
                factors[i] = Scale.of(scales.real(i));
            }
            double factor = factors[i].factor;
            double extent = scales == null && options.policy == AspectRatio.STRETCH ? sizes[i] : factors[i].extent(in);
            if (!(in == 0 ? extent == 0 : extent >= 1) || extent > 1 << 29 || !(factor > 0 || in == 0)) {
                throw new OnnxException("dimension %d of %s cannot become %.0f".formatted(axes[i], x.shape(), extent));
            }
            out[axes[i]] = (int) extent;
        }
        double[][] window = regions(options, roi, axes.length);
        if (options.resampler.source() != Source.TF_CROP_AND_RESIZE && kernelFits(options, x, axes, factors, out)) {
            return bilinear(call, options, (Floats) x, Shape.of(out));
        }
        return axisByAxis(call, options, x, axes, factors, out, window);
    }

    private static double[][] regions(Options options, Value roi, int count) {
        double[][] regions = new double[count][];
        if (options.resampler.source() != Source.TF_CROP_AND_RESIZE) {
            return regions;
        }
        if (roi == null || roi.size() != 2 * count) {
            throw new OnnxException("a region, start and end for each of %d axes, must be given".formatted(count));
        }
        for (int i = 0; i < count; i++) {
            regions[i] = new double[] {roi.real(i), roi.real(count + i)};
        }
        return regions;
    }

    private static boolean kernelFits(Options options, Value x, int[] axes, Scale[] factors, int[] out) {
        Resampler resampler = options.resampler;
        boolean linear = resampler.isLinear() && !resampler.antialias() && !resampler.excludeOutside();
        boolean source = resampler.source() == Source.ALIGN_CORNERS || resampler.source() == Source.HALF_PIXEL;
        if (!(x instanceof Floats) || out.length != 4 || !linear || !source || x.size() == 0) {
            return false;
        }
        for (int i = 0; i < axes.length; i++) {
            int in = x.shape().dim(axes[i]);
            // The kernel takes the scale from the extents, which a scale of its own may not agree with.
            if ((axes[i] < 2 && out[axes[i]] != in) || Math.abs(factors[i].factor * in - out[axes[i]]) > 1e-4) {
                return false;
            }
        }
        return true;
    }

    private static Value bilinear(Call call, Options options, Floats x, Shape shape) {
        Tensor y = call.create(shape);
        var geometry = new Geometry(
                shape.dim(0) * shape.dim(1), x.shape().dim(2), x.shape().dim(3), shape.dim(2), shape.dim(3));
        call.kernels()
                .resampling()
                .bilinearForward(
                        geometry,
                        options.resampler.source() == Source.ALIGN_CORNERS,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset());
        return new Floats(y);
    }

    private static Value axisByAxis(
            Call call, Options options, Value x, int[] axes, Scale[] factors, int[] out, double[][] regions) {
        Value y = x;
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            int in = x.shape().dim(axis);
            boolean unchanged = out[axis] == in && factors[i].factor == 1 && regions[i] == null;
            if (unchanged || in == 0) {
                continue;
            }
            y = options.resampler.along(call, y, axis, out[axis], factors[i], regions[i]);
        }
        if (options.resampler.source() == Source.TF_CROP_AND_RESIZE) {
            markOutside(options, x, axes, factors, out, regions, y);
        }
        return y;
    }

    /** Elements that lie outside the input along any axis get a value of their own. */
    private static void markOutside(
            Options options, Value x, int[] axes, Scale[] factors, int[] out, double[][] regions, Value y) {
        if (!(y instanceof Floats floats)) {
            throw new UnsupportedOnnxException("tf_crop_and_resize of %s is not supported".formatted(x.type()));
        }
        float[] to = floats.array();
        for (int i = 0; i < axes.length; i++) {
            int in = x.shape().dim(axes[i]);
            int outer = Extents.before(y.shape(), axes[i]);
            int inner = Extents.behind(y.shape(), axes[i]);
            for (int j = 0; j < out[axes[i]]; j++) {
                double position = options.resampler.sourcePosition(j, in, out[axes[i]], factors[i], regions[i]);
                if (position >= 0 && position <= in - 1) {
                    continue;
                }
                for (int o = 0; o < outer; o++) {
                    int from = y.offset() + (o * out[axes[i]] + j) * inner;
                    Arrays.fill(to, from, from + inner, options.outside);
                }
            }
        }
    }
}

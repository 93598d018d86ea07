package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.List;

/**
 * GridSample: {@code y[n, c, i] = x[n, c] at grid[n, i]}, where a position holds a coordinate for each spatial dimension, the last first, from -1
 * to 1. These mean the centres of the first and the last pixel with align_corners, else their outer edges. Between pixels values are
 * interpolated linearly in each dimension, with cubics (a = -3/4), or taken from the nearest pixel, half to even.
 */
final class GridSamples {
    private static final double A = -0.75;

    private GridSamples() {}

    /** Between pixels; up to version 19 the first two were called bilinear and bicubic. */
    private enum Mode {
        LINEAR,
        CUBIC,
        BILINEAR,
        BICUBIC,
        NEAREST
    }

    /** Outside the image: 0, the pixel at the border, or the image mirrored at its border. */
    private enum Outside {
        ZEROS,
        BORDER,
        REFLECTION
    }

    static Operator sample(Attributes attributes) {
        boolean old = attributes.opset() < 20;
        Mode mode = attributes.choice(
                "mode",
                old ? Mode.BILINEAR : Mode.LINEAR,
                old
                        ? List.of(Mode.BILINEAR, Mode.NEAREST, Mode.BICUBIC)
                        : List.of(Mode.LINEAR, Mode.NEAREST, Mode.CUBIC));
        Outside outside = attributes.choice("padding_mode", Outside.ZEROS, List.of(Outside.values()));
        boolean alignCorners = attributes.flag("align_corners", false);
        return Operator.of(call -> {
            Value x = call.widened(0);
            Value grid = call.widened(1);
            Shape shape = x.shape();
            Shape places = grid.shape();
            int rank = shape.rank() - 2;
            boolean fits = rank >= 1
                    && places.rank() == shape.rank()
                    && places.dim(0) == shape.dim(0)
                    && places.dim(-1) == rank;
            if (!fits) {
                throw new OnnxException("a grid %s does not fit %s".formatted(places, x.describe()));
            }
            int[] extents = shape.dims();
            System.arraycopy(places.dims(), 1, extents, 2, rank);
            Value y = call.create(x.type(), Shape.of(extents));
            int count = places.span(1, rank + 1);
            call.work((double) y.size() * Math.pow(mode == Mode.CUBIC || mode == Mode.BICUBIC ? 4 : 2, rank));
            if (y.size() > 0 && shape.span(2, shape.rank()) == 0) {
                throw new OnnxException("there is no pixel in " + x.describe());
            }
            var axes = new Taps[rank];
            for (int i = 0; i < shape.dim(0) * count; i++) {
                for (int d = 0; d < rank; d++) {
                    double coordinate = grid.real(i * rank + rank - 1 - d);
                    axes[d] = Taps.of(coordinate, shape.dim(2 + d), mode, outside, alignCorners);
                }
                for (int c = 0; c < shape.dim(1); c++) {
                    int plane = i / count * shape.dim(1) + c;
                    int first = plane * shape.span(2, shape.rank());
                    Cells.put(y, plane * count + i % count, value(x, first, shape, axes, 0));
                }
            }
            return y;
        });
    }

    private static double value(Value x, int first, Shape shape, Taps[] axes, int d) {
        if (d == axes.length) {
            return x.real(first);
        }
        double sum = 0;
        int stride = shape.span(3 + d, shape.rank());
        for (int t = 0; t < axes[d].weights.length; t++) {
            if (axes[d].pixels[t] >= 0) {
                sum += axes[d].weights[t] * value(x, first + axes[d].pixels[t] * stride, shape, axes, d + 1);
            }
        }
        return sum;
    }

    /** The pixels that count along a dimension, -1 where there is none, and their weights. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Taps(int[] pixels, double[] weights) {
        static Taps of(double coordinate, int length, Mode mode, Outside outside, boolean alignCorners) {
            double position = alignCorners ? (coordinate + 1) / 2 * (length - 1) : ((coordinate + 1) * length - 1) / 2;
            return switch (mode) {
                case NEAREST -> {
                    double at = inside(Math.rint(position), length, outside, alignCorners);
                    yield new Taps(new int[] {pixel(at, length)}, new double[] {1});
                }
                case LINEAR, BILINEAR -> {
                    double at = inside(position, length, outside, alignCorners);
                    double floor = Math.floor(at);
                    yield new Taps(
                            new int[] {pixel(floor, length), pixel(floor + 1, length)},
                            new double[] {1 - (at - floor), at - floor});
                }
                case CUBIC, BICUBIC -> cubic(position, length, outside, alignCorners);
            };
        }

        private static Taps cubic(double position, int length, Outside outside, boolean alignCorners) {
            double floor = Math.floor(position);
            double t = position - floor;
            var pixels = new int[4];
            for (int k = 0; k < 4; k++) {
                // The pixels are brought inside one by one, as the polynomial needs them where they would be.
                pixels[k] = pixel(inside(floor - 1 + k, length, outside, alignCorners), length);
            }
            return new Taps(pixels, new double[] {far(1 + t), near(t), near(1 - t), far(2 - t)});
        }

        private static double near(double t) {
            return ((A + 2) * t - (A + 3)) * t * t + 1;
        }

        private static double far(double t) {
            return ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;
        }

        private static double inside(double position, int length, Outside outside, boolean alignCorners) {
            return switch (outside) {
                case ZEROS -> position;
                case BORDER -> Math.clamp(position, 0, length - 1);
                case REFLECTION -> {
                    double mirrored =
                            alignCorners ? mirrored(position, 0, length - 1) : mirrored(position, -0.5, length - 0.5);
                    yield Math.clamp(mirrored, 0, length - 1);
                }
            };
        }

        private static double mirrored(double position, double least, double most) {
            double span = most - least;
            if (span == 0) {
                return least;
            }
            double rest = Math.abs(position - least) % (2 * span);
            return least + (rest <= span ? rest : 2 * span - rest);
        }

        private static int pixel(double position, int length) {
            return position >= 0 && position < length ? (int) position : -1;
        }
    }
}

package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.bench.devices.Load.Kind;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.Resampling;
import java.util.ArrayList;
import java.util.List;

/** The operations that training a segmentation network spends its time in, each in growing sizes. */
final class Operations {
    private static final int CHANNELS = 64;
    private static final int FEATURES = 32;

    /** Sums in float and in another order differ by some rounding errors. */
    private static final double TOLERANCE = 1e-4;

    private Operations() {}

    /** All families, one after the other. */
    static List<Load> all(Scale scale) {
        var loads = new ArrayList<Load>();
        for (int n : scale.of(64, 128, 256, 512, 1024)) {
            loads.add(product(n));
        }
        int[] heights = scale.of(8, 16, 32, 64, 128);
        for (int height : heights) {
            loads.add(convolution(height, false));
        }
        for (int height : heights) {
            loads.add(convolution(height, true));
        }
        for (int height : heights) {
            loads.add(depthwise(height));
        }
        for (int height : heights) {
            loads.add(batchNorm(height));
        }
        for (int height : heights) {
            loads.add(prelu(height));
        }
        for (int height : heights) {
            loads.add(bilinear(height));
        }
        for (int positions : scale.of(256, 512, 1024, 2048, 4096)) {
            loads.add(affinity(positions));
        }
        for (int n : scale.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000)) {
            loads.add(adam(n));
        }
        return loads;
    }

    private static Load operation(
            String family, String size, long elements, long flops, long floats, Load.Start start) {
        return new Load(family, size, elements, () -> flops, floats * Float.BYTES, TOLERANCE, Kind.OPERATION, start);
    }

    private static Load product(int n) {
        long area = (long) n * n;
        return operation("matrix product", n + " x " + n, area, 2 * area * n, 3 * area, device -> {
            var o = new Operands(device);
            Tensor a = o.input(n * n);
            Tensor b = o.input(n * n);
            Tensor c = o.output(n * n);
            return o.running(() -> o.kernels()
                    .matrixProduct()
                    .multiply(
                            n,
                            n,
                            n,
                            false,
                            a.array(),
                            a.offset(),
                            n,
                            false,
                            b.array(),
                            b.offset(),
                            n,
                            c.array(),
                            c.offset(),
                            n,
                            false));
        });
    }

    private static ConvolutionGeometry geometry(int height, int groups) {
        int width = 2 * height;
        return new ConvolutionGeometry(
                1, CHANNELS, height, width, CHANNELS, height, width, 3, 3, 1, 1, 1, 1, 1, 1, groups);
    }

    private static String image(int height) {
        return height + " x " + 2 * height;
    }

    private static Load convolution(int height, boolean backward) {
        ConvolutionGeometry g = geometry(height, 1);
        int area = CHANNELS * 2 * height * height;
        int weights = CHANNELS * CHANNELS * 9;
        long passes = backward ? 3 : 1;
        return operation(
                backward ? "convolution 3x3, forward+backward" : "convolution 3x3",
                image(height),
                area,
                2 * passes * g.multiplyAdds(),
                passes * (2L * area + weights),
                device -> {
                    var o = new Operands(device);
                    Tensor x = o.input(area);
                    Tensor w = o.input(weights);
                    Tensor dy = backward ? o.input(area) : null;
                    Tensor y = o.output(area);
                    Tensor dx = backward ? o.output(area) : null;
                    Tensor dw = backward ? o.output(weights) : null;
                    var kernel = o.kernels().convolution(g);
                    return o.running(() -> {
                        kernel.forward(g, x.array(), x.offset(), w.array(), w.offset(), null, 0, y.array(), y.offset());
                        if (backward) {
                            kernel.backwardData(
                                    g,
                                    dy.array(),
                                    dy.offset(),
                                    w.array(),
                                    w.offset(),
                                    null,
                                    0,
                                    dx.array(),
                                    dx.offset());
                            kernel.backwardWeight(
                                    g, x.array(), x.offset(), dy.array(), dy.offset(), dw.array(), dw.offset());
                        }
                    });
                });
    }

    private static Load depthwise(int height) {
        ConvolutionGeometry g = geometry(height, CHANNELS);
        int area = CHANNELS * 2 * height * height;
        return operation("depthwise convolution 3x3", image(height), area, 2 * g.multiplyAdds(), 2L * area, device -> {
            var o = new Operands(device);
            Tensor x = o.input(area);
            Tensor w = o.input(CHANNELS * 9);
            Tensor y = o.output(area);
            var kernel = o.kernels().convolution(g);
            return o.running(() ->
                    kernel.forward(g, x.array(), x.offset(), w.array(), w.offset(), null, 0, y.array(), y.offset()));
        });
    }

    private static Load batchNorm(int height) {
        int area = 2 * height * height;
        var g = new Normalization.Geometry(1, CHANNELS, area);
        int size = CHANNELS * area;
        return operation("batch normalisation", image(height), size, 0, 3L * size, device -> {
            var o = new Operands(device);
            Tensor x = o.input(size);
            Tensor weight = o.positive(CHANNELS);
            Tensor bias = o.input(CHANNELS);
            Tensor mean = o.inner(CHANNELS);
            Tensor variance = o.inner(CHANNELS);
            Tensor y = o.output(size);
            return o.running(() -> {
                var kernel = o.kernels().normalization();
                kernel.statistics(
                        g, x.array(), x.offset(), mean.array(), mean.offset(), variance.array(), variance.offset());
                kernel.forward(
                        g,
                        1e-5f,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        bias.array(),
                        bias.offset(),
                        y.array(),
                        y.offset());
            });
        });
    }

    private static Load prelu(int height) {
        int area = 2 * height * height;
        int size = CHANNELS * area;
        return operation("PReLU", image(height), size, 0, 2L * size, device -> {
            var o = new Operands(device);
            Tensor x = o.input(size);
            Tensor slope = o.positive(CHANNELS);
            Tensor y = o.output(size);
            return o.running(() -> o.kernels()
                    .elementwise()
                    .preluForward(
                            1,
                            CHANNELS,
                            area,
                            x.array(),
                            x.offset(),
                            slope.array(),
                            slope.offset(),
                            y.array(),
                            y.offset()));
        });
    }

    private static Load bilinear(int height) {
        int size = CHANNELS * 2 * height * height;
        var g = new Resampling.Geometry(CHANNELS, height, 2 * height, 2 * height, 4 * height);
        return operation("bilinear to twice the size", image(height), size, 0, 5L * size, device -> {
            var o = new Operands(device);
            Tensor x = o.input(size);
            Tensor y = o.output(4 * size);
            return o.running(() ->
                    o.kernels().resampling().bilinearForward(g, true, x.array(), x.offset(), y.array(), y.offset()));
        });
    }

    /** The least to be done uses the symmetry of the similarity matrices. */
    private static Load affinity(int positions) {
        var g = new Affinity.Geometry(1, positions, FEATURES, FEATURES);
        int size = FEATURES * positions;
        long flops = 6L * positions * positions * FEATURES;
        return operation(
                "feature affinity, loss and gradient", positions + " positions", size, flops, 4L * size, device -> {
                    var o = new Operands(device);
                    Tensor a = o.input(size);
                    Tensor b = o.input(size);
                    Tensor loss = o.output(1);
                    Tensor da = o.output(size);
                    Tensor db = o.output(size);
                    return o.running(() -> o.kernels()
                            .affinity()
                            .lossAndGradient(
                                    g,
                                    a.array(),
                                    a.offset(),
                                    b.array(),
                                    b.offset(),
                                    loss.array(),
                                    loss.offset(),
                                    da.array(),
                                    da.offset(),
                                    db.array(),
                                    db.offset()));
                });
    }

    private static Load adam(int n) {
        String size = n < 1_000_000 ? n / 1_000 + "k values" : n / 1_000_000 + "M values";
        return operation("Adam", size, n, 0, 7L * n, device -> {
            var o = new Operands(device);
            Tensor gradient = o.input(n);
            Tensor m = o.changed(o.input(n));
            Tensor v = o.changed(o.positive(n));
            Tensor w = o.changed(o.input(n));
            return o.running(() -> o.kernels()
                    .update()
                    .adam(
                            n,
                            1e-3f,
                            0.9f,
                            0.999f,
                            1e-8f,
                            2e-4f,
                            false,
                            10,
                            gradient.array(),
                            gradient.offset(),
                            m.array(),
                            m.offset(),
                            v.array(),
                            v.offset(),
                            w.array(),
                            w.offset()));
        });
    }
}

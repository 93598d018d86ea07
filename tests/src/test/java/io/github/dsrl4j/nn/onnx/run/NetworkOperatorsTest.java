package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.dims;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.full;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions, poolings, resampling and normalisation, against the examples of ONNX's documentation and sums done by hand. */
final class NetworkOperatorsTest {
    @ParameterizedTest
    @MethodSource({"convolutions", "transposed", "poolings", "resizes", "normalizations"})
    void gives(Expectation expectation) {
        expectation.check();
    }

    private static AttributeProto ints(String name, long... values) {
        return AttributeProto.ints(name, values);
    }

    private static AttributeProto text(String name, String value) {
        return AttributeProto.of(name, value);
    }

    private static AttributeProto number(String name, long value) {
        return AttributeProto.of(name, value);
    }

    private static Value image(int height, int width, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats(dims(1, 1, height, width), floats);
    }

    /** 1, 2, 3, ... */
    private static Value fromOne(int height, int width) {
        double[] values = new double[height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return image(height, width, values);
    }

    static Stream<Expectation> convolutions() {
        Value x = counting(1, 1, 5, 5);
        Value w = full(1, 1, 1, 3, 3);
        float[] cube = new float[27];
        int[] counts = {1, 2, 1};
        for (int i = 0; i < 27; i++) {
            cube[i] = counts[i / 9] * counts[i / 3 % 3] * counts[i % 3];
        }
        return Stream.of(
                Expectation.of("padding", 11, "Conv", x, w)
                        .with(ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1))
                        .gives(image(
                                5, 5, 12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162,
                                111, 72, 111, 117, 123, 84)),
                Expectation.of("strides and padding of the rows alone", 11, "Conv", counting(1, 1, 7, 5), w)
                        .with(ints("pads", 1, 0, 1, 0), ints("strides", 2, 2))
                        .gives(image(4, 2, 21, 33, 99, 117, 189, 207, 171, 183)),
                Expectation.of("padding at the ends alone", 7, "Conv", counting(1, 1, 3, 3), full(1, 1, 1, 2, 2))
                        .with(ints("pads", 0, 0, 1, 1))
                        .gives(image(3, 3, 8, 12, 7, 20, 24, 13, 13, 15, 8)),
                Expectation.of("SAME_LOWER", 11, "Conv", x, w)
                        .with(text("auto_pad", "SAME_LOWER"), ints("strides", 2, 2))
                        .gives(image(3, 3, 12, 27, 24, 63, 108, 81, 72, 117, 84)),
                Expectation.of("SAME_UPPER of an even kernel", 11, "Conv", counting(1, 1, 3, 3), full(1, 1, 1, 2, 2))
                        .with(text("auto_pad", "SAME_UPPER"))
                        .gives(image(3, 3, 8, 12, 7, 20, 24, 13, 13, 15, 8)),
                Expectation.of("SAME_LOWER of an even kernel", 11, "Conv", counting(1, 1, 3, 3), full(1, 1, 1, 2, 2))
                        .with(text("auto_pad", "SAME_LOWER"))
                        .gives(image(3, 3, 0, 1, 3, 3, 8, 12, 9, 20, 24)),
                Expectation.of(
                                "groups, dilation and bias along one dimension",
                                11,
                                "Conv",
                                floats(dims(1, 2, 3), 1, 2, 3, 4, 5, 6),
                                floats(dims(2, 1, 2), 1, 1, 1, -1),
                                floats(dims(2), 10, 20))
                        .with(number("group", 2), ints("dilations", 2))
                        .gives(floats(dims(1, 2, 1), 14, 18)),
                Expectation.of("three dimensions", 11, "Conv", full(1, 1, 1, 2, 2, 2), full(1, 1, 1, 2, 2, 2))
                        .with(ints("pads", 1, 1, 1, 1, 1, 1))
                        .gives(floats(dims(1, 1, 3, 3, 3), cube)));
    }

    static Stream<Expectation> transposed() {
        Value x = counting(1, 1, 3, 3);
        Value w = full(1, 1, 1, 3, 3);
        return Stream.of(
                Expectation.of("plain", 11, "ConvTranspose", x, w)
                        .gives(image(
                                5, 5, 0, 1, 3, 3, 2, 3, 8, 15, 12, 7, 9, 21, 36, 27, 15, 9, 20, 33, 24, 13, 6, 13, 21,
                                15, 8)),
                Expectation.of("strides and pads", 11, "ConvTranspose", x, w)
                        .with(ints("strides", 3, 2), ints("pads", 1, 2, 1, 2))
                        .gives(image(7, 3, 1, 1, 3, 1, 1, 3, 7, 4, 9, 7, 4, 9, 7, 4, 9, 13, 7, 15, 13, 7, 15)),
                Expectation.of("output_shape beyond the taps", 11, "ConvTranspose", x, w)
                        .with(ints("strides", 3, 2), ints("output_shape", 10, 8))
                        .gives(rows(
                                8,
                                "0,0,1,1,3,2,2,0",
                                3,
                                "3,3,7,4,9,5,5,0",
                                3,
                                "6,6,13,7,15,8,8,0",
                                3,
                                "0,0,0,0,0,0,0,0",
                                1)),
                Expectation.of("output_padding", 11, "ConvTranspose", x, w)
                        .with(ints("strides", 3, 2), ints("output_padding", 1, 1))
                        .gives(rows(
                                8,
                                "0,0,1,1,3,2,2,0",
                                3,
                                "3,3,7,4,9,5,5,0",
                                3,
                                "6,6,13,7,15,8,8,0",
                                3,
                                "0,0,0,0,0,0,0,0",
                                1)),
                Expectation.of("SAME_UPPER", 11, "ConvTranspose", x, w)
                        .with(ints("strides", 2, 2), text("auto_pad", "SAME_UPPER"))
                        .gives(rows(
                                6,
                                "0,0,1,1,3,2",
                                2,
                                "3,3,8,5,12,7",
                                1,
                                "3,3,7,4,9,5",
                                1,
                                "9,9,20,11,24,13",
                                1,
                                "6,6,13,7,15,8",
                                1)),
                Expectation.of("groups along one dimension", 11, "ConvTranspose", counting(1, 2, 2), counting(2, 1, 2))
                        .with(number("group", 2))
                        .gives(floats(dims(1, 2, 3), 0, 0, 1, 4, 12, 9)),
                Expectation.of(
                                "three dimensions and a bias",
                                11,
                                "ConvTranspose",
                                full(2, 1, 1, 1, 1, 2),
                                floats(dims(1, 1, 1, 1, 2), 1, 3),
                                floats(dims(1), 10))
                        .gives(floats(dims(1, 1, 1, 1, 3), 12, 18, 16)));
    }

    /** An image of rows, each with the number of times that it stands there. */
    private static Value rows(int width, Object... rows) {
        var values = new ArrayList<Double>();
        for (int i = 0; i < rows.length; i += 2) {
            for (int times = 0; times < (int) rows[i + 1]; times++) {
                for (String value : ((String) rows[i]).split(",", -1)) {
                    values.add(Double.valueOf(value));
                }
            }
        }
        return image(
                values.size() / width,
                width,
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static Stream<Expectation> poolings() {
        Value four = fromOne(4, 4);
        Value five = fromOne(5, 5);
        return Stream.of(
                Expectation.of("ceil_mode", 10, "MaxPool", four)
                        .with(ints("kernel_shape", 3, 3), ints("strides", 2, 2), number("ceil_mode", 1))
                        .gives(image(2, 2, 11, 12, 15, 16)),
                Expectation.of("ceil_mode, no window begins in the padding", 10, "MaxPool", fromOne(2, 2))
                        .with(ints("kernel_shape", 1, 1), ints("strides", 2, 2), number("ceil_mode", 1))
                        .gives(image(1, 1, 1)),
                Expectation.of("dilations", 10, "MaxPool", four)
                        .with(ints("kernel_shape", 2, 2), ints("dilations", 2, 2))
                        .gives(image(2, 2, 11, 12, 15, 16)),
                Expectation.of("indices", 8, "MaxPool", five)
                        .with(ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                        .gives(image(2, 2, 7, 9, 17, 19), Value.of(Shape.of(1, 1, 2, 2), 6, 8, 16, 18)),
                Expectation.of("indices in column-major order", 8, "MaxPool", five)
                        .with(ints("kernel_shape", 2, 2), ints("strides", 2, 2), number("storage_order", 1))
                        .gives(image(2, 2, 7, 9, 17, 19), Value.of(Shape.of(1, 1, 2, 2), 6, 16, 8, 18)),
                Expectation.of("negative values win over padding", 1, "MaxPool", full(-3, 1, 1, 2, 2))
                        .with(ints("kernel_shape", 2, 2), ints("pads", 0, 0, 1, 1))
                        .gives(full(-3, 1, 1, 2, 2)),
                Expectation.of("padding not counted", 7, "AveragePool", five)
                        .with(ints("kernel_shape", 5, 5), ints("pads", 2, 2, 2, 2))
                        .gives(image(
                                5, 5, 7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14, 14.5, 15,
                                15.5, 16, 16.5, 17, 17.5, 18, 18.5, 19)),
                Expectation.of("padding counted", 7, "AveragePool", five)
                        .with(ints("kernel_shape", 5, 5), ints("pads", 2, 2, 2, 2), number("count_include_pad", 1))
                        .gives(image(
                                5, 5, 2.52, 3.6, 4.8, 4.08, 3.24, 4.56, 6.4, 8.4, 7.04, 5.52, 7.2, 10, 13, 10.8, 8.4,
                                6.96, 9.6, 12.4, 10.24, 7.92, 6.12, 8.4, 10.8, 8.88, 6.84)),
                Expectation.of("padding counted at the ends alone", 7, "AveragePool", full(4, 1, 1, 2, 2))
                        .with(ints("kernel_shape", 2, 2), ints("pads", 0, 0, 1, 1), number("count_include_pad", 1))
                        .gives(image(2, 2, 4, 2, 2, 1)),
                Expectation.of("ceil_mode", 10, "AveragePool", four)
                        .with(ints("kernel_shape", 3, 3), ints("strides", 2, 2), number("ceil_mode", 1))
                        .gives(image(2, 2, 6, 7.5, 12, 13.5)),
                Expectation.of("SAME_UPPER", 7, "AveragePool", five)
                        .with(ints("kernel_shape", 3, 3), ints("strides", 2, 2), text("auto_pad", "SAME_UPPER"))
                        .gives(image(3, 3, 4, 5.5, 7, 11.5, 13, 14.5, 19, 20.5, 22)),
                Expectation.of("dilations", 19, "AveragePool", four)
                        .with(ints("kernel_shape", 2, 2), ints("dilations", 2, 2))
                        .gives(image(2, 2, 6, 7, 10, 11)),
                Expectation.of("three dimensions", 7, "AveragePool", counting(1, 1, 2, 2, 2))
                        .with(ints("kernel_shape", 2, 2, 2))
                        .gives(full(3.5f, 1, 1, 1, 1, 1)),
                Expectation.of("of a channel", 1, "GlobalAveragePool", counting(1, 2, 2, 2))
                        .gives(floats(dims(1, 2, 1, 1), 1.5f, 5.5f)),
                Expectation.of("of a channel", 1, "GlobalMaxPool", counting(1, 2, 3))
                        .gives(floats(dims(1, 2, 1), 2, 5)));
    }

    static Stream<Expectation> resizes() {
        Value two = fromOne(2, 2);
        Value four = fromOne(4, 4);
        Value twice = floats(dims(4), 1, 1, 2, 2);
        Value half = floats(dims(4), 1, 1, 0.6f, 0.6f);
        return Stream.of(
                Expectation.of("nearest", 9, "Upsample", two, floats(dims(4), 1, 1, 2, 3))
                        .gives(rows(6, "1,1,1,2,2,2", 2, "3,3,3,4,4,4", 2)),
                Expectation.of("linear", 9, "Upsample", two, twice)
                        .with(text("mode", "linear"))
                        .gives(rows(4, "1,1.5,2,2", 1, "2,2.5,3,3", 1, "3,3.5,4,4", 2)),
                Expectation.of("nearest, smaller: to the upper neighbour", 10, "Resize", four, half)
                        .gives(image(2, 2, 1, 3, 9, 11)),
                Expectation.of("half_pixel", 11, "Resize", two, null, twice)
                        .with(text("mode", "linear"))
                        .gives(rows(
                                4,
                                "1,1.25,1.75,2",
                                1,
                                "1.5,1.75,2.25,2.5",
                                1,
                                "2.5,2.75,3.25,3.5",
                                1,
                                "3,3.25,3.75,4",
                                1)),
                Expectation.of("align_corners", 13, "Resize", two, null, null, longs(1, 1, 3, 3))
                        .with(text("mode", "linear"), text("coordinate_transformation_mode", "align_corners"))
                        .gives(image(3, 3, 1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4)),
                Expectation.of("align_corners, scales that do not divide", 13, "Resize", fromOne(2, 4), null, half)
                        .with(text("mode", "linear"), text("coordinate_transformation_mode", "align_corners"))
                        .gives(image(1, 2, 1, 3.142857)),
                Expectation.of("pytorch_half_pixel to one column", 13, "Resize", four, null, null, longs(1, 1, 3, 1))
                        .with(text("mode", "linear"), text("coordinate_transformation_mode", "pytorch_half_pixel"))
                        .gives(image(3, 1, 1.6666666, 7, 12.333333)),
                Expectation.of("nearest, floor of align_corners", 13, "Resize", four, null, null, longs(1, 1, 8, 8))
                        .with(text("coordinate_transformation_mode", "align_corners"), text("nearest_mode", "floor"))
                        .gives(rows(
                                8,
                                "1,1,1,2,2,3,3,4",
                                3,
                                "5,5,5,6,6,7,7,8",
                                2,
                                "9,9,9,10,10,11,11,12",
                                2,
                                "13,13,13,14,14,15,15,16",
                                1)),
                Expectation.of(
                                "nearest, ties to the lower neighbour",
                                13,
                                "Resize",
                                image(1, 2, 1, 2),
                                null,
                                null,
                                longs(1, 1, 1, 1))
                        .gives(image(1, 1, 1)),
                Expectation.of(
                                "nearest, ties to the upper neighbour",
                                13,
                                "Resize",
                                image(1, 2, 1, 2),
                                null,
                                null,
                                longs(1, 1, 1, 1))
                        .with(text("nearest_mode", "round_prefer_ceil"))
                        .gives(image(1, 1, 2)),
                Expectation.of("cubic", 13, "Resize", four, null, floats(dims(4), 1, 1, 0.8f, 0.8f))
                        .with(text("mode", "cubic"))
                        .gives(image(
                                3,
                                3,
                                1.47119141,
                                2.78125,
                                4.08251953,
                                6.71142578,
                                8.02148438,
                                9.32275391,
                                11.91650391,
                                13.2265625,
                                14.52783203)),
                Expectation.of("antialias", 18, "Resize", four, null, half)
                        .with(text("mode", "linear"), number("antialias", 1))
                        .gives(image(2, 2, 2.875, 4.5, 9.375, 11)),
                Expectation.of("axes and the smaller scale of both", 18, "Resize", two, null, null, longs(7, 8))
                        .with(ints("axes", 2, 3), text("keep_aspect_ratio_policy", "not_larger"))
                        .gives(rows(7, "1,1,1,1,2,2,2", 4, "3,3,3,3,4,4,4", 3)),
                Expectation.of(
                                "tf_crop_and_resize",
                                13,
                                "Resize",
                                four,
                                floats(dims(8), 0, 0, 0.4f, 0.6f, 1, 1, 0.6f, 0.8f),
                                null,
                                longs(1, 1, 3, 3))
                        .with(text("mode", "linear"), text("coordinate_transformation_mode", "tf_crop_and_resize"))
                        .gives(image(3, 3, 7.6, 7.9, 8.2, 8.8, 9.1, 9.4, 10, 10.3, 10.6)));
    }

    static Stream<Expectation> normalizations() {
        Value x = floats(dims(1, 2, 1, 3), -1, 0, 1, 2, 3, 4);
        Value scale = floats(dims(2), 1, 1.5f);
        Value bias = floats(dims(2), 0, 1);
        AttributeProto exact = AttributeProto.of("epsilon", 0f);
        float unit = (float) Math.sqrt(1.5);
        return Stream.of(
                Expectation.of("per image and channel", 6, "InstanceNormalization", x, scale, bias)
                        .with(exact)
                        .gives(floats(dims(1, 2, 1, 3), -unit, 0, unit, 1 - 1.5f * unit, 1, 1 + 1.5f * unit)),
                Expectation.of(
                                "inference",
                                9,
                                "BatchNormalization",
                                x,
                                scale,
                                bias,
                                floats(dims(2), 1, 2),
                                floats(dims(2), 4, 9))
                        .with(exact)
                        .gives(floats(dims(1, 2, 1, 3), -1, -0.5f, 0, 1, 1.5f, 2)),
                Expectation.of(
                                "training",
                                15,
                                "BatchNormalization",
                                x,
                                scale,
                                bias,
                                floats(dims(2), 10, 20),
                                floats(dims(2), 1, 1))
                        .with(exact, number("training_mode", 1), AttributeProto.of("momentum", 0.5f))
                        .gives(
                                floats(dims(1, 2, 1, 3), -unit, 0, unit, 1 - 1.5f * unit, 1, 1 + 1.5f * unit),
                                floats(dims(2), 5, 11.5f),
                                floats(dims(2), 5 / 6f, 5 / 6f)),
                Expectation.of("flattens before version 13", 11, "Softmax", full(1, 2, 2, 2))
                        .gives(full(0.25f, 2, 2, 2)),
                Expectation.of("along the last axis", 13, "Softmax", full(1, 2, 2, 2))
                        .gives(full(0.5f, 2, 2, 2)),
                Expectation.of("along the channels", 13, "LogSoftmax", floats(dims(1, 2, 1), 0, (float) Math.log(3)))
                        .with(number("axis", 1))
                        .gives(floats(dims(1, 2, 1), (float) -Math.log(4), (float) Math.log(0.75))),
                loss("mean", "mean", 3 * Math.log(4) / 3),
                loss("sum", "sum", 3 * Math.log(4)));
    }

    /** Two pixels of equal scores for four classes, the first of weight 3, the second to be ignored. */
    private static Expectation loss(String name, String reduction, double expected) {
        return Expectation.of(
                        name,
                        13,
                        "SoftmaxCrossEntropyLoss",
                        full(7, 1, 4, 2),
                        Value.of(Shape.of(1, 2), 2, 255),
                        floats(dims(4), 1, 1, 3, 1))
                .with(text("reduction", reduction), number("ignore_index", 255))
                .gives(floats(dims(), (float) expected), full((float) -Math.log(4), 1, 4, 2));
    }
}

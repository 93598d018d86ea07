package io.github.dsrl4j.dsrl.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.inference.OnnxFile;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.onnx.OnnxExport;
import io.github.dsrl4j.nn.onnx.OnnxOptions;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks, exported and run by ONNX Runtime. */
class OnnxExportNetworkTest {
    private static final double TOLERANCE = 1e-4;
    private static final int CLASSES = 11;

    private static Layer network(boolean full) {
        var random = new Random(3);
        return settled(new EspNetV2(random, full ? EspNetV2.Width.TWO : EspNetV2.Width.HALF, CLASSES), random);
    }

    private static Layer variant(Variant variant, boolean predictionLayer) {
        var random = new Random(4);
        DsrlOptions paper = DsrlOptions.of(variant);
        var options = new DsrlOptions(variant, predictionLayer, 0.1f, 1, 8, 16, 32, paper.detachImageFeatures());
        return settled(
                DualSuperResolution.forInference(random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), options),
                random);
    }

    /** Fresh statistics, slopes and shifts are all alike, which would hide an exchange. */
    private static Layer settled(Layer model, Random random) {
        model.state().forEach((name, tensor) -> {
            if (tensor.shape().rank() == 1) {
                float[] values = tensor.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] = values[i] * (0.8f + 0.4f * random.nextFloat())
                            + (name.endsWith("running_var") ? 0 : 0.1f * (float) random.nextGaussian());
                }
                tensor.copyFrom(values);
            }
        });
        return model;
    }

    static Stream<Arguments> fixedSizes() {
        return Stream.of(
                arguments("espnetv2", network(false), Shape.of(1, 3, 64, 96)),
                arguments("espnetv2", network(false), Shape.of(1, 3, 45, 61)),
                arguments("espnetv2", network(false), Shape.of(2, 3, 180, 241)),
                arguments("espnetv2 2.0", network(true), Shape.of(1, 3, 96, 131)),
                arguments("baseline", variant(Variant.BASELINE, true), Shape.of(1, 3, 50, 38)),
                arguments("sssr", variant(Variant.SSSR, true), Shape.of(1, 3, 45, 61)),
                arguments("sssr", variant(Variant.SSSR, false), Shape.of(2, 3, 64, 96)),
                arguments("sssr+sisr", variant(Variant.SSSR_SISR, true), Shape.of(1, 3, 99, 70)),
                arguments("dsrl", variant(Variant.DSRL, true), Shape.of(1, 3, 33, 127)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("fixedSizes")
    void onnxRuntimeAgreesAtAFixedSize(String name, Layer model, Shape input) {
        check(model, OnnxExport.toModel(model, input, OnnxOptions.DEFAULT), input);
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void onnxRuntimeAgreesAtAnySize(Variant variant) {
        Layer model = variant(variant, true);
        ModelProto onnx =
                OnnxExport.toModel(model, Shape.of(1, 3, 64, 96), OnnxOptions.DEFAULT.withExtents(Extents.ANY_SIZE));
        check(
                model,
                onnx,
                Shape.of(1, 3, 64, 96),
                Shape.of(2, 3, 45, 61),
                Shape.of(1, 3, 33, 127),
                Shape.of(1, 3, 360, 74),
                Shape.of(1, 3, 41, 900),
                Shape.of(3, 3, 100, 83));
    }

    @Test
    void onnxRuntimeAgreesForAnyBatch() {
        Layer model = variant(Variant.DSRL, true);
        ModelProto onnx =
                OnnxExport.toModel(model, Shape.of(1, 3, 45, 61), OnnxOptions.DEFAULT.withExtents(Extents.ANY_BATCH));
        check(model, onnx, Shape.of(1, 3, 45, 61), Shape.of(3, 3, 45, 61));
    }

    private static void check(Layer model, ModelProto onnx, Shape... inputs) {
        try (OnnxRuntime runtime = OnnxRuntime.load(onnx.toBytes())) {
            for (Shape shape : inputs) {
                Tensor input = Tensor.randn(new Random(5), shape.dims());
                double difference = OnnxRuntime.difference(OnnxRuntime.forward(model, input), runtime.run(input));
                assertTrue(difference <= TOLERANCE, () -> shape + ": " + difference);
            }
        }
    }

    /** Every parameter and buffer that inference reads is there under its name, with its values. */
    @Test
    void namesAndValuesAreKept() {
        Layer model = network(false);
        ModelProto onnx = OnnxExport.toModel(model, Shape.of(1, 3, 64, 64), OnnxOptions.DEFAULT);
        Map<String, Tensor> state = model.state();
        Set<String> missing = new LinkedHashSet<>(state.keySet());
        for (TensorProto initializer : onnx.graph().initializers()) {
            if (missing.remove(initializer.name())) {
                assertEquals(
                        0,
                        OnnxRuntime.difference(
                                state.get(initializer.name()).reshape(initializer.size()),
                                Tensor.of(Shape.of(initializer.size()), initializer.toFloats())));
            }
        }
        missing.removeIf(name -> name.endsWith("num_batches_tracked"));
        assertEquals(
                Set.of(
                        "base_net.level2_0.eesp.module_act.weight",
                        "base_net.level3_0.eesp.module_act.weight",
                        "base_net.level4_0.eesp.module_act.weight"),
                missing);
    }

    @Test
    void publishedWeightsAgree(@TempDir Path folder) {
        Path weights = SharedData.require("data/espnetv2/espnetv2_s_0.5_city_512x256.pth");
        ModelFile.Loaded loaded = ModelFile.read(weights);
        Path file = folder.resolve("espnetv2.onnx");
        OnnxFile.write(file, loaded, 128, 256, Extents.ANY_SIZE);
        ModelProto onnx = ModelProto.read(file);
        assertEquals(
                List.of("image: FLOAT[batch, 3, height, width]"),
                onnx.graph().inputs().stream().map(Object::toString).toList());
        assertEquals("0.485,0.456,0.406", onnx.metadata().get("mean"));
        assertTrue(
                onnx.metadata().get("classes").startsWith("road,"),
                onnx.metadata().get("classes"));
        check(loaded.model(), onnx, Shape.of(1, 3, 128, 256), Shape.of(1, 3, 201, 155));
    }
}

package io.github.dsrl4j.dsrl.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.onnx.OnnxExport;
import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.OnnxOptions;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network that is written as an ONNX file and read again computes what it did, at any size of the image. */
final class OnnxRoundTripTest {
    private static final int CLASSES = 11;

    /** Sums in another order, and normalisation that is not folded; both through some hundred layers. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Variant.class)
    void computesTheSame(Variant variant) {
        var random = new Random(11);
        var network = new EspNetV2(random, EspNetV2.Width.HALF, CLASSES);
        Layer model = DualSuperResolution.forInference(random, network, DsrlOptions.of(variant));
        model.eval();
        Path file = folder.resolve("network.onnx");
        OnnxExport.write(file, model, Shape.of(1, 3, 64, 96), OnnxOptions.DEFAULT.withExtents(Extents.ANY_SIZE));
        OnnxModel onnx = OnnxModel.load(file);
        for (Shape shape : new Shape[] {Shape.of(1, 3, 64, 96), Shape.of(2, 3, 45, 61)}) {
            Tensor image = Tensor.randn(random, shape.dims());
            float[] expected = model.apply(Variable.of(image)).value().toArray();
            double difference = difference(expected, onnx.run(image).toArray());
            assertTrue(difference <= TOLERANCE, () -> shape + ": " + difference);
        }
    }

    /** In the 2-norm, relative. */
    private static double difference(float[] expected, float[] actual) {
        double squares = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += Math.pow(expected[i] - actual[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return expected.length == actual.length ? Math.sqrt(squares / norm) : Double.POSITIVE_INFINITY;
    }
}

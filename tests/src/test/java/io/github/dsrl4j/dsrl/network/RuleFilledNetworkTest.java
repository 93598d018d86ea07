package io.github.dsrl4j.dsrl.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ESPNetv2 and the branches of dual super-resolution against PyTorch's float64, with weights by {@link RuleWeights}: names and shapes, features,
 * outputs, losses, all gradients, and running statistics. How the values were made stands beside them (espnetv2.py).
 */
final class RuleFilledNetworkTest {
    private static final int CLASSES = 11;
    private static final int IGNORED = 255;
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;
    private static final DsrlOptions OPTIONS = DsrlOptions.of(Variant.DSRL);

    private static Map<String, Tensor> golden;
    private static Map<String, Object> kinds;
    private static Map<String, Object> shapes;

    @BeforeAll
    static void read() throws IOException {
        try (var in = RuleFilledNetworkTest.class.getResourceAsStream("espnetv2.safetensors");
                var file = Safetensors.of("espnetv2.safetensors", in.readAllBytes())) {
            golden = file.tensors();
            kinds = Json.parseObject(file.metadata().get("kinds"));
            shapes = Json.parseObject(file.metadata().get("shapes"));
        }
    }

    private static DualSuperResolution model(DsrlOptions options) {
        var random = new Random(1);
        var model =
                DualSuperResolution.forTraining(random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), options);
        RuleWeights.fill(model, kinds);
        return model;
    }

    private static Variable image() {
        return Variable.of(RuleWeights.image("input", 2, 3, HEIGHT, WIDTH));
    }

    /** The elements that were stored of a tensor: evenly spread over it. */
    private static double[] sample(Tensor tensor, int count) {
        float[] values = tensor.toArray();
        double[] sample = new double[count];
        for (int k = 0; k < count; k++) {
            sample[k] = values[(int) ((long) k * values.length / count)];
        }
        return sample;
    }

    private static void assertClose(String name, Variable actual) {
        float[] expected = golden.get(name).toArray();
        double[] got = sample(actual.value(), expected.length);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(got[i] - expected[i]));
        }
        assertEquals(0, difference / largest, 2e-5, name);
    }

    @Test
    void namesAndShapesAreThoseOfTheOtherProgram() {
        Map<String, Tensor> state = model(OPTIONS).state();
        assertEquals(shapes.keySet(), state.keySet());
        state.forEach((name, tensor) -> {
            var dims = new ArrayList<Long>();
            for (int dim : tensor.shape().dims()) {
                dims.add((long) dim);
            }
            // A counter is a scalar there.
            assertEquals(shapes.get(name), name.endsWith("num_batches_tracked") ? List.of() : dims, name);
        });
    }

    @Test
    void inferenceAgrees() {
        DualSuperResolution model = model(OPTIONS);
        model.eval();
        List<Variable> features = Gradients.off(() -> model.network().encode(image()));
        for (int level = 1; level <= 4; level++) {
            assertClose("eval.level" + level, features.get(level - 1));
        }
        DsrlOutput output = Gradients.off(() -> model.train(image()));
        assertClose("eval.logits", output.segmentation());
        assertClose("eval.image", output.image());
        assertClose("eval.segmentation_features", output.segmentationFeatures());
        assertClose("eval.image_features", output.imageFeatures());
        assertClose("eval.logits", Gradients.off(() -> model.apply(image())));
        DualSuperResolution plain = model(DsrlOptions.of(Variant.BASELINE));
        plain.eval();
        assertClose("eval.baseline", Gradients.off(() -> plain.apply(image())));
    }

    /**
     * With batch norm by its running statistics (frozen) rounding stays small; over a batch of two it is amplified, by some parameters far more
     * than by others, so that the median over all of them tells most.
     */
    @ParameterizedTest
    @ValueSource(strings = {"frozen", "train"})
    void lossesAndGradientsAgree(String mode) {
        boolean train = mode.equals("train");
        DualSuperResolution model = model(OPTIONS);
        if (train) {
            model.train();
        } else {
            model.eval();
        }
        DsrlLoss.Terms terms = new DsrlLoss(OPTIONS, IGNORED, null)
                .of(
                        model.train(image()),
                        RuleWeights.labels(CLASSES, IGNORED, 2, 2 * HEIGHT, 2 * WIDTH),
                        RuleWeights.image("target", 2, 3, 2 * HEIGHT, 2 * WIDTH));
        terms.total().backward();
        float[] losses = golden.get(mode + ".losses").toArray();
        double tolerance = train ? 2e-5 : 2e-6;
        assertEquals(losses[0], terms.total().value().item(), tolerance * losses[0], "loss");
        assertEquals(losses[1], terms.crossEntropy().value().item(), tolerance * losses[1], "cross entropy");
        assertEquals(losses[2], terms.image().value().item(), tolerance * losses[2], "image");
        assertEquals(losses[3], terms.affinity().value().item(), 2 * tolerance * losses[3], "affinity");

        var errors = new ArrayList<Double>();
        model.parameters().forEach((name, parameter) -> {
            Tensor norm = golden.get(mode + ".norm." + name);
            if (norm == null) {
                assertFalse(parameter.hasGradient(), name + " has a gradient that PyTorch does not compute");
                return;
            }
            errors.add(checkGradient(
                    mode, name, parameter.gradient(), norm.item(), train ? 2e-2 : 1e-3, train ? 0.1 : 2e-2));
        });
        assertTrue(errors.size() > 250, errors.size() + " gradients");
        errors.sort(null);
        double median = errors.get(errors.size() / 2);
        System.out.printf("%s: median error of a gradient's norm %.1e, largest %.1e%n", mode, median, errors.getLast());
        assertEquals(0, median, train ? 1e-3 : 2e-5, "median over all gradients");
        if (train) {
            model.state().forEach((name, tensor) -> {
                Tensor norm = golden.get("train.running." + name);
                if (norm != null) {
                    assertEquals(norm.item(), norm(tensor), 2e-5 * norm.item(), name);
                }
            });
        }
    }

    /** Gives the relative error of the norm. */
    private static double checkGradient(
            String mode, String name, Tensor gradient, double norm, double normTolerance, double tolerance) {
        float[] expected = golden.get(mode + ".sample." + name).toArray();
        double[] actual = sample(gradient, expected.length);
        double usual = norm / Math.sqrt(gradient.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(
                    expected[i],
                    actual[i],
                    tolerance * (Math.abs(expected[i]) + usual),
                    "gradient of " + name + ", element " + i);
        }
        double error = Math.abs(norm(gradient) / norm - 1);
        assertEquals(0, error, normTolerance, "norm of the gradient of " + name);
        return error;
    }

    private static double norm(Tensor tensor) {
        double sum = 0;
        for (float value : tensor.toArray()) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}

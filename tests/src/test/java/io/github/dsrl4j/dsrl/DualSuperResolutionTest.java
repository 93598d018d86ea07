package io.github.dsrl4j.dsrl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DualSuperResolutionTest {
    private static final int CLASSES = 11;

    private static DualSuperResolution training(DsrlOptions options) {
        var random = new Random(7);
        return DualSuperResolution.forTraining(random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), options);
    }

    private static Tensor labels(Shape shape) {
        float[] ids = new float[shape.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i / 5 % (CLASSES + 1);
        }
        return Tensor.of(shape, ids);
    }

    @ParameterizedTest
    @CsvSource({
        "BASELINE, 64, 96",
        "SSSR, 64, 96",
        "SSSR_SISR, 64, 96",
        "DSRL, 64, 96",
        "BASELINE, 45, 61",
        "DSRL, 45, 61",
        "DSRL, 50, 38"
    })
    void everyVariantTrainsAtAnySize(Variant variant, int height, int width) {
        DualSuperResolution model = training(DsrlOptions.of(variant));
        Variable input = Variable.of(Tensor.randn(new Random(1), 2, 3, height, width));
        DsrlOutput output = model.train(input);
        int factor = variant.factor();
        assertEquals(
                Shape.of(2, CLASSES, factor * height, factor * width),
                output.segmentation().shape());
        if (variant.superResolvesImage()) {
            assertEquals(Shape.of(2, 3, 2 * height, 2 * width), output.image().shape());
        } else {
            assertNull(output.image());
        }
        if (variant.tiesFeatures()) {
            assertEquals(
                    Shape.of(2, 16, 2 * height / 8, 2 * width / 8),
                    output.segmentationFeatures().shape());
            assertEquals(
                    Shape.of(2, 32, 2 * height / 8, 2 * width / 8),
                    output.imageFeatures().shape());
        } else {
            assertNull(output.imageFeatures());
        }
        Tensor large = Tensor.randn(new Random(2), 2, 3, 2 * height, 2 * width);
        var loss = new DsrlLoss(DsrlOptions.of(variant), CLASSES, null);
        DsrlLoss.Terms terms = loss.of(output, labels(Shape.of(2, factor * height, factor * width)), large);
        terms.total().backward();
        var without = model.parameters().entrySet().stream()
                .filter(entry -> !entry.getValue().hasGradient())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        // The slopes of the three down-sampling units, which their callers activate.
        assertEquals(
                Set.of(
                        "base_net.level2_0.eesp.module_act.weight",
                        "base_net.level3_0.eesp.module_act.weight",
                        "base_net.level4_0.eesp.module_act.weight"),
                without);
    }

    @Test
    void theLossIsTheWeightedSumOfItsTerms() {
        var options = new DsrlOptions(Variant.DSRL, true, 0.25f, 3f, 8, 16, 32, false);
        DsrlOutput output = training(options).train(Variable.of(Tensor.randn(new Random(1), 1, 3, 64, 64)));
        Tensor large = Tensor.randn(new Random(2), 1, 3, 128, 128);
        DsrlLoss.Terms terms = new DsrlLoss(options, CLASSES, null).of(output, labels(Shape.of(1, 128, 128)), large);
        double expected = terms.crossEntropy().value().item()
                + 0.25 * terms.image().value().item()
                + 3 * terms.affinity().value().item();
        assertEquals(expected, terms.total().value().item(), 1e-5 * expected);
        assertTrue(terms.affinity().value().item() > 0);
    }

    /** The parts of the model that one term of the loss reaches: the first words of the names of parameters with a gradient. */
    private static Set<String> reached(DsrlOptions options, Function<DsrlOutput, Variable> term) {
        DualSuperResolution model = training(options);
        DsrlOutput output = model.train(Variable.of(Tensor.randn(new Random(1), 2, 3, 64, 64)));
        term.apply(output).backward();
        var reached = new TreeSet<String>();
        model.parameters().forEach((name, parameter) -> {
            if (parameter.hasGradient() && norm(parameter.gradient()) > 0) {
                reached.add(name.replaceFirst("(sssr\\.prediction|[^.]*).*", "$1"));
            }
        });
        return reached;
    }

    private static double norm(Tensor tensor) {
        double sum = 0;
        for (float value : tensor.toArray()) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private static DsrlOptions options(boolean predictionLayer, boolean detach) {
        return new DsrlOptions(Variant.DSRL, predictionLayer, 0.1f, 1f, 8, 16, 32, detach);
    }

    private static Variable affinity(DsrlOutput output) {
        return output.segmentationFeatures().featureAffinity(output.imageFeatures());
    }

    @Test
    void theCrossEntropyReachesEncoderDecoderAndSegmentation() {
        Set<String> reached = reached(
                options(true, false),
                output -> output.segmentation().crossEntropy(labels(Shape.of(2, 128, 128)), CLASSES, null));
        assertTrue(reached.containsAll(Set.of("base_net", "bu_dec_l4", "sssr", "sssr.prediction")), () -> "" + reached);
        assertFalse(reached.contains("sisr") || reached.contains("transform"), () -> "" + reached);
    }

    @Test
    void theImageLossReachesItsBranchAndTheSharedEncoderAlone() {
        assertEquals(
                Set.of("base_net", "sisr"),
                reached(options(true, false), output -> output.image().square().mean()));
    }

    @Test
    void theAffinityReachesBothBranchesButNotThePredictionLayer() {
        Set<String> reached = reached(options(true, false), DualSuperResolutionTest::affinity);
        assertTrue(
                reached.containsAll(Set.of("base_net", "bu_dec_l4", "sssr", "transform", "sisr")), () -> "" + reached);
        assertFalse(reached.contains("sssr.prediction"), () -> "" + reached);
    }

    @Test
    void detachedImageFeaturesGetNoPullFromTheAffinity() {
        for (boolean predictionLayer : new boolean[] {false, true}) {
            Set<String> reached = reached(options(predictionLayer, true), DualSuperResolutionTest::affinity);
            assertTrue(reached.containsAll(Set.of("base_net", "sssr", "transform")), () -> "" + reached);
            assertFalse(reached.contains("sisr"), () -> "" + reached);
        }
    }

    @Test
    void detachingChangesTheGradientOfTheSegmentationNotAtAll() {
        var gradients = new ArrayList<float[]>();
        for (boolean detach : new boolean[] {false, true}) {
            DualSuperResolution model = training(options(true, detach));
            affinity(model.train(Variable.of(Tensor.randn(new Random(1), 1, 3, 64, 64))))
                    .backward();
            gradients.add(
                    model.parameters().get("transform.conv.weight").gradient().toArray());
        }
        assertArrayEquals(gradients.get(0), gradients.get(1));
    }

    /** The image features end in tanh: they lie within (-1, 1), and are not small for that. */
    @Test
    void theImageFeaturesGoThroughTanh() {
        DualSuperResolution model = training(DsrlOptions.of(Variant.DSRL));
        // So large that without tanh the features would be large, too.
        Variable bias = model.parameters().get("sisr.features.bias");
        float[] values = new float[bias.shape().size()];
        for (int c = 0; c < values.length; c++) {
            values[c] = 50 * (c % 2 == 0 ? 1 : -1);
        }
        bias.value().copyFrom(values);
        float[] features = model.train(Variable.of(Tensor.randn(new Random(1), 1, 3, 64, 64)))
                .imageFeatures()
                .value()
                .toArray();
        int area = features.length / values.length;
        for (int i = 0; i < features.length; i++) {
            assertEquals(i / area % 2 == 0 ? 1 : -1, features[i], 1e-4, "feature " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void atInferenceTheTrainingBranchesAreGoneAndNothingElseChanges(Variant variant) {
        DsrlOptions options = DsrlOptions.of(variant);
        DualSuperResolution trained = training(options);
        trained.train(Variable.of(Tensor.randn(new Random(3), 2, 3, 64, 64)));
        trained.eval();
        var random = new Random(99);
        var deployed =
                DualSuperResolution.forInference(random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), options);
        var weights = trained.state();
        weights.keySet().removeIf(DualSuperResolution::isTrainingOnly);
        assertEquals(weights.keySet(), deployed.state().keySet());
        StateLoader.strict().load(deployed, weights);
        deployed.eval();
        Variable image = Variable.of(Tensor.randn(new Random(4), 1, 3, 48, 80));
        assertArrayEquals(
                Gradients.off(() -> trained.apply(image)).value().toArray(),
                Gradients.off(() -> deployed.apply(image)).value().toArray());
        // At inference the whole method costs what SSSR alone costs.
        var sssr = new Random(1);
        var plain = DualSuperResolution.forInference(
                sssr,
                new EspNetV2(sssr, EspNetV2.Width.HALF, CLASSES),
                DsrlOptions.of(variant == Variant.BASELINE ? Variant.BASELINE : Variant.SSSR));
        assertEquals(plain.parameterCount(), deployed.parameterCount());
    }

    @Test
    void aModelMadeForInferenceRefusesToTrainItsMissingBranch() {
        var random = new Random(1);
        var model = DualSuperResolution.forInference(
                random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), DsrlOptions.of(Variant.DSRL));
        var error = assertThrows(
                IllegalStateException.class, () -> model.train(Variable.of(Tensor.randn(new Random(1), 1, 3, 32, 32))));
        assertEquals(
                "dsrl: this model was made for inference, its image branch is gone; load it for training",
                error.getMessage());
    }

    @Test
    void wrongChoicesAreNamed() {
        assertEquals(
                "variant: there is no 'dual'; choose baseline, sssr, sssr+sisr or dsrl",
                assertThrows(IllegalArgumentException.class, () -> Variant.of("dual"))
                        .getMessage());
        assertEquals(
                "dsrl: loss weights cannot be negative: image -1.0, affinity 1.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new DsrlOptions(Variant.DSRL, true, -1, 1, 8, 16, 32, false))
                        .getMessage());
        assertEquals(
                "espnetv2: there is no width 0.7; choose 0.5, 1.0, 1.25, 1.5 or 2.0",
                assertThrows(IllegalArgumentException.class, () -> EspNetV2.Width.of(0.7))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"HALF, 20", "ONE, 20", "ONE_AND_A_HALF, 20", "TWO, 20", "ONE_AND_A_QUARTER, 20"})
    void superResolvingTheSegmentationAddsTheReleasedNumberOfParameters(EspNetV2.Width width, int classes) {
        var random = new Random(1);
        var network = new EspNetV2(random, width, classes);
        long alone = network.parameterCount();
        var released = new DsrlOptions(Variant.SSSR, false, 0.1f, 1, 8, 16, 32, false);
        var model = DualSuperResolution.forInference(random, network, released);
        // Two blocks of 3 x 3 transposed convolution, batch normalisation and slopes on 20 classes.
        assertEquals(alone + 2 * (20 * 20 * 9 + 2 * 20 + 20), model.parameterCount());
    }
}

package io.github.dsrl4j.dsrl.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.checkpoint.PyTorchCheckpoint;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.nn.optim.Sgd;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ESPNetv2 with published weights against values that PyTorch computed: inference, and a whole training step. */
class EspNetV2GoldenTest {
    private static final int CITYSCAPES_OUTPUTS = 20;

    private static EspNetV2 published(EspNetV2.Width width, String file) {
        var network = new EspNetV2(new Random(1), width, CITYSCAPES_OUTPUTS);
        StateLoader.strict().load(network, PyTorchCheckpoint.read(SharedData.require("data/espnetv2/" + file)));
        return network;
    }

    private static double relativeError(Tensor actual, Tensor expected) {
        assertEquals(expected.shape(), actual.shape());
        float[] a = actual.toArray();
        float[] e = expected.toArray();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference += ((double) a[i] - e[i]) * ((double) a[i] - e[i]);
            norm += (double) e[i] * e[i];
        }
        // A gradient that is zero in exact arithmetic is compared absolutely.
        return Math.sqrt(difference) / (Math.sqrt(norm) < 1e-9 ? 1 : Math.sqrt(norm));
    }

    @ParameterizedTest
    @CsvSource({
        "HALF, espnetv2_s_0.5_city_512x256.pth",
        "ONE, espnetv2_s_1.0_city_512x256.pth",
        "TWO, espnetv2_s_2.0_city_1024x512.pth"
    })
    void publishedWeightsFillEveryNameAndNoOther(EspNetV2.Width width, String file) {
        Map<String, Tensor> weights = PyTorchCheckpoint.read(SharedData.require("data/espnetv2/" + file));
        assertEquals(weights.keySet(), published(width, file).state().keySet());
    }

    @Test
    void inferenceAgrees() {
        EspNetV2 network = published(EspNetV2.Width.ONE, "espnetv2_s_1.0_city_512x256.pth");
        network.eval();
        try (var golden = Safetensors.open(SharedData.require("golden/espnetv2_s1.0_infer_96x192.safetensors"))) {
            Variable input = Variable.of(golden.tensor("input"));
            List<Variable> features = Gradients.off(() -> network.encode(input));
            assertTrue(relativeError(features.get(1).value(), golden.tensor("feature.level2")) <= 1e-4);
            assertTrue(relativeError(features.get(2).value(), golden.tensor("feature.level3")) <= 1e-4);
            assertTrue(relativeError(features.get(3).value(), golden.tensor("feature.level4")) <= 1e-4);
            Variable map = Gradients.off(() -> network.decoder().decode(features));
            assertTrue(relativeError(map.value(), golden.tensor("feature.dec4")) <= 1e-4);
            Tensor logits = Gradients.off(() -> network.apply(input)).value();
            double error = relativeError(logits, golden.tensor("logits"));
            System.out.printf("ESPNetv2 s=1.0 inference: logits differ by %.1e%n", error);
            assertTrue(error <= 1e-4, "logits differ by " + error);
        }
    }

    @Test
    void trainingStepAgrees() {
        checkTrainingStep(Device.cpu());
    }

    @Test
    void trainingStepOnAnOpenClDeviceAgrees() {
        checkTrainingStep(OpenClTestDevice.require());
    }

    private static void checkTrainingStep(Device device) {
        EspNetV2 network = published(EspNetV2.Width.HALF, "espnetv2_s_0.5_city_512x256.pth");
        network.train();
        network.moveTo(device);
        try (var golden = Safetensors.open(SharedData.require("golden/espnetv2_s0.5_train_96x160.safetensors"))) {
            Variable logits = network.apply(Variable.of(golden.tensor("input").to(device)));
            assertTrue(relativeError(logits.value(), golden.tensor("logits")) <= 1e-4);
            Variable loss = logits.crossEntropy(golden.tensor("labels"), 255, null);
            double lossError =
                    Math.abs(loss.value().item() / golden.tensor("loss").item() - 1);
            assertTrue(lossError <= 1e-5, "the loss differs by " + lossError);
            loss.backward();
            checkGradients(network, golden, device);
            new Sgd(List.of(ParameterGroup.of(network.parameters())), 0.9, 5e-4).step(0.01);
            checkState(network, golden);
        }
    }

    /** The golden step with that channel's bias moved by 1e-3, against the scalar kernels; 1e-4 and 3e-5 were measured. */
    @Test
    void awayFromTheKinkAnOpenClDeviceAgreesAsWellAsTheProcessor() {
        OpenClDevice device = OpenClTestDevice.require();
        Map<String, Tensor> expected =
                gradientsAwayFromTheKink(new CpuDevice(KernelChoice.scalar("the specification, for tests")));
        Map<String, Tensor> actual = gradientsAwayFromTheKink(device);
        double[] errors = expected.entrySet().stream()
                .mapToDouble(gradient -> relativeError(actual.get(gradient.getKey()), gradient.getValue()))
                .sorted()
                .toArray();
        assertTrue(errors[errors.length - 1] <= 3e-3, () -> "a gradient differs by " + errors[errors.length - 1]);
        assertTrue(errors[errors.length / 2] <= 3e-4, () -> "half of the gradients differ: " + Arrays.toString(errors));
    }

    private static Map<String, Tensor> gradientsAwayFromTheKink(Device device) {
        EspNetV2 network = published(EspNetV2.Width.HALF, "espnetv2_s_0.5_city_512x256.pth");
        Tensor bias = network.parameters().get("bu_dec_l1.br.br.0.bias").value();
        float[] values = bias.toArray();
        values[2] += 1e-3f;
        bias.copyFrom(values);
        network.train();
        network.moveTo(device);
        var gradients = new LinkedHashMap<String, Tensor>();
        try (var golden = Safetensors.open(SharedData.require("golden/espnetv2_s0.5_train_96x160.safetensors"))) {
            network.apply(Variable.of(golden.tensor("input").to(device)))
                    .crossEntropy(golden.tensor("labels"), 255, null)
                    .backward();
        }
        network.parameters().forEach((name, parameter) -> {
            if (parameter.hasGradient()) {
                gradients.put(name, parameter.gradient());
            }
        });
        return gradients;
    }

    private static void checkGradients(EspNetV2 network, Safetensors golden, Device device) {
        var errors = new LinkedHashMap<String, Double>();
        network.parameters().forEach((name, parameter) -> {
            if (golden.names().contains("grad." + name)) {
                errors.put(name, relativeError(parameter.gradient(), golden.tensor("grad." + name)));
            } else {
                assertTrue(!parameter.hasGradient(), name + " got a gradient that PyTorch does not compute");
            }
        });
        double[] sorted = errors.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double median = sorted[sorted.length / 2];
        System.out.printf(
                "ESPNetv2 s=0.5 training step on %s: %d gradients, median error %.1e, largest %.1e%n",
                device.name(), sorted.length, median, sorted[sorted.length - 1]);
        // The golden input has a number at the kink of a PReLU: bu_dec_l1.br, channel 2, pixel 22 of a 6 x 10 map is
        // 1.1e-6 with scalar kernels, 5.5e-7 with vector ones and -7e-9 on OpenCL, where errors are some 1e-6. The
        // other sign moves all gradients below it by some 3e-3. Away from the kink a test of its own holds the
        // device to the processor's limits.
        double most = device instanceof CpuDevice ? 3e-3 : 5e-2;
        errors.forEach((name, error) -> assertTrue(error <= most, "gradient of " + name + " differs by " + error));
        assertTrue(
                median <= most / 10,
                "half of the gradients differ by more than " + median + ": " + Arrays.toString(sorted));
    }

    private static void checkState(EspNetV2 network, Safetensors golden) {
        Map<String, Tensor> state = network.state();
        int compared = 0;
        for (String name : golden.names()) {
            if (name.startsWith("after.")) {
                double error = relativeError(state.get(name.substring("after.".length())), golden.tensor(name));
                assertTrue(error <= 1e-5, name + " differs by " + error);
                compared++;
            }
        }
        assertTrue(compared > 100, "only " + compared + " tensors were compared");
    }
}

package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Agreement with PyTorch's float64 on 49 cases. How the values were made stands beside them. Inputs are rounded to float32; the tolerance of the relative 2-norm error is
 * some hundred units in the last place of float32.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GoldenOperationsTest {
    private static final double TOLERANCE = 1e-5;
    private static final int CASES = 49;
    private static final String FILE = "operations.safetensors";

    private final Map<String, Worst> worst = new TreeMap<>();

    private record Worst(double error, String what) {}

    @TestFactory
    List<DynamicTest> cases() {
        var tests = new ArrayList<DynamicTest>();
        try (var file = Safetensors.of(FILE, bytes())) {
            assertEquals(CASES, file.metadata().size());
            Map<String, Tensor> tensors = file.tensors();
            for (var entry : file.metadata().entrySet()) {
                Map<String, Object> parameters = Json.parseObject(entry.getValue());
                Map<String, Tensor> own = part(tensors, entry.getKey() + "/");
                for (TestDevice device : TestDevice.values()) {
                    String kernels = device.toString();
                    tests.add(dynamicTest(
                            kernels + " " + entry.getKey(),
                            () -> check(kernels, entry.getKey(), device.require(), parameters, own)));
                }
            }
        }
        return tests;
    }

    @AfterAll
    void report() {
        worst.forEach((kernels, w) -> System.out.printf(
                "golden operations, %s kernels: worst relative error %.2e, %s%n", kernels, w.error, w.what));
    }

    private static byte[] bytes() {
        try (var in = GoldenOperationsTest.class.getResourceAsStream(FILE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(
            String kernels, String name, Device device, Map<String, Object> parameters, Map<String, Tensor> tensors) {
        var inputs = new LinkedHashMap<String, Variable>();
        part(tensors, "input.").forEach((key, value) -> inputs.put(key, Variable.parameter(value.to(device))));
        Variable output = compute(parameters, inputs);
        compare(kernels, name + " output", tensors.get("output"), output.value());
        output.backward(tensors.get("upstream").reshape(output.shape()).to(device));
        Map<String, Tensor> gradients = part(tensors, "grad.");
        assertTrue(!gradients.isEmpty(), "a case without gradients");
        gradients.forEach((key, expected) -> compare(
                kernels, name + " gradient of " + key, expected, inputs.get(key).gradient()));
    }

    private void compare(String kernels, String what, Tensor expected, Tensor actual) {
        float[] e = expected.toArray();
        float[] a = actual.toArray();
        assertEquals(e.length, a.length, what);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < e.length; i++) {
            difference += Math.pow((double) a[i] - e[i], 2);
            norm += Math.pow(e[i], 2);
        }
        double error = Math.sqrt(difference / norm);
        worst.merge(kernels, new Worst(error, what), (x, y) -> x.error >= y.error ? x : y);
        assertTrue(error <= TOLERANCE, () -> "%s: relative error %.3g".formatted(what, error));
    }

    private static Variable compute(Map<String, Object> p, Map<String, Variable> in) {
        Variable x = in.get("x");
        return switch ((String) p.get("op")) {
            case "conv2d" ->
                x.conv2d(
                        in.get("weight"),
                        in.get("bias"),
                        ConvolutionOptions.stride(integer(p, "stride"))
                                .padding(integer(p, "padding"))
                                .dilation(integer(p, "dilation"))
                                .groups(integer(p, "groups")));
            case "conv_transpose2d" ->
                x.convTranspose2d(
                        in.get("weight"),
                        in.get("bias"),
                        TransposedConvolutionOptions.stride(integer(p, "stride"))
                                .padding(integer(p, "padding"))
                                .outputPadding(integer(p, "output_padding"))
                                .dilation(integer(p, "dilation"))
                                .groups(integer(p, "groups")));
            case "batch_norm" -> batchNorm(p, in);
            case "prelu" -> x.prelu(in.get("weight"));
            case "relu" -> x.relu();
            case "sigmoid" -> x.sigmoid();
            case "tanh" -> x.tanh();
            case "interpolate_bilinear" -> x.resizeBilinear(size(p, 0), size(p, 1), (Boolean) p.get("align_corners"));
            case "avg_pool2d" -> x.averagePool2d(pooling(p), (Boolean) p.get("count_include_pad"));
            case "max_pool2d" -> x.maxPool2d(pooling(p));
            case "adaptive_avg_pool2d" -> x.adaptiveAveragePool2d(size(p, 0), size(p, 1));
            case "pixel_shuffle" -> x.pixelShuffle(integer(p, "factor"));
            case "softmax" -> x.softmax(integer(p, "dim"));
            case "log_softmax" -> x.logSoftmax(integer(p, "dim"));
            case "cross_entropy" ->
                x.crossEntropy(in.get("target").value(), integer(p, "ignore_index"), classWeights(p));
            case "mse_loss" -> x.meanSquaredError(in.get("y"));
            case "matmul" -> in.get("a").matmul(in.get("b"));
            case "linear" -> x.linear(in.get("weight"), in.get("bias"));
            case "concat" -> Variable.concat(integer(p, "dim"), in.get("a"), in.get("b"));
            case "a*b+c" -> in.get("a").times(in.get("b")).plus(in.get("c"));
            case "feature_affinity" -> featureAffinity(integer(p, "subsample"), in);
            default -> throw new IllegalArgumentException("no such operation: " + p);
        };
    }

    private static Variable batchNorm(Map<String, Object> p, Map<String, Variable> in) {
        Shape channels = in.get("weight").shape();
        Device device = in.get("weight").value().device();
        return in.get("x")
                .batchNorm(
                        in.get("weight"),
                        in.get("bias"),
                        Tensor.zeros(device, channels),
                        Tensor.full(device, channels, 1),
                        (Boolean) p.get("training"),
                        ((Number) p.get("momentum")).floatValue(),
                        ((Number) p.get("eps")).floatValue());
    }

    private static Variable featureAffinity(int subsample, Map<String, Variable> in) {
        if (subsample == 1) {
            return in.get("seg").featureAffinity(in.get("sr"));
        }
        var pool = PoolingOptions.kernel(subsample);
        return in.get("seg")
                .averagePool2d(pool, true)
                .featureAffinity(in.get("sr").averagePool2d(pool, true));
    }

    private static PoolingOptions pooling(Map<String, Object> p) {
        return PoolingOptions.kernel(integer(p, "kernel"))
                .stride(integer(p, "stride"))
                .padding(integer(p, "padding"));
    }

    private static Tensor classWeights(Map<String, Object> p) {
        if (!(p.get("class_weights") instanceof List<?> values)) {
            return null;
        }
        float[] weights = new float[values.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = ((Number) values.get(i)).floatValue();
        }
        return Tensor.of(Shape.of(weights.length), weights);
    }

    private static int integer(Map<String, Object> p, String key) {
        return ((Number) p.get(key)).intValue();
    }

    private static int size(Map<String, Object> p, int index) {
        return ((Number) ((List<?>) p.get("size")).get(index)).intValue();
    }

    /** The entries whose names begin with a prefix, under what follows it. */
    private static Map<String, Tensor> part(Map<String, Tensor> tensors, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        tensors.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                part.put(key.substring(prefix.length()), value);
            }
        });
        return part;
    }
}

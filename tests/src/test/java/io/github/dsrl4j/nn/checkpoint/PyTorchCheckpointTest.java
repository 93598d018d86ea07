package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that PyTorch 1.13 wrote, small ones of every kind beside the tests and published weights where they are at
 * hand.
 */
class PyTorchCheckpointTest {
    @TempDir
    Path folder;

    private static Map<String, Tensor> read(String name) {
        return PyTorchCheckpoint.read(name, Resources.bytes(name));
    }

    /** Element i is i - 2. */
    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i - 2;
        }
        return values;
    }

    private static void assertTensor(Tensor tensor, Shape shape, float... values) {
        assertEquals(shape, tensor.shape());
        assertArrayEquals(values, tensor.toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtypes.pt", "dtypes.legacy.pt"})
    void readsEveryElementType(String file) {
        Map<String, Tensor> tensors = read(file);
        assertEquals(
                List.of(
                        "float32",
                        "float16",
                        "bfloat16",
                        "float64",
                        "int64",
                        "int32",
                        "int16",
                        "int8",
                        "uint8",
                        "bool",
                        "scalar",
                        "empty"),
                List.copyOf(tensors.keySet()));
        assertTensor(tensors.get("float32"), Shape.of(2, 3), ramp(6));
        for (String name : List.of("float16", "bfloat16", "int32", "int16", "int8")) {
            assertTensor(tensors.get(name), Shape.of(5), ramp(5));
        }
        assertTensor(tensors.get("float64"), Shape.of(5), -0.5f, -0.25f, 0, 0.25f, 0.5f);
        assertTensor(tensors.get("int64"), Shape.of(5), -2e6f, -1e6f, 0, 1e6f, 2e6f);
        assertTensor(tensors.get("uint8"), Shape.of(6), 250, 251, 252, 253, 254, 255);
        assertTensor(tensors.get("bool"), Shape.of(3), 1, 0, 1);
        assertTensor(tensors.get("scalar"), Shape.of(), 7);
        assertTensor(tensors.get("empty"), Shape.of(0, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"views.pt", "views.legacy.pt"})
    void readsStridedViewsOfSharedStorages(String file) {
        Map<String, Tensor> tensors = read(file);
        float[] base = ramp(24);
        assertTensor(tensors.get("base"), Shape.of(4, 6), base);
        float[] transposed = new float[24];
        for (int i = 0; i < 24; i++) {
            transposed[i] = base[i % 4 * 6 + i / 4];
        }
        assertTensor(tensors.get("transposed"), Shape.of(6, 4), transposed);
        assertTensor(tensors.get("row"), Shape.of(6), Arrays.copyOfRange(base, 6, 12));
        assertTensor(tensors.get("column"), Shape.of(4), base[2], base[8], base[14], base[20]);
        assertTensor(tensors.get("step"), Shape.of(2, 2), base[1], base[4], base[13], base[16]);
        // (2, 3, 4) permuted to (4, 2, 3): element [k][i][j] is base[i][j][k].
        float[] permuted = new float[24];
        for (int k = 0; k < 4; k++) {
            for (int ij = 0; ij < 6; ij++) {
                permuted[k * 6 + ij] = base[ij * 4 + k];
            }
        }
        assertTensor(tensors.get("permuted"), Shape.of(4, 2, 3), permuted);
        assertTensor(tensors.get("expanded"), Shape.of(2, 3), 1, 1, 1, 2, 2, 2);
        assertTensor(tensors.get("half_of_shared"), Shape.of(4), 2, 3, 4, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"training.pt", "training.legacy.pt", "deflated.pt"})
    void findsTheModelBesideTheOptimiser(String file) {
        Map<String, Tensor> tensors = read(file);
        assertEquals(
                List.of(
                        "conv.weight",
                        "bn.weight",
                        "bn.bias",
                        "bn.running_mean",
                        "bn.running_var",
                        "bn.num_batches_tracked",
                        "act.weight"),
                List.copyOf(tensors.keySet()));
        assertTensor(tensors.get("conv.weight"), Shape.of(2, 1, 3, 3), ramp(18));
        assertTensor(tensors.get("bn.num_batches_tracked"), Shape.of(), 1);
        // Adam's first step changes every weight that has a gradient by its learning rate of 0.001.
        assertEquals(0.25f, tensors.get("act.weight").get(0), 0.0011f);
        // Over a constant image every channel is constant, so that the mean moves a tenth of the way to sum(-2..6) and
        // (7..15).
        assertArrayEquals(
                new float[] {1.8f, 9.9f}, tensors.get("bn.running_mean").toArray(), 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parameters.pt", "parameters.legacy.pt"})
    void readsParametersAndUnwrapsCompiledNames(String file) {
        Map<String, Tensor> tensors = read(file);
        assertEquals(List.of("head.weight", "gamma"), List.copyOf(tensors.keySet()));
        assertTensor(tensors.get("head.weight"), Shape.of(2), -2, -1);
    }

    @Test
    void readsNewerPickleProtocols() {
        assertTensor(read("protocol4.pt").get("weight"), Shape.of(3), -2, -1, 0);
    }

    @ParameterizedTest
    @CsvSource({"two_models.pt", "two_models.legacy.pt"})
    void asksForAKeyWhenThereAreSeveralModels(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), Resources.bytes(name));
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read(file));
        assertEquals(
                file + ": it holds more than one state dict; choose one by its key (dsrl convert --key generator): a"
                        + " dictionary "
                        + "{generator: a dictionary, discriminator: a dictionary}",
                error.getMessage());
        assertTensor(PyTorchCheckpoint.read(file, "generator").get("w"), Shape.of(1), -2);
        assertTensor(PyTorchCheckpoint.read(file, "discriminator").get("w"), Shape.of(2), -2, -1);
        var missing = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read(file, "critic.net"));
        assertEquals(
                file + ": there is nothing under 'critic.net'; it holds a dictionary "
                        + "{generator: a dictionary, discriminator: a dictionary}",
                missing.getMessage());
    }

    /** The module's classes are names; its parameters are read. */
    @Test
    void readsTheWeightsOfWholeModules() {
        Map<String, Tensor> tensors = read("whole_module.pt");
        assertEquals(List.of("weight"), List.copyOf(tensors.keySet()));
        assertEquals(Shape.of(2), tensors.get("weight").shape());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtypes.pt", "dtypes.legacy.pt", "deflated.pt", "training.legacy.pt"})
    void refusesFilesThatAreCutOffAnywhere(String name) {
        byte[] whole = Resources.bytes(name);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            var error =
                    assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("cut", cut), "at " + length);
            assertTrue(error.getMessage().startsWith("cut: "), error::getMessage);
        }
    }

    /** The shared golden lists every parameter of the network that has a gradient, with its shape. */
    @Test
    void readsThePublishedWeights() {
        Map<String, Tensor> weights =
                PyTorchCheckpoint.read(SharedData.require("data/espnetv2/espnetv2_s_0.5_city_512x256.pth"));
        try (var golden = Safetensors.open(SharedData.require("golden/espnetv2_s0.5_train_96x160.safetensors"))) {
            int compared = 0;
            for (String name : golden.names()) {
                if (name.startsWith("grad.")) {
                    Tensor weight = weights.get(name.substring("grad.".length()));
                    assertTrue(weight != null, name);
                    assertEquals(golden.tensor(name).shape(), weight.shape(), name);
                    compared++;
                }
            }
            assertTrue(compared > 200, "compared " + compared);
        }
        assertTrue(weights.keySet().stream().noneMatch(name -> name.startsWith("module.")));
    }

    /**
     * The number of values in a file, and the sum of the magnitudes of all but the batch counts, as PyTorch has them.
     */
    @ParameterizedTest
    @CsvSource({
        "espnetv2_s_0.5_city_512x256.pth, 87731, 12818.080869774092",
        "espnetv2_s_1.0_city_512x256.pth, 247279, 20927.215765367164",
        "espnetv2_s_2.0_city_1024x512.pth, 814351, 38546.624849153806"
    })
    void readsEveryPublishedFile(String name, long count, double sum) {
        Map<String, Tensor> weights = PyTorchCheckpoint.read(SharedData.require("data/espnetv2/" + name));
        assertEquals(526, weights.size());
        assertEquals(count, weights.values().stream().mapToLong(Tensor::size).sum());
        double total = 0;
        for (var entry : weights.entrySet()) {
            if (!entry.getKey().endsWith("num_batches_tracked")) {
                for (float value : entry.getValue().toArray()) {
                    total += Math.abs(value);
                }
            }
        }
        assertEquals(sum, total, sum * 1e-9);
    }
}

package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Attributes that are no parameters or buffers are left out, as in {@code state_dict()}. */
    @ParameterizedTest
    @ValueSource(strings = {"scripted.pt", "traced.pt"})
    void readsTheWeightsOfTorchScript(String name) {
        Map<String, Tensor> tensors = read(name);
        assertEquals(
                Set.of(
                        "layers.0.weight",
                        "layers.0.bias",
                        "norm.weight",
                        "norm.bias",
                        "norm.running_mean",
                        "norm.running_var",
                        "norm.num_batches_tracked"),
                tensors.keySet());
        assertTensor(tensors.get("layers.0.weight"), Shape.of(1, 2), -2, -1);
        assertTensor(tensors.get("norm.running_var"), Shape.of(1), 1);
    }

    /** The tensor begins at an element of the view, and the view at an element of the storage. */
    @ParameterizedTest
    @CsvSource({"0, 2", "2, 3", "5, 1", "6, 0"})
    void readsViewsOfStoragesInOldStreams(int begin, int length) {
        float[] all = ramp(6);
        byte[] file = PickleBuilder.stream()
                .ops("}")
                .text("w")
                .vectorOfView("0", 6, begin, length)
                .ops("s")
                .end("0", all);
        assertTensor(
                PyTorchCheckpoint.read("view", file).get("w"),
                Shape.of(length),
                Arrays.copyOfRange(all, begin, begin + length));
    }

    /** Protocol 1 has no opcode of its own to begin with, and writes long numbers as text. */
    @Test
    void readsStreamsOfProtocolOne() throws IOException {
        byte[] file = new PickleBuilder()
                .ops("L" + TorchLegacy.MAGIC + "L\n.I1001\n.}.}")
                .text("w")
                .tensor("0", 3, 0, new long[] {3}, new long[] {1})
                .ops("s")
                .end("0", ramp(3));
        Path path = Files.write(folder.resolve("one.pth"), file);
        assertTensor(Checkpoint.read(path).get("w"), Shape.of(3), ramp(3));
    }

    /** The same file from a machine of the other byte order. */
    @ParameterizedTest
    @CsvSource({
        "FloatStorage, 4, 0000803f 000000c0, 1 -2",
        "DoubleStorage, 8, 000000000000f03f 00000000000000c0, 1 -2",
        "HalfStorage, 2, 003c 00c0, 1 -2",
        "LongStorage, 8, 0100000000000000 feffffffffffffff, 1 -2",
        "IntStorage, 4, 01000000 feffffff, 1 -2",
        "ShortStorage, 2, 0100 feff, 1 -2",
        "CharStorage, 1, 01 fe, 1 -2",
        "BoolStorage, 1, 01 00, 1 0"
    })
    void readsBothByteOrders(String storage, int bytes, String data, String values) {
        byte[] little = HexFormat.of().parseHex(data.replace(" ", ""));
        byte[] big = new byte[little.length];
        for (int i = 0; i < little.length; i++) {
            big[i] = little[i / bytes * bytes + bytes - 1 - i % bytes];
        }
        float[] expected = new float[2];
        for (int i = 0; i < 2; i++) {
            expected[i] = Float.parseFloat(values.split(" ", -1)[i]);
        }
        byte[] pickle = new PickleBuilder()
                .raw(0x80, 2, '}')
                .text("w")
                .vector(storage, "0", 2)
                .ops("s.")
                .toBytes();
        for (var order : Map.of("little", little, "big", big).entrySet()) {
            byte[] file = TorchZips.of(Map.of(
                    "m/data.pkl",
                    pickle,
                    "m/data/0",
                    order.getValue(),
                    "m/byteorder",
                    order.getKey().getBytes(StandardCharsets.UTF_8)));
            assertTensor(PyTorchCheckpoint.read(order.getKey(), file).get("w"), Shape.of(2), expected);
        }
    }

    @Test
    void refusesOtherByteOrders() {
        byte[] file = TorchZips.of(Map.of("m/data.pkl", new byte[] {'N', '.'}, "m/byteorder", new byte[] {'x'}));
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("x", file));
        assertEquals("x: PyTorch zip: its byte order is 'x'; it must be 'little' or 'big'", error.getMessage());
    }

    /** What copies and downloads put around a file does not matter, as PyTorch sees it. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0, 22", "0, 511", "0, 100000", "1, 0", "3000, 0", "77, 5000"})
    void readsZipsWithBytesAroundThem(int before, int after) throws IOException {
        byte[] whole = Resources.bytes("dtypes.pt");
        byte[] padded = new byte[before + whole.length + after];
        Arrays.fill(padded, 0, before, (byte) '#');
        System.arraycopy(whole, 0, padded, before, whole.length);
        Map<String, Tensor> tensors = Checkpoint.read(Files.write(folder.resolve("padded.pth"), padded));
        assertTensor(tensors.get("float32"), Shape.of(2, 3), ramp(6));
        assertEquals(12, tensors.size());
    }

    @Test
    void readsZipsWithOtherBytesBehindThem() {
        byte[] whole = Resources.bytes("dtypes.pt");
        byte[] padded = Arrays.copyOf(whole, whole.length + 300);
        Arrays.fill(padded, whole.length, padded.length, (byte) 0x5a);
        assertTensor(PyTorchCheckpoint.read("padded", padded).get("float32"), Shape.of(2, 3), ramp(6));
    }

    /** One number, expanded, is a mask or a position in an honest file; the guard against bombs lets it be. */
    @Test
    void readsExpandedTensorsOfSmallFiles() {
        byte[] file = PickleBuilder.stream()
                .ops("}")
                .text("mask")
                .tensor("0", 1, 0, new long[] {3_000_000}, new long[] {0})
                .ops("s")
                .end("0", new float[] {7});
        Tensor mask = PyTorchCheckpoint.read("expanded", file).get("mask");
        assertEquals(3_000_000, mask.size());
        assertEquals(7, mask.toArray()[2_999_999]);
    }

    /** State dicts in lists, objects and dictionaries of other classes. */
    @Test
    void findsStateDictsInListsAndObjects() throws IOException {
        byte[] list = PickleBuilder.stream()
                .ops("]}")
                .text("w")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("sa}a")
                .end("0", new float[] {5});
        assertTensor(PyTorchCheckpoint.read("list", list).get("w"), Shape.of(1), 5);
        byte[] object = PickleBuilder.stream()
                .global("m", "State")
                .ops(")")
                .raw(0x81)
                .ops("}")
                .text("nets")
                .ops("]}")
                .text("w")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("sasb")
                .end("0", new float[] {5});
        Path file = Files.write(folder.resolve("object.pth"), object);
        assertTensor(PyTorchCheckpoint.read(file, "nets.0").get("w"), Shape.of(1), 5);
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

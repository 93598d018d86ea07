package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.Relu;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What training scripts keep beside the weights does not stop these from being read, and nothing of it is made or run. */
final class BystandersTest {
    private static final float[] WEIGHTS = new float[4];

    /** Pushes a value that is not a weight. */
    static Stream<Arguments> bystanders() {
        return Stream.of(
                bystander(
                        "a numpy scalar",
                        p -> p.global("numpy.core.multiarray", "scalar")
                                .global("numpy", "dtype")
                                .text("f8")
                                .raw(0x89, 0x88, 0x87)
                                .ops("R(K")
                                .raw(3)
                                .text("<")
                                .ops("NNNJ")
                                .int32(-1)
                                .ops("J")
                                .int32(-1)
                                .ops("K")
                                .raw(0)
                                .ops("tbC")
                                .raw(8, 0, 0, 0, 0, 0, 0, 0, 0)
                                .raw(0x86)
                                .ops("R")),
                bystander(
                        "an array of numpy 2",
                        p -> p.global("numpy._core.multiarray", "_reconstruct")
                                .global("numpy", "ndarray")
                                .tuple(0)
                                .ops("C")
                                .raw(1, 'b', 0x87)
                                .ops("R(K")
                                .raw(1)
                                .ops("tb")),
                bystander(
                        "a namespace",
                        p -> p.global("argparse", "Namespace")
                                .ops(")")
                                .raw(0x81)
                                .ops("}")
                                .text("lr")
                                .ops("K")
                                .raw(1)
                                .ops("sb")),
                bystander(
                        "an object with keywords",
                        p -> p.global("my.module", "Config").ops(")}").raw(0x92)),
                bystander(
                        "an object by copyreg",
                        p -> p.global("copyreg", "_reconstructor")
                                .global("my.module", "Thing")
                                .global("builtins", "object")
                                .ops("N")
                                .raw(0x87)
                                .ops("R}b")),
                bystander(
                        "a default dictionary",
                        p -> p.global("collections", "defaultdict")
                                .global("builtins", "list")
                                .raw(0x85)
                                .ops("R")
                                .text("a")
                                .ops("]s")),
                bystander(
                        "a set",
                        p -> p.raw(0x8f).ops("(K").raw(1).ops("K").raw(2).raw(0x90)),
                bystander(
                        "a frozen set", p -> p.ops("(K").raw(1).ops("K").raw(2).raw(0x91)),
                bystander("bytes", p -> p.ops("C").raw(2, 1, 2)),
                bystander("a byte array", p -> p.raw(0x96).int64(2).raw(1, 2)),
                bystander(
                        "a complex number",
                        p -> p.global("builtins", "complex")
                                .ops("G")
                                .raw(0, 0, 0, 0, 0, 0, 0, 0)
                                .ops("G")
                                .raw(0, 0, 0, 0, 0, 0, 0, 0)
                                .raw(0x86)
                                .ops("R")),
                bystander(
                        "a path",
                        p -> p.global("pathlib", "PosixPath")
                                .text("a")
                                .raw(0x85)
                                .ops("R")),
                bystander(
                        "a date",
                        p -> p.global("datetime", "date")
                                .ops("C")
                                .raw(1, 7, 0x85)
                                .ops("R")),
                bystander("a class", p -> p.global("torch.optim.adam", "Adam")),
                bystander(
                        "a palette with tuples as keys",
                        p -> p.ops("}").tuple(128, 64, 128).ops("K").raw(0).ops("s")),
                bystander(
                        "a list of a class's own",
                        p -> p.global("my.module", "Names")
                                .ops(")")
                                .raw(0x81)
                                .ops("(")
                                .text("a")
                                .ops("e")),
                bystander(
                        "a dictionary of a class's own",
                        p -> p.global("my.module", "Box")
                                .ops(")")
                                .raw(0x81)
                                .ops("(")
                                .text("a")
                                .ops("Nu")),
                bystander("a very long number", p -> p.raw(0x8b).int32(9).raw(1, 2, 3, 4, 5, 6, 7, 8, 9)));
    }

    private static Arguments bystander(String name, UnaryOperator<PickleBuilder> push) {
        return arguments(name, push);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bystanders")
    void isNoHindrance(String name, UnaryOperator<PickleBuilder> push) {
        PickleBuilder pickle = PickleBuilder.stream().ops("}").text("best");
        byte[] file = push.apply(pickle)
                .ops("s")
                .text("state_dict")
                .ops("}")
                .text("w")
                .tensor("0", 4, 0, new long[] {4}, new long[] {1})
                .ops("ss")
                .end("0", 4);
        Map<String, Tensor> tensors = PyTorchCheckpoint.read("with " + name, file);
        assertEquals(Set.of("w"), tensors.keySet());
        assertArrayEquals(WEIGHTS, tensors.get("w").toArray());
    }

    @Test
    void anObjectInThePlaceOfTheWeightsIsNamed() {
        byte[] file = PickleBuilder.stream()
                .global("my.module", "Net")
                .ops(")")
                .raw(0x81)
                .ops("}b")
                .end();
        String message = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("net.pth", file))
                .getMessage();
        assertEquals(
                "net.pth: pickle: the constructor 'my.module.Net' is refused: only tensors and plain containers are read;"
                        + " in Python, save the weights alone: torch.save(model.state_dict(), file)",
                message);
    }

    /** They are weights of a kind that is not read, and would be lost without a word as opaque objects. */
    @ParameterizedTest
    @ValueSource(strings = {"_rebuild_sparse_tensor", "_rebuild_qtensor", "_rebuild_meta_tensor_no_storage"})
    void tensorsOfOtherKindsAreRefusedAndNotPassedOver(String constructor) {
        byte[] file = PickleBuilder.stream()
                .ops("}")
                .text("w")
                .tensor("0", 4, 0, new long[] {4}, new long[] {1})
                .ops("s")
                .text("other")
                .global("torch._utils", constructor)
                .ops(")Rs")
                .end("0", 4);
        String message = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("net.pth", file))
                .getMessage();
        assertTrue(message.contains("the constructor 'torch._utils." + constructor + "' is refused"), message);
    }

    /** A view of a storage that begins after its first element, in a stream of the old format. */
    @Test
    void aViewBeginsWhereItSays() {
        byte[] file = PickleBuilder.stream()
                .ops("}")
                .text("w")
                .tensor("0", 4, 2, new long[] {2}, new long[] {1})
                .ops("s")
                .end("0", 4);
        for (int i = 0; i < 4; i++) {
            file[file.length - 16 + 4 * i + 3] = 0x3f;
            file[file.length - 16 + 4 * i + 2] = (byte) (0x10 * i);
        }
        float[] all = new float[4];
        for (int i = 0; i < 4; i++) {
            all[i] = Float.intBitsToFloat(0x3f000000 | 0x100000 * i);
        }
        assertArrayEquals(
                new float[] {all[2], all[3]},
                PyTorchCheckpoint.read("view.pth", file).get("w").toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod.", "module._orig_mod."})
    void prefixesGoInSafetensorsToo(String prefix, @TempDir Path folder) {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(
                file, Map.of(prefix + "w", Tensor.zeros(Shape.of(2)), prefix + "b", Tensor.zeros(Shape.of(1))));
        assertEquals(Set.of("w", "b"), Checkpoint.read(file).keySet());
        assertEquals(Set.of("w", "b"), Checkpoint.types(file, "").keySet());
    }

    /** Its own names all begin with what is taken off those of files. */
    @Test
    void aModuleInAModuleLoadsWhatItWrote(@TempDir Path folder) {
        Layer inner = new Relu();
        var wrapper = new Layer() {
            private final Layer conv =
                    child("module", new Conv2d(new Random(1), 2, 3, 1, ConvolutionOptions.DEFAULT, true));

            @Override
            protected Variable forward(Variable x) {
                return inner.apply(conv.apply(x));
            }
        };
        assertEquals(Set.of("module.weight", "module.bias"), wrapper.state().keySet());
        Path file = folder.resolve("wrapped.safetensors");
        Safetensors.write(file, wrapper.state());
        float[] before = wrapper.state().get("module.weight").toArray();
        wrapper.state().get("module.weight").copyFrom(new float[before.length]);
        Checkpoint.load(wrapper, file);
        assertArrayEquals(before, wrapper.state().get("module.weight").toArray());
    }

    @Test
    void aPrefixOfSomeNamesStays(@TempDir Path folder) {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, Map.of("module.w", Tensor.zeros(Shape.of(2)), "b", Tensor.zeros(Shape.of(1))));
        assertEquals(Set.of("module.w", "b"), Checkpoint.read(file).keySet());
    }

    @Test
    void wholeNumbersKeepTheirTypeAndValue(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("counted.safetensors");
        var tensors = new java.util.LinkedHashMap<String, Tensor>();
        tensors.put("w", Tensor.of(Shape.of(2), 0.5f, -1));
        tensors.put("count", Tensor.of(Shape.of(1), 962446));
        tensors.put("flags", Tensor.of(Shape.of(3), 1, 0, 1));
        Safetensors.write(file, tensors, Map.of(), DType.F16, Map.of("count", DType.I64, "flags", DType.BOOL));
        try (Safetensors read = Safetensors.open(file)) {
            assertEquals(DType.F16, read.entry("w").dtype());
            assertEquals(DType.I64, read.entry("count").dtype());
            assertEquals(DType.BOOL, read.entry("flags").dtype());
            assertEquals(962446, read.tensor("count").toArray()[0]);
            assertArrayEquals(new float[] {1, 0, 1}, read.tensor("flags").toArray());
        }
        Path large = folder.resolve("large.safetensors");
        String message = assertThrows(
                        CheckpointException.class,
                        () -> Safetensors.write(
                                large,
                                Map.of("count", Tensor.of(Shape.of(1), 1 << 25)),
                                Map.of(),
                                DType.F16,
                                Map.of("count", DType.I64)))
                .getMessage();
        assertTrue(message.contains("tensor 'count' holds whole numbers of 2^24 and more"), message);
        assertTrue(Files.notExists(large));
    }
}

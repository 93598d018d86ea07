package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What training scripts save beside the weights, in every form that pickles have: it is passed over. */
class BystanderTest {
    /** One value, as the opcodes that make it. */
    private static Arguments value(String name, UnaryOperator<PickleBuilder> opcodes) {
        return Arguments.of(name, opcodes);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                value("None", b -> b.ops("N")),
                value("int of protocol 0", b -> b.ops("I-7\n")),
                value("bool of protocol 0", b -> b.ops("I01\n")),
                value("long of protocol 0", b -> b.ops("L123456789012345678901234567890L\n")),
                value("float of protocol 0", b -> b.ops("F-1.5e-300\n")),
                value("float without end", b -> b.ops("Finf\n")),
                value("text of protocol 0", b -> b.ops("S'it\\'s \\x41'\n")),
                value("text of Unicode of protocol 0", b -> b.ops("V\\u00e9\\U0001f600\n")),
                value("long text of protocol 0", b -> b.ops("S'" + "x".repeat(70_000) + "'\n")),
                value("list and dictionary of protocol 0", b -> b.ops("(lp0\n0(dp1\n0g0\n")),
                value("object of protocol 0", b -> b.ops("(iargparse\nNamespace\n(dS'lr'\nF0.1\nsb")),
                value(
                        "object of protocol 1",
                        b -> b.ops("(").global("argparse", "Namespace").ops("o}b")),
                value("object of a foreign reference", b -> b.ops("Psomewhere else\n")),
                value("long of four bytes of length", b -> b.raw(0x8b).int32(5).bytes(new byte[5])),
                value("very long number", b -> b.raw(0x8b).int32(9000).bytes(new byte[9000])),
                value("bytes", b -> b.ops("C").raw(2, 0, 255)),
                value("bytes of four bytes of length", b -> b.ops("B").int32(3).bytes(new byte[3])),
                value(
                        "bytes of eight bytes of length",
                        b -> b.raw(0x8e).int64(3).bytes(new byte[3])),
                value("bytearray", b -> b.raw(0x96).int64(3).bytes(new byte[3])),
                value(
                        "bytearray of protocol 2",
                        b -> b.global("builtins", "bytearray").ops(")R")),
                value(
                        "bytes of protocol 2",
                        b -> b.global("_codecs", "encode")
                                .text("\u00ff")
                                .text("latin1")
                                .raw(0x86)
                                .ops("R")),
                value("bytes of Python 2", b -> b.ops("U").raw(2, 0xff, 0xfe)),
                value("long text", b -> b.text("x".repeat(70_000))),
                value(
                        "name of a file that is no UTF-8",
                        b -> b.ops("X").int32(4).raw('a', 0xed, 0xb2, 0x80)),
                value("set", b -> b.raw(0x8f).ops("(").number(1).raw(0x90)),
                value("frozenset", b -> b.ops("(").number(1).raw(0x91)),
                value(
                        "set of protocol 2",
                        b -> b.global("__builtin__", "set").ops("]").raw(0x85).ops("R")),
                value(
                        "frozenset of protocol 2",
                        b -> b.global("builtins", "frozenset")
                                .ops("]")
                                .raw(0x85)
                                .ops("R")),
                value(
                        "tuple as a key",
                        b -> b.ops("}").tuple(128, 64, 128).text("road").ops("s")),
                value("set as a key", b -> b.ops("}(").raw(0x91).text("none").ops("s")),
                value("bytes as a key", b -> b.ops("}C").raw(1, 7).text("x").ops("s")),
                value(
                        "object as a key",
                        b -> b.ops("}").global("m", "Color").number(1).raw(0x85).ops("RNs")),
                value(
                        "long text as a key",
                        b -> b.ops("}").text("k".repeat(5000)).ops("Ns")),
                value("list as a key, which Python refuses", b -> b.ops("}]Ns")),
                value(
                        "list that holds itself",
                        b -> b.ops("]q").raw(3).ops("h").raw(3).ops("a")),
                value(
                        "defaultdict",
                        b -> b.global("collections", "defaultdict")
                                .global("builtins", "list")
                                .raw(0x85)
                                .ops("R")
                                .text("a")
                                .ops("]s")),
                value(
                        "Counter",
                        b -> b.global("collections", "Counter")
                                .ops("}")
                                .raw(0x85)
                                .ops("R")),
                value(
                        "deque",
                        b -> b.global("collections", "deque")
                                .ops(")R(")
                                .number(1)
                                .ops("e")),
                value(
                        "complex",
                        b -> b.global("builtins", "complex").tuple(1, 2).ops("R")),
                value(
                        "date",
                        b -> b.global("datetime", "datetime")
                                .ops("C")
                                .raw(10)
                                .bytes(new byte[10])
                                .raw(0x85)
                                .ops("R")),
                value(
                        "path",
                        b -> b.global("pathlib", "PosixPath")
                                .text("a")
                                .text("b")
                                .raw(0x86)
                                .ops("R")),
                value("NumPy scalar", b -> numPyScalar(b, "numpy.core.multiarray")),
                value("scalar of NumPy 2", b -> numPyScalar(b, "numpy._core.multiarray")),
                value("NumPy array", b -> numPyArray(b, "numpy.core.multiarray")),
                value("array of NumPy 2", b -> numPyArray(b, "numpy._core.multiarray")),
                value(
                        "object by __new__",
                        b -> b.global("m", "Config").ops(")").raw(0x81).ops("}b")),
                value(
                        "object by __new__ with names",
                        b -> b.global("m", "Config").ops(")}").raw(0x92).ops("}b")),
                value(
                        "object whose state is no dictionary",
                        b -> b.global("m", "Config")
                                .ops(")")
                                .raw(0x81)
                                .tuple(1, 2)
                                .ops("b")),
                value(
                        "object of __reduce__ with items",
                        b -> b.global("m", "Box").ops(")R(").text("a").number(1).ops("u")),
                value(
                        "object of _reconstructor",
                        b -> b.global("copy_reg", "_reconstructor")
                                .ops("(")
                                .global("m", "Box")
                                .global("__builtin__", "dict")
                                .ops("}tR")),
                value("result of a result", b -> b.global("m", "factory").ops(")R)R")),
                value("class", b -> b.global("m", "Config")),
                value(
                        "function by protocol 4",
                        b -> b.text("m").text("function").raw(0x93)),
                value(
                        "partial",
                        b -> b.global("functools", "partial")
                                .global("m", "f")
                                .raw(0x85)
                                .ops("R")),
                value("slice", b -> b.global("builtins", "slice").tuple(1, 2, 3).ops("R")),
                value(
                        "torch.Size",
                        b -> b.global("torch", "Size").tuple(1, 2).raw(0x85).ops("R")),
                value(
                        "torch.device",
                        b -> b.global("torch", "device").text("cuda").raw(0x85).ops("R")),
                value("torch.dtype", b -> b.global("torch", "complex128")),
                value("storage class", b -> b.global("torch", "FloatStorage").ops(")R")),
                value(
                        "sparse tensor in a list",
                        b -> b.ops("]")
                                .global("torch._utils", "_rebuild_sparse_tensor")
                                .ops(")Ra")));
    }

    private static PickleBuilder numPyScalar(PickleBuilder builder, String module) {
        return builder.global(module, "scalar")
                .global("numpy", "dtype")
                .text("f8")
                .raw(0x89, 0x88, 0x87)
                .ops("R(")
                .number(3)
                .text("<")
                .ops("NNN")
                .number(-1)
                .number(-1)
                .number(0)
                .ops("tbC")
                .raw(8)
                .bytes(new byte[8])
                .raw(0x86)
                .ops("R");
    }

    private static PickleBuilder numPyArray(PickleBuilder builder, String module) {
        return builder.global(module, "_reconstruct")
                .global("numpy", "ndarray")
                .tuple(0)
                .ops("C")
                .raw(1, 'b')
                .raw(0x87)
                .ops("R(")
                .number(1)
                .tuple(2)
                .global("numpy", "dtype")
                .text("f4")
                .raw(0x85)
                .ops("R")
                .raw(0x89)
                .ops("C")
                .raw(8)
                .bytes(new byte[8])
                .ops("tb");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void isPassedOver(String name, UnaryOperator<PickleBuilder> opcodes) {
        var builder = PickleBuilder.stream().ops("}").text("beside");
        byte[] file = opcodes.apply(builder)
                .ops("s")
                .text("w")
                .tensor("0", 2, 0, new long[] {2}, new long[] {1})
                .ops("s")
                .end("0", new float[] {3, 4});
        Map<String, Tensor> tensors = PyTorchCheckpoint.read("built", file);
        assertEquals(List.of("w"), List.copyOf(tensors.keySet()), name);
        assertArrayEquals(new float[] {3, 4}, tensors.get("w").toArray());
    }

    /** The same as a whole file, which then holds no weights: the message says what it is. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void isNoStateDict(String name, UnaryOperator<PickleBuilder> opcodes) {
        byte[] file = opcodes.apply(PickleBuilder.stream()).end();
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("built", file), name);
        assertEquals("built: it holds no state dict but ", error.getMessage().substring(0, 34));
    }

    /** Files of PyTorch with a value of nearly every class that it pickles; see {@code make_checkpoints.py}. */
    @ParameterizedTest
    @ValueSource(
            strings = {"bystanders.pt", "bystanders.legacy.pt", "bystanders_protocol1.pt", "bystanders_protocol5.pt"})
    void pyTorchsOwnFilesAreRead(String name) {
        Map<String, Tensor> tensors = PyTorchCheckpoint.read(name, Resources.bytes(name));
        assertEquals(List.of("w"), List.copyOf(tensors.keySet()));
        assertArrayEquals(new float[] {-2, -1, 0}, tensors.get("w").toArray());
    }

    /** What stands where a weight belongs, in a state dict of its own. */
    static Stream<Arguments> weights() {
        String dense =
                "; in Python, save it as a dense tensor of real numbers (to_dense(), dequantize(), resolve_neg(), .real)";
        String tensor = "; in Python, save it as a tensor (torch.as_tensor)";
        return Stream.of(
                Arguments.of(
                        value("", b -> numPyArray(b, "numpy.core.multiarray")),
                        "a Python object (numpy.ndarray)" + tensor),
                Arguments.of(value("", b -> b.global("m", "Tensor").ops(")R")), "a Python object (m.Tensor)" + tensor),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._utils", "_rebuild_sparse_tensor")
                                        .ops(")R")),
                        "a sparse tensor" + dense),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._utils", "_rebuild_qtensor")
                                        .ops(")R")),
                        "a quantised tensor" + dense),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._utils", "_rebuild_new_tensor")
                                        .ops(")R")),
                        "a tensor of '_rebuild_new_tensor'" + dense),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._tensor", "_rebuild_from_type_v2")
                                        .ops("(")
                                        .global("torch._utils", "_rebuild_qtensor")
                                        .global("torch", "Tensor")
                                        .ops(")}tR")),
                        "a quantised tensor" + dense),
                Arguments.of(
                        value("", b -> b.vector("ComplexDoubleStorage", "c", 0)),
                        "a tensor of torch.complex128" + dense),
                Arguments.of(value("", b -> b.vector("QInt8Storage", "c", 0)), "a tensor of torch.qint8" + dense),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._utils", "_rebuild_parameter")
                                        .global("torch._utils", "_rebuild_meta_tensor_no_storage")
                                        .ops(")R")
                                        .raw(0x88)
                                        .ops(")")
                                        .raw(0x87)
                                        .ops("R")),
                        "a tensor on the device 'meta', which has no data" + dense),
                Arguments.of(
                        value(
                                "",
                                b -> b.global("torch._utils", "_rebuild_qtensor")
                                        .ops(")RN")
                                        .raw(0x86)),
                        "a tuple of tensors; in Python, save the model before it is quantised or packed"));
    }

    @ParameterizedTest
    @MethodSource("weights")
    @SuppressWarnings("unchecked") // value(name, opcodes) made it
    void isNamedWhereAWeightBelongs(Arguments value, String expected) {
        var opcodes = (UnaryOperator<PickleBuilder>) value.get()[1];
        var builder =
                PickleBuilder.stream().ops("}").text("state_dict").ops("}").text("head.weight");
        byte[] file = opcodes.apply(builder)
                .ops("s")
                .text("head.bias")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("ss")
                .end();
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("built", zip(file)));
        assertEquals("built: weight 'head.weight' cannot be read: it is " + expected, error.getMessage());
        // The same where the state dict is the whole file.
        byte[] whole = opcodes.apply(PickleBuilder.stream().ops("}").text("head.weight"))
                .ops("s")
                .text("head.bias")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("s")
                .end();
        error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("built", zip(whole)));
        assertEquals("built: weight 'head.weight' cannot be read: it is " + expected, error.getMessage());
    }

    /** Weights that a state dict holds in a form of their own; beside other things, they are reported. */
    static Stream<Arguments> formsOfWeights() {
        UnaryOperator<PickleBuilder> tensor = b -> b.tensor("0", 1, 0, new long[] {}, new long[] {});
        return Stream.of(
                Arguments.of(
                        value("text", b -> tensor.apply(b.text("x").ops("]")).ops("as")),
                        "weight 'x' cannot be read: it is a list of tensors; in Python, save every tensor under a name of its"
                                + " own, as model.state_dict() has them",
                        "'x', a list of tensors"),
                Arguments.of(
                        value(
                                "text",
                                b -> tensor.apply(b.text("x").ops("}").text("w"))
                                        .ops("ss")),
                        "weight 'x' cannot be read: it is a dictionary of tensors; in Python, save every tensor under a name"
                                + " of its own, as model.state_dict() has them",
                        "'x', a dictionary of tensors"),
                Arguments.of(
                        value("number", b -> tensor.apply(b.number(5)).ops("s")),
                        "a tensor stands under 5, which is no text and so no name",
                        "a tensor under 5, which is no text"),
                Arguments.of(
                        value(
                                "NumPy",
                                b -> numPyArray(b.text("x"), "numpy.core.multiarray")
                                        .ops("s")),
                        "weight 'x' cannot be read: it is a Python object (numpy.ndarray); in Python, save it as a tensor"
                                + " (torch.as_tensor)",
                        "'x', a Python object (numpy.ndarray)"));
    }

    @ParameterizedTest
    @MethodSource("formsOfWeights")
    @SuppressWarnings("unchecked") // value(name, opcodes) made it
    void noWeightIsLostWithoutAWord(Arguments value, String refused, String passedOver, @TempDir Path folder)
            throws IOException {
        var opcodes = (UnaryOperator<PickleBuilder>) value.get()[1];
        UnaryOperator<PickleBuilder> state = b -> opcodes.apply(b.ops("}"))
                .text("w")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("s");
        byte[] inner = state.apply(PickleBuilder.stream().ops("}").text("state_dict"))
                .ops("s")
                .end("0", 1);
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("built", inner));
        assertEquals("built: " + refused, error.getMessage());
        Path outer = Files.write(
                folder.resolve("outer.pth"), state.apply(PickleBuilder.stream()).end("0", 1));
        try (var open = StoredTensors.open(outer)) {
            assertEquals(List.of(passedOver), open.passedOver());
            assertEquals(List.of("w"), List.copyOf(open.tensors().keySet()));
        }
    }

    /** The pickle of the object out of a stream, in a zip file with the storages that it needs. */
    private static byte[] zip(byte[] stream) {
        int start = PickleBuilder.stream().toBytes().length - 2;
        return TorchZips.of(Map.of(
                "m/data.pkl", Arrays.copyOfRange(stream, start, stream.length),
                "m/data/0", new byte[4],
                "m/data/c", new byte[0]));
    }

    /** What a module saves of itself beside its tensors is no weight. */
    @ParameterizedTest
    @ValueSource(strings = {"head._extra_state", "_extra_state"})
    void extraStateIsPassedOver(String name) {
        byte[] file = PickleBuilder.stream()
                .ops("}")
                .text("state_dict")
                .ops("}")
                .text(name)
                .global("m", "Scale")
                .ops(")Rs")
                .text("head.bias")
                .tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .ops("ss")
                .end("0", 1);
        assertEquals(
                List.of("head.bias"),
                List.copyOf(PyTorchCheckpoint.read("built", file).keySet()));
    }
}

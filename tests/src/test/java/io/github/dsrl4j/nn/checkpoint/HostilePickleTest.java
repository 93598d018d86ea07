package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that do what no honest checkpoint does. */
class HostilePickleTest {
    private static PickleBuilder pickle() {
        return PickleBuilder.stream();
    }

    private static PickleBuilder tensor(long count, long offset, long[] sizes, long[] strides) {
        return pickle().ops("}")
                .text("w")
                .tensor("0", count, offset, sizes, strides)
                .ops("s");
    }

    private static long[] longs(long... values) {
        return values;
    }

    @Test
    void theBuilderMakesFilesThatCanBeRead() {
        byte[] file = tensor(6, 1, longs(2, 2), longs(3, 1)).end("0", 6);
        Map<String, Tensor> tensors = PyTorchCheckpoint.read("built", file);
        assertArrayEquals(new float[4], tensors.get("w").toArray());
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                // Constructors.
                Arguments.of(
                        pickle().global("os", "system")
                                .ops("(")
                                .text("true")
                                .ops("tR")
                                .end(),
                        "the constructor 'os.system' is refused"),
                Arguments.of(pickle().global("posix", "system").end(), "the constructor 'posix.system' is refused"),
                Arguments.of(pickle().global("builtins", "eval").end(), "the constructor 'builtins.eval' is refused"),
                Arguments.of(
                        pickle().text("builtins").text("exec").raw(0x93).end(),
                        "the constructor 'builtins.exec' is refused"),
                Arguments.of(
                        pickle().global("torch", "FloatStorage").ops(")R").end(),
                        "it holds no state dict but a Python object (torch.FloatStorage)"),
                Arguments.of(
                        pickle().global("torch.nn.parameter", "Parameter")
                                .ops(")R")
                                .end(),
                        "it holds no state dict but a Python object (torch.Tensor)"),
                Arguments.of(pickle().text("x").ops(")R").end(), "the text 'x' is called as if it were a constructor"),
                Arguments.of(
                        pickle().global("collections", "OrderedDict").ops("]R").end(),
                        "the arguments of a constructor are not a tuple but a list"),
                Arguments.of(pickle().ops("]}b").end(), "state is given to a list, which takes none"),
                Arguments.of(
                        pickle().global("torch._tensor", "_rebuild_from_type_v2")
                                .ops("(")
                                .global("torch._tensor", "_rebuild_from_type_v2")
                                .global("torch", "Tensor")
                                .ops(")}tR")
                                .end(),
                        "a tensor is made by what makes no tensors"),
                // Opcodes.
                Arguments.of(pickle().ops(")").raw(0x81).end(), "it takes a value from an empty stack"),
                Arguments.of(pickle().ops("(ios\nsystem\n").end(), "the constructor 'os.system' is refused"),
                Arguments.of(pickle().ops("Ione\n").end(), "'one' is no number that Python reads"),
                Arguments.of(pickle().raw(0x97).end(), "the opcode NEXT_BUFFER (0x97) is refused"),
                Arguments.of(pickle().raw(0x82, 1).end(), "the opcode EXT1 (0x82) is refused"),
                Arguments.of(pickle().raw(0xff).end(), "the opcode unknown (0xff) is refused"),
                Arguments.of(pickle().raw(0x80, 9).end(), "protocol 9 is not known; 0 to 5 are read"),
                // The stack and the memo.
                Arguments.of(pickle().end(), "it takes a value from an empty stack"),
                Arguments.of(pickle().ops("((").end(), "it takes a mark for a value"),
                Arguments.of(pickle().ops("t").end(), "it asks for a mark that was never set"),
                Arguments.of(pickle().ops("]]").end(), "it ends with 1 values left over"),
                Arguments.of(
                        pickle().ops("h").raw(7).end(), "it asks for the value under number 7, which it never stored"),
                Arguments.of(
                        pickle().ops("]r").int32(Integer.MAX_VALUE).end(),
                        "it stores a value under number 2147483647 after"),
                Arguments.of(pickle().ops("]r").int32(-1).end(), "it stores a value under number 4294967295 after"),
                Arguments.of(pickle().ops("})a").end(), "it appends to what is not a list but a dictionary"),
                Arguments.of(pickle().ops("]))s").end(), "it puts an item into what is not a dictionary but a list"),
                Arguments.of(pickle().ops("}()u").end(), "it puts a key without a value into a dictionary"),
                Arguments.of(pickle().ops("})Ns").end(), "it holds no state dict but a dictionary {a tuple: None}"),
                Arguments.of(pickle().raw(0x91).end(), "it asks for a mark that was never set"),
                Arguments.of(
                        pickle().ops("](").raw(0x91).ops("Na").end(), "it appends to what is not a list but a set"),
                Arguments.of(pickle().ops("(o").end(), "it makes an object of no class"),
                Arguments.of(pickle().ops("]p-1\n").end(), "the number of a stored value is no whole number"),
                Arguments.of(pickle().ops("]p99\n").end(), "it stores a value under number 99 after"),
                Arguments.of(pickle().ops("Sx\n").end(), "a text has no quotes: x"),
                Arguments.of(pickle().ops("L" + "9".repeat(5000) + "\n").end(), "is no number that Python reads"),
                Arguments.of(
                        pickle().ops("}")
                                .text("k".repeat(5000))
                                .tensor("0", 1, 0, longs(), longs())
                                .ops("s")
                                .text("w")
                                .tensor("0", 1, 0, longs(), longs())
                                .ops("s")
                                .end("0", 1),
                        "the name of a tensor is too long: the text 'kkk"),
                // Lies about sizes.
                Arguments.of(pickle().ops("X").int32(-1).end(), "4294967295 bytes are claimed, but only"),
                Arguments.of(pickle().raw(0x8d).int64(-1).end(), "18446744073709551615 bytes are claimed, but only"),
                Arguments.of(pickle().raw(0x8d).int64(1L << 40).end(), "1099511627776 bytes are claimed, but only"),
                Arguments.of(
                        pickle().ops("B").int32(Integer.MAX_VALUE).end(), "2147483647 bytes are claimed, but only"),
                Arguments.of(pickle().raw(0x95).int64(1L << 50).end(), "a frame claims 1125899906842624 bytes"),
                Arguments.of(pickle().ops("c" + "x".repeat(1000)).end(), "a name is longer than 512 bytes"),
                Arguments.of(pickle().ops("X").int32(1).raw(0xff).end(), "a text is not UTF-8"),
                Arguments.of(pickle().raw(0x8b).int32(-1).end(), "18446744073709551615 bytes are claimed"),
                Arguments.of(pickle().raw(0x8e).int64(1L << 40).end(), "1099511627776 bytes are claimed, but only"),
                Arguments.of(pickle().raw(0x96).int64(-1).end(), "18446744073709551615 bytes are claimed, but only"),
                Arguments.of(
                        tensor(1L << 60, 0, longs(1L << 60), longs(1)).end("0", 1),
                        "storage '0' claims 1152921504606846976"),
                Arguments.of(
                        tensor(1L << 50, 0, longs(1), longs(1)).end("0", 1),
                        "storage '0' should hold 1125899906842624 elements, but its data claims 1"),
                Arguments.of(
                        tensor(6, 0, longs(6), longs(1)).end("1", 6),
                        "data for a storage that no tensor uses: the text '1'"),
                Arguments.of(tensor(6, 0, longs(6), longs(1)).end(), "the data of storage '0' is missing"),
                // Tensors.
                Arguments.of(
                        tensor(6, 1, longs(2, 3), longs(3, 1)).end("0", 6),
                        "a tensor of size [2, 3] and stride [3, 1] from 1 reaches element 6 of storage '0', which"
                                + " has 6"),
                Arguments.of(
                        tensor(6, -1, longs(2), longs(1)).end("0", 6),
                        "the offset of a tensor is -1, not a whole number"),
                Arguments.of(
                        tensor(6, 0, longs(2), longs(-1)).end("0", 6),
                        "the stride of a tensor is -1, not a whole number"),
                Arguments.of(tensor(6, 0, longs(2), longs(1, 1)).end("0", 6), "a tensor has 1 sizes and 2 strides"),
                Arguments.of(
                        tensor(6, 0, longs(1L << 40, 1L << 40), longs(0, 0)).end("0", 6),
                        "a tensor of size [1099511627776, 1099511627776] and stride [0, 0] overflows 64 bits"),
                Arguments.of(
                        tensor(6, 0, longs(2, 2), longs(Long.MAX_VALUE, Long.MAX_VALUE))
                                .end("0", 6),
                        "overflows 64 bits"),
                Arguments.of(
                        tensor(6, 0, new long[65], new long[65]).end("0", 6), "the size of a tensor has 65 dimensions"),
                Arguments.of(
                        tensor(6, 0, longs(1 << 30), longs(0)).end("0", 6),
                        "tensor 'w' would take 4294967296 bytes; a file of this size may describe at most"),
                Arguments.of(
                        tensor(6, 0, longs(1L << 62), longs(0)).end("0", 6),
                        "tensor 'w' would take 9223372036854775807 bytes; a file of this size may describe at most"),
                Arguments.of(
                        pickle().ops("}(")
                                .text("a")
                                .tensor("0", 6, 0, longs(6), longs(1))
                                .text("b")
                                .tensor("0", 7, 0, longs(6), longs(1))
                                .ops("u")
                                .end("0", 6),
                        "storage '0' is described in two ways"),
                Arguments.of(
                        pickle().ops("]Q").end(), "it holds no state dict but a Python object (outside of the file)"),
                Arguments.of(
                        pickle().ops("(")
                                .text("storage")
                                .text("x")
                                .text("0")
                                .text("cpu")
                                .number(1)
                                .ops("tQ")
                                .end(),
                        "a storage is of the class the text 'x'"),
                // What holds itself.
                Arguments.of(
                        pickle().ops("]q").raw(0).ops("h").raw(0).ops("a").end(), "it holds no state dict but a list"),
                Arguments.of(
                        pickle().ops("}q")
                                .raw(0)
                                .text("state_dict")
                                .ops("h")
                                .raw(0)
                                .ops("s")
                                .end(),
                        "it holds no state dict but a dictionary {state_dict: a dictionary}"),
                Arguments.of(pickle().ops("}").end(), "it holds no state dict but an empty dictionary"),
                // The stream around it.
                Arguments.of(
                        new PickleBuilder().raw(0x80, 2).ops("].").toBytes(),
                        "it does not begin with PyTorch's magic number"),
                Arguments.of(
                        new PickleBuilder()
                                .raw(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.')
                                .raw(0x80, 2, 'K', 7, '.')
                                .toBytes(),
                        "its version is not 1001"),
                Arguments.of(pickle().ops("}.").raw(0x80, 2).ops("N.").toBytes(), "the list of storages is None"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isRefusedWithAReason(byte[] file, String expected) {
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("hostile.pth", file));
        assertTrue(error.getMessage().startsWith("hostile.pth: "), error::getMessage);
        assertTrue(error.getMessage().contains(expected), error::getMessage);
    }

    /** Opcode after opcode, each of which is cheap; the machine stops at its limit of steps. */
    @ParameterizedTest
    @ValueSource(strings = {"]", "}", "(", ")", "N", "2"})
    void endlessProgramsStop(String opcode) {
        byte[] file = pickle().ops("]").ops(opcode.repeat(Pickle.MAX_STEPS)).end();
        var error = Assertions.assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("endless", file)));
        assertTrue(error.getMessage().contains("it has more than 4194304 steps"), error::getMessage);
    }

    /** Each level refers to the one below twice: 2^1000 paths, which nobody may walk. */
    @Test
    void doublingReferencesCostNothing() {
        var builder = pickle().ops("]r").int32(0);
        for (int i = 0; i < 1000; i++) {
            builder.ops("0").ops("](j").int32(i).ops("j").int32(i).ops("er").int32(i + 1);
        }
        byte[] file = builder.end();
        var error = Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("doubling", file)));
        assertEquals("doubling: it holds no state dict but a list", error.getMessage());
    }

    /** One list of pairs, made into a dictionary again and again. */
    @Test
    void repeatedDictionariesStop() {
        var builder = pickle().ops("](");
        for (int i = 0; i < 2000; i++) {
            builder.number(i).ops("N").raw(0x86);
        }
        builder.ops("e")
                .raw(0x85)
                .ops("q")
                .raw(0)
                .global("collections", "OrderedDict")
                .ops("q")
                .raw(1);
        for (int i = 0; i < 3000; i++) {
            builder.ops("h").raw(1).ops("h").raw(0).ops("R0");
        }
        byte[] file = builder.end();
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("repeated", file));
        assertTrue(error.getMessage().contains("dictionaries are made of more than 4194304 pairs"), error::getMessage);
    }

    /** Lists a million deep: nothing may follow them by recursion. */
    @Test
    void deepNestingIsNoDanger() {
        byte[] file =
                pickle().ops("]".repeat(1_000_000)).ops("a".repeat(999_999)).end();
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("deep", file));
        assertEquals("deep: it holds no state dict but a list", error.getMessage());
    }

    /** A module that holds itself: the names of its tensors would have no end. */
    @Test
    void modulesThatHoldThemselvesStop() {
        byte[] file = module(1, true);
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("module", file));
        assertTrue(
                error.getMessage()
                        .startsWith("module: module: modules stand in each other more than 64 deep at 'm0.m0."),
                error::getMessage);
    }

    /** Each module holds the next one twice: 2^60 paths lead to the last. */
    @Test
    void modulesThatDoubleStop() {
        byte[] file = module(60, false);
        var error = Assertions.assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("module", file)));
        assertTrue(error.getMessage().contains(" would take "), error::getMessage);
    }

    /** Modules in each other, each twice in the one before; the last holds nothing, or itself. */
    private static byte[] module(int count, boolean endless) {
        var builder = pickle();
        for (int i = 0; i < count; i++) {
            builder.global("m", "Net")
                    .ops(")")
                    .raw(0x81)
                    .ops("r")
                    .int32(i)
                    .ops("}(")
                    .text("_parameters")
                    .ops("}")
                    .text("_modules")
                    .ops("}(");
            if (i > 0 || endless) {
                int inner = endless ? 0 : i - 1;
                builder.text("m0").ops("j").int32(inner).text("m1").ops("j").int32(inner);
            }
            builder.ops("uub");
            builder.ops(i + 1 < count ? "0" : "");
        }
        return builder.end();
    }

    /** Dictionaries that lead to each other under every usual key, and to many values. */
    @Test
    void keysThatLeadInCirclesStop() {
        var builder = pickle().ops("}r").int32(0).ops("(");
        for (String key : new String[] {"state_dict", "model", "net", "module", "weights", "params", "state", "ema"}) {
            builder.text(key).ops("j").int32(0);
        }
        for (int i = 0; i < 100_000; i++) {
            builder.number(i).ops("j").int32(0);
        }
        byte[] file = builder.ops("u").end();
        var error = Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("circles", file)));
        assertTrue(
                error.getMessage().startsWith("circles: it holds no state dict but a dictionary"), error::getMessage);
    }

    /** Many tensors on one storage describe more data than their file has. */
    @Test
    void sharedStoragesCannotMultiplyWithoutEnd() {
        int count = 100_000;
        var builder = pickle().ops("}(");
        for (int i = 0; i < 500; i++) {
            builder.text("w" + i).tensor("0", count, 0, longs(count), longs(1));
        }
        byte[] file = builder.ops("u").end("0", count);
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("shared", file));
        assertTrue(error.getMessage().contains("a file of this size may describe at most"), error::getMessage);
    }
}

package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.full;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.run.BackendCases.Outcome;
import io.github.dsrl4j.nn.onnx.run.Models.OneNode;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The runner of backend cases, on cases written here in their layout. */
final class BackendCasesTest {
    @TempDir
    Path folder;

    /** Every case of the operators' tests also passes as a file of a model with files of its data. */
    @ParameterizedTest
    @MethodSource("expectations")
    void passes(Expectation expectation) throws IOException {
        write("case", expectation.node(), expectation.outputs());
        assertEquals("passed case", BackendCases.run(folder.resolve("case")).toString());
    }

    static Stream<Expectation> expectations() {
        return Stream.of(
                        NetworkOperatorsTest.convolutions(),
                        NetworkOperatorsTest.poolings(),
                        NetworkOperatorsTest.resizes(),
                        ElementOperatorsTest.logic(),
                        ElementOperatorsTest.constants())
                .flatMap(cases -> cases);
    }

    @Test
    void countsAndGivesReasons() throws IOException {
        var relu = OneNode.of(13, "Relu", 1, List.of(counting(2)));
        write("a_good", relu, List.of(counting(2)));
        write("b_bad", relu, List.of(Models.floats(new int[] {2}, 0, 1.01f)));
        write("c_shape", relu, List.of(counting(2, 1)));
        write("d_type", relu, List.of(longs(0, 1)));
        write("e_operator", OneNode.of(13, "Frobnicate", 1, List.of(counting(2))), List.of(counting(2)));
        write(
                "f_attribute",
                OneNode.of(13, "Relu", 1, List.of(counting(2)), AttributeProto.of("leaky", 1)),
                List.of(counting(2)));
        write("g_wrong", OneNode.of(13, "Add", 1, List.of(counting(2), counting(3))), List.of(counting(2)));
        Files.write(Files.createDirectories(folder.resolve("h_damaged")).resolve("model.onnx"), new byte[] {1, 2, 3});
        var out = new ByteArrayOutputStream();
        Map<Outcome, Integer> totals =
                BackendCases.run(List.of(folder), new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals(Map.of(Outcome.PASSED, 1, Outcome.FAILED, 5, Outcome.UNSUPPORTED, 2), totals);
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\\R", -1);
        assertEquals("passed a_good", lines[0]);
        assertEquals(
                "failed b_bad: test_data_set_0: output 'y0' FLOAT[2] differs in 1 of 2 elements, by up to 0.0100;"
                        + " element 1 is 1.0, not 1.0099999904632568",
                lines[1]);
        assertEquals("failed c_shape: test_data_set_0: output 'y0' is FLOAT[2], not FLOAT[2, 1]", lines[2]);
        assertEquals("failed d_type: test_data_set_0: output 'y0' is FLOAT[2], not INT64[2]", lines[3]);
        assertEquals("unsupported e_operator: node 'n' (Frobnicate): the operator is not supported", lines[4]);
        assertEquals(
                "unsupported f_attribute: node 'n' (Relu): attribute 'leaky' is not supported in operator set 13",
                lines[5]);
        assertEquals(
                "failed g_wrong: node 'n' (Add): broadcast: shapes [2] and [3] do not broadcast: dimension 1 from the end is 2 and 3",
                lines[6]);
        assertEquals("passed 1, failed 5, unsupported 2", lines[lines.length - 2]);
    }

    @Test
    void toleratesWhatOnnxTolerates() {
        assertEquals(
                true, BackendCases.difference(full(1000, 1), full(1000.9f, 1)).isEmpty());
        assertEquals(
                false, BackendCases.difference(full(1000, 1), full(1001.1f, 1)).isEmpty());
        assertEquals(
                true,
                BackendCases.difference(full(Float.NaN, 1), full(Float.NaN, 1)).isEmpty());
        assertEquals(
                false, BackendCases.difference(full(1, 1), full(Float.NaN, 1)).isEmpty());
        assertEquals(
                false,
                BackendCases.difference(full(Float.POSITIVE_INFINITY, 1), full(Float.NEGATIVE_INFINITY, 1))
                        .isEmpty());
        assertEquals(false, BackendCases.difference(longs(1000), longs(1001)).isEmpty());
    }

    private void write(String name, OneNode node, List<Value> outputs) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
        Files.write(folder.resolve(name).resolve("model.onnx"), node.model().toBytes());
        int count = 0;
        for (Map.Entry<String, Value> input : node.inputsByName().entrySet()) {
            Files.write(data.resolve("input_" + count++ + ".pb"), tensor(input.getKey(), input.getValue()));
        }
        for (int i = 0; i < outputs.size(); i++) {
            Files.write(data.resolve("output_" + i + ".pb"), tensor("y" + i, outputs.get(i)));
        }
    }

    /** A TensorProto as a file: dims (field 1), data_type (2), name (8), raw_data (9). */
    private static byte[] tensor(String name, Value value) {
        var out = new ByteArrayOutputStream();
        for (int dim : value.shape().dims()) {
            out.write(1 << 3);
            varint(out, dim);
        }
        out.write(2 << 3);
        varint(out, value.type().number());
        field(out, 8, name.getBytes(StandardCharsets.UTF_8));
        int width = value.type().bits() / Byte.SIZE;
        var data = ByteBuffer.allocate(value.size() * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < value.size(); i++) {
            switch (value) {
                case Floats floats -> data.putFloat((float) floats.real(i));
                case Doubles doubles when width == 2 -> data.putShort(Float.floatToFloat16((float) doubles.array()[i]));
                case Doubles doubles -> data.putDouble(doubles.array()[i]);
                case Integers integers -> {
                    for (int b = 0; b < width; b++) {
                        data.put((byte) (integers.array()[i] >> (Byte.SIZE * b)));
                    }
                }
            }
        }
        field(out, 9, data.array());
        return out.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
        out.write(number << 3 | 2);
        varint(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 127) {
            out.write((rest & 127) | 128);
            rest >>>= 7;
        }
        out.write(rest);
    }
}

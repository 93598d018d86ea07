package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.anything;
import static io.github.dsrl4j.nn.onnx.run.Models.images;
import static io.github.dsrl4j.nn.onnx.run.Models.node;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.FloatValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.IntValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Ints;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Fixed;
import io.github.dsrl4j.nn.onnx.proto.ExternalDataTest;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Models.OneNode;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged models are read and run, or refused with the documented exception: quickly, and within the limits that are set for a run.
 * Half of them have bytes changed, the others attributes, operators, versions, shapes, types and numbers, which get further. Some
 * of the models keep weights in a file beside them, have constants that are inputs too, or are of float16.
 *
 * <p>The property {@code onnx.fuzz} is the number of models; one in ten million takes some two hours:
 *
 * <pre>{@code mvn -pl tests -am test -Dtest=OnnxFuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Donnx.fuzz=10000000}</pre>
 */
final class OnnxFuzzTest {
    private static final int INPUTS = Integer.getInteger("onnx.fuzz", 30_000);
    private static final long SEED = Long.getLong("onnx.fuzz.seed", 20_170_907);
    private static final Limits LIMITS = new Limits(1 << 20, 1 << 20);

    /** What one file may allocate, garbage and what the kernels plan with included: a small multiple of what its values may take. */
    private static final long MOST_BYTES = 128 << 20;

    /** A file takes some 50 microseconds; a pause of the machine may take seconds. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long[] NUMBERS = {
        0, 1, 2, 3, 4, 7, 8, 127, 255, 1 << 14, 1 << 20, 1L << 31, 1L << 40, -1, -2, Long.MIN_VALUE
    };

    /** Where damage shows. */
    private enum Outcome {
        NOT_LOADED,
        NOT_RUN,
        RUN
    }

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

    @TempDir
    private Path folder;

    @Test
    void runsOrSaysWhyNot() {
        assertTimeoutPreemptively(Duration.ofSeconds(240 + INPUTS / 200), this::runAll);
    }

    private void runAll() throws IOException {
        Files.write(folder.resolve("w"), new byte[] {0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64});
        byte[] external = ExternalDataTest.model(DataType.FLOAT, 2, "location", "w", "offset", "4", "length", "8");
        List<Expectation> cases = cases();
        List<byte[]> seeds = Stream.concat(
                        Stream.of(network(), shapes()), cases.stream().map(one -> withConstants(one.node())))
                .map(ModelProto::toBytes)
                .toList();
        var counts = new EnumMap<Outcome, Integer>(Outcome.class);
        for (int i = 0; i < INPUTS; i++) {
            if (i % 16 == 0) {
                byte[] file = change(external.clone());
                Path model = Files.write(folder.resolve("model.onnx"), file);
                counts.merge(outcomeWithinLimits(file, () -> ModelProto.read(model)), 1, Integer::sum);
                continue;
            }
            byte[] file = i % 2 == 0
                    ? change(any(seeds).clone())
                    : withConstants(damaged(any(cases).node())).toBytes();
            counts.merge(outcomeWithinLimits(file, () -> ModelProto.read("fuzz", file)), 1, Integer::sum);
        }
        // Damage must reach the reader, the operators while they are made, and while they run.
        for (Outcome outcome : Outcome.values()) {
            assertTrue(counts.getOrDefault(outcome, 0) > INPUTS / 20, counts::toString);
        }
    }

    private OneNode damaged(OneNode one) {
        String operator = random.nextInt(16) == 0
                ? any(Operators.names().stream().toList())
                : one.node().operator();
        int opset = random.nextInt(16) == 0 ? 1 + random.nextInt(Operators.NEWEST) : one.opset();
        AttributeProto[] attributes = one.node().attributes().stream()
                .map(attribute -> random.nextInt(3) == 0 ? damaged(attribute) : attribute)
                .toArray(AttributeProto[]::new);
        var inputs = new ArrayList<Value>();
        one.inputs().forEach(input -> inputs.add(input == null || random.nextInt(4) > 0 ? input : damaged(input)));
        return OneNode.of(opset, operator, one.node().outputs().size(), inputs, attributes);
    }

    private AttributeProto damaged(AttributeProto attribute) {
        return switch (attribute.value()) {
            case IntValue(long number) ->
                AttributeProto.of(attribute.name(), random.nextBoolean() ? number() : number + 1);
            case FloatValue ignored -> AttributeProto.of(attribute.name(), Float.intBitsToFloat(random.nextInt()));
            case Ints(var numbers) -> {
                long[] changed = numbers.stream().mapToLong(Long::longValue).toArray();
                if (random.nextInt(8) == 0) {
                    changed = Arrays.copyOf(changed, random.nextInt(6));
                }
                if (changed.length > 0) {
                    changed[random.nextInt(changed.length)] = number();
                }
                yield AttributeProto.ints(attribute.name(), changed);
            }
            default -> attribute;
        };
    }

    private Value damaged(Value value) {
        int[] dims = value.shape().dims();
        if (value instanceof Integers(DataType type, Shape shape, long[] numbers)
                && numbers.length > 0
                && random.nextBoolean()) {
            long[] changed = numbers.clone();
            changed[random.nextInt(changed.length)] = number();
            return new Integers(type, shape, changed);
        }
        return switch (random.nextInt(4)) {
            case 0 -> value.reshape(Shape.of(value.size()));
            case 1 ->
                value.reshape(Shape.of(IntStream.range(0, dims.length)
                        .map(d -> dims[dims.length - 1 - d])
                        .toArray()));
            case 2 ->
                Models.counting(IntStream.of(dims).map(dim -> random.nextInt(4)).toArray());
            default ->
                any(List.of(
                        Models.longs(), Models.longs(number()), Models.counting(), Models.full(Float.NaN, 1, 0, 2)));
        };
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private long number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private Outcome outcomeWithinLimits(byte[] file, Supplier<ModelProto> read) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        var outcome = Outcome.NOT_LOADED;
        try {
            var model = OnnxModel.of(read.get(), LIMITS);
            outcome = Outcome.NOT_RUN;
            var inputs = new HashMap<String, Object>();
            for (ValueInfoProto input : model.inputs()) {
                inputs.put(input.name(), image(input));
            }
            for (ValueInfoProto input : model.optionalInputs()) {
                if (random.nextBoolean()) {
                    inputs.put(input.name(), image(input));
                }
            }
            model.run(inputs);
            outcome = Outcome.RUN;
        } catch (OnnxException e) {
            assertTrue(e.getMessage().length() > 8 && e.getMessage().length() < 2000, e::getMessage);
        } catch (Throwable e) {
            throw new AssertionError(
                    "an undocumented exception, for " + Base64.getEncoder().encodeToString(file), e);
        }
        long nanos = System.nanoTime() - start;
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        assertTrue(
                nanos < MOST_NANOS && bytes < MOST_BYTES,
                () -> "took %d ms and %d bytes, for %s"
                        .formatted(nanos / 1_000_000, bytes, Base64.getEncoder().encodeToString(file)));
        return outcome;
    }

    /** Something of the declared shape, as far as it is small. */
    private static Tensor image(ValueInfoProto input) {
        int[] dims = input.shape().orElse(List.of()).stream()
                .mapToInt(dimension -> dimension instanceof Fixed(long size) && size > 0 && size <= 16 ? (int) size : 1)
                .limit(6)
                .toArray();
        return Tensor.full(Shape.of(dims), 0.5f);
    }

    private byte[] change(byte[] file) {
        int at = random.nextInt(file.length);
        return switch (random.nextInt(8)) {
            case 0 -> {
                file[at] ^= (byte) (1 << random.nextInt(8));
                yield file;
            }
            case 1, 2 -> {
                file[at] = (byte) random.nextInt(random.nextBoolean() ? 16 : 256);
                yield file;
            }
            case 3, 4 -> {
                byte[] number = varint(number());
                System.arraycopy(number, 0, file, at, Math.min(number.length, file.length - at));
                yield file;
            }
            case 5 -> splice(file, at, Math.min(file.length - at, random.nextInt(16)), new byte[0]);
            case 6 -> splice(file, at, 0, Arrays.copyOfRange(file, at, Math.min(file.length, at + random.nextInt(64))));
            default -> {
                int other = random.nextInt(file.length);
                byte swapped = file[at];
                file[at] = file[other];
                file[other] = swapped;
                yield file;
            }
        };
    }

    private static byte[] splice(byte[] file, int at, int removed, byte[] added) {
        byte[] result = new byte[file.length - removed + added.length];
        System.arraycopy(file, 0, result, 0, at);
        System.arraycopy(added, 0, result, at, added.length);
        System.arraycopy(file, at + removed, result, at + added.length, file.length - at - removed);
        return result.length == 0 ? new byte[1] : result;
    }

    private static byte[] varint(long value) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = value;
        do {
            long next = rest >>> 7;
            bytes[length++] = (byte) ((rest & 127) | (next == 0 ? 0 : 128));
            rest = next;
        } while (rest != 0);
        return Arrays.copyOf(bytes, length);
    }

    /** Between them they use every family of operators. */
    private static List<Expectation> cases() {
        return Expectation.all().toList();
    }

    /** The model of a case with its inputs as constants, so that shapes and indices are damaged too. */
    private ModelProto withConstants(OneNode one) {
        var constants = new ArrayList<TensorProto>();
        boolean half = random.nextInt(8) == 0;
        var inputs = new ArrayList<ValueInfoProto>();
        one.inputsByName().forEach((name, value) -> {
            constants.add(constant(name, value, half));
            if (random.nextInt(8) == 0) {
                inputs.add(Models.anything(name));
            }
        });
        var node = one.node();
        return Models.model(
                one.opset(),
                List.of(node),
                constants,
                inputs,
                node.outputs().stream().map(Models::anything).toList());
    }

    private static TensorProto constant(String name, Value value, boolean half) {
        List<Long> dims =
                Arrays.stream(value.shape().dims()).mapToObj(dim -> (long) dim).toList();
        if (!(value instanceof Integers(DataType type, Shape shape, long[] numbers))) {
            return half
                    ? halves(name, dims, value)
                    : TensorProto.of(name, dims, value.toTensor().toArray());
        }
        if (type != DataType.BOOL) {
            return TensorProto.of(name, dims, numbers);
        }
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return new TensorProto(name, type, dims, MemorySegment.ofArray(bytes), List.of());
    }

    private static TensorProto halves(String name, List<Long> dims, Value value) {
        var bytes = ByteBuffer.allocate(value.size() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < value.size(); i++) {
            bytes.putShort(Float.floatToFloat16((float) value.real(i)));
        }
        return new TensorProto(name, DataType.FLOAT16, dims, MemorySegment.ofArray(bytes.array()), List.of());
    }

    private static ModelProto network() {
        return Models.model(
                13,
                List.of(
                        node(
                                "Conv",
                                List.of("x", "w", "b"),
                                "c",
                                AttributeProto.ints("pads", 1, 1, 1, 1),
                                AttributeProto.ints("strides", 2, 2)),
                        node("PRelu", List.of("c", "b"), "p"),
                        node("MaxPool", List.of("p"), "m", AttributeProto.ints("kernel_shape", 2, 2)),
                        node("Shape", List.of("x"), "s"),
                        node("Resize", List.of("m", "", "", "s"), "r", AttributeProto.of("mode", "linear")),
                        node("Softmax", List.of("r"), "t", AttributeProto.of("axis", 1)),
                        node("ArgMax", List.of("t"), "y", AttributeProto.of("axis", 1))),
                List.of(
                        TensorProto.of("w", List.of(1L, 1L, 3L, 3L), 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f),
                        TensorProto.of("b", List.of(1L), 0.25f)),
                List.of(images("x", 1, 1, 8, 8)),
                List.of(anything("y")));
    }

    private static ModelProto shapes() {
        return Models.model(
                13,
                List.of(
                        node("Shape", List.of("x"), "s"),
                        node("Gather", List.of("s", "i"), "g"),
                        node("Concat", List.of("g", "i"), "c", AttributeProto.of("axis", 0)),
                        node("ConstantOfShape", List.of("c"), "z"),
                        node("Expand", List.of("x", "c"), "e"),
                        node("Add", List.of("z", "e"), "a"),
                        node("Slice", List.of("a", "i", "c"), "l"),
                        node("Transpose", List.of("l"), "t"),
                        node("ReduceSum", List.of("t"), "y")),
                List.of(TensorProto.of("i", List.of(2L), 1L, 2L)),
                List.of(images("x", 1, 2, 2)),
                List.of(anything("y")));
    }
}

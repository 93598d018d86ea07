package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every reader against damaged files of each kind: it reads them or says why not, quickly, and takes no more memory
 * than a small multiple of the file's size. The number of files of each kind is the system property {@code
 * dsrl4j.fuzz.inputs}; ten million in all, once, with Maven's
 *
 * <pre>{@code
 * mvn -pl tests -am test -Dtest=ReaderFuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Ddsrl4j.fuzz.inputs=1250000
 * }</pre>
 */
class ReaderFuzzTest {
    private static final int INPUTS = Integer.getInteger("dsrl4j.fuzz.inputs", 12_500);
    private static final long SEED = 20_200_614;

    /**
     * What a reader may allocate for a file, garbage included. The readers let compression and repeated views expand a
     * file to 32 bytes a byte and 1 MiB; what they build on the way comes to it.
     */
    private static final long BYTES_PER_BYTE = 64;

    private static final long BASE_BYTES = 2 << 20;

    /** What expanded tensors of a small file may take; on average far less, or it would be no exception. */
    private static final long EXPANDED_BYTES = 1 << 26;

    private static final long MEAN_BYTES = 1 << 20;

    /** Reading takes some 50 microseconds; a pause of the machine may take seconds. */
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    Path folder;

    enum Reader {
        SAFETENSORS,
        JSON,
        PYTORCH_STREAM,
        PYTORCH_ZIP,
        PYTORCH_DEFLATED,
        BYSTANDERS,
        MODULES,
        PADDED_ZIP
    }

    private List<byte[]> seeds(Reader reader) throws IOException {
        return switch (reader) {
            case SAFETENSORS -> List.of(safetensors(DType.F32), safetensors(DType.F16), everyType());
            case JSON ->
                List.of(
                        "{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a.b\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"}}"
                                .getBytes(StandardCharsets.UTF_8),
                        "{\"weight_map\":{\"\\u00e9\\n\":\"m.safetensors\"},\"x\":[1,-2.5e3,true,null,[[]],{\"y\":\"é\"}]}"
                                .getBytes(StandardCharsets.UTF_8));
            case PYTORCH_STREAM ->
                Stream.of("dtypes", "views", "training", "parameters", "two_models")
                        .map(name -> Resources.bytes(name + ".legacy.pt"))
                        .toList();
            case PYTORCH_ZIP ->
                Stream.of("dtypes", "views", "training", "parameters", "protocol4", "whole_module")
                        .map(name -> Resources.bytes(name + ".pt"))
                        .toList();
            case PYTORCH_DEFLATED -> List.of(Resources.bytes("deflated.pt"));
            case BYSTANDERS ->
                Stream.of("bystanders.pt", "bystanders.legacy.pt", "bystanders_protocol1.pt", "bystanders_protocol5.pt")
                        .map(Resources::bytes)
                        .toList();
            case MODULES ->
                Stream.of("scripted.pt", "traced.pt", "whole_module.pt")
                        .map(Resources::bytes)
                        .toList();
            case PADDED_ZIP -> List.of(padded(0, 700), padded(300, 0), padded(5, 5));
        };
    }

    private static Consumer<byte[]> reading(Reader reader) {
        return switch (reader) {
            case SAFETENSORS ->
                file -> {
                    try (var open = Safetensors.of("fuzz", file)) {
                        open.names().forEach(open::raw);
                        open.tensors();
                    }
                };
            case JSON -> file -> ShardedCheckpoint.weightMap("fuzz", new String(file, StandardCharsets.UTF_8));
            case PYTORCH_STREAM, PYTORCH_ZIP, PYTORCH_DEFLATED, BYSTANDERS, MODULES, PADDED_ZIP ->
                file -> {
                    Checkpoint.format("fuzz", MemorySegment.ofArray(file));
                    PyTorchCheckpoint.read("fuzz", file);
                };
        };
    }

    private static byte[] padded(int before, int after) {
        byte[] whole = Resources.bytes("parameters.pt");
        byte[] padded = new byte[before + whole.length + after];
        System.arraycopy(whole, 0, padded, before, whole.length);
        return padded;
    }

    private byte[] safetensors(DType dtype) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("conv.weight", Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
        tensors.put("conv.bias", Tensor.of(Shape.of(2), 1, 2));
        tensors.put("count", Tensor.scalar(3));
        Path file = folder.resolve(dtype + ".safetensors");
        Safetensors.write(file, tensors, Map.of("format", "pt"), dtype);
        return Files.readAllBytes(file);
    }

    private static byte[] everyType() {
        var header = new LinkedHashMap<String, Object>();
        int end = 0;
        for (DType dtype : DType.values()) {
            int begin = end;
            end += dtype.bits();
            header.put(
                    dtype.name().toLowerCase(Locale.ROOT),
                    Map.of("dtype", dtype, "shape", new int[] {2, 4}, "data_offsets", new int[] {begin, end}));
        }
        return SafetensorsTest.file(Json.write(header), new byte[end]);
    }

    @ParameterizedTest
    @EnumSource
    void readsOrSaysWhyNot(Reader reader) {
        // Some 50 microseconds per file, and a share for a slow machine.
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5).plusMillis(INPUTS), () -> readDamaged(reader));
    }

    private void readDamaged(Reader reader) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom")
                .create(SEED + reader.name().hashCode());
        var mutator = new Mutator(random, seeds(reader));
        Consumer<byte[]> reading = reading(reader);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        int read = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] file = mutator.next();
            read += readsWithinLimits(reading, file) ? 1 : 0;
        }
        long mean = (threads.getCurrentThreadAllocatedBytes() - allocated) / INPUTS;
        assertTrue(mean < MEAN_BYTES, () -> "a file takes %d bytes on average".formatted(mean));
        // Too few of either kind would mean that the damage does not reach what it shall test.
        assertTrue(read > INPUTS / 200, "only " + read + " files were read");
        assertTrue(INPUTS - read > INPUTS / 5, "only " + (INPUTS - read) + " files were refused");
    }

    /** Whether a file was read; fails on any exception but the documented one, and on excess of time or memory. */
    private static boolean readsWithinLimits(Consumer<byte[]> reading, byte[] file) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        boolean read;
        try {
            reading.accept(file);
            read = true;
        } catch (CheckpointException e) {
            assertTrue(e.getMessage().startsWith("fuzz: ") && e.getMessage().length() > 12, e::getMessage);
            assertTrue(e.getMessage().length() < 2000, e::getMessage);
            read = false;
        } catch (Throwable e) {
            throw new AssertionError(
                    "an undocumented exception, for " + Base64.getEncoder().encodeToString(file), e);
        }
        long nanos = System.nanoTime() - start;
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        assertTrue(
                nanos < MAX_NANOS && bytes < BASE_BYTES + EXPANDED_BYTES + BYTES_PER_BYTE * file.length,
                () -> "took %d ms and %d bytes, for %s"
                        .formatted(nanos / 1_000_000, bytes, Base64.getEncoder().encodeToString(file)));
        return read;
    }
}

package io.github.dsrl4j.nn.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes a safetensors file; see {@link Safetensors#writeStored}. */
final class SafetensorsWriter {
    private static final int CHUNK = 1 << 14;

    private final String target;
    private final List<Item> items;
    private final byte[] header;

    /** A tensor and the type in which it is written. */
    private record Item(String name, StoredTensor tensor, DType dtype) {
        long bytes() {
            return Math.multiplyExact(tensor.size(), dtype.bits()) / 8;
        }
    }

    SafetensorsWriter(
            String target,
            Map<String, StoredTensor> tensors,
            Map<String, String> metadata,
            UnaryOperator<DType> types) {
        this.target = target;
        this.items = tensors.entrySet().stream()
                .map(entry -> item(entry.getKey(), entry.getValue(), types))
                .sorted(Comparator.comparingInt((Item item) -> item.dtype().bits())
                        .reversed())
                .toList();
        this.header = header(metadata);
    }

    private static Item item(String name, StoredTensor tensor, UnaryOperator<DType> types) {
        DType stored = tensor.dtype();
        DType written = types.apply(stored);
        checkWritten(stored, written);
        return new Item(name, tensor, written);
    }

    /** Whether tensors of one type are written as another at all. */
    static void checkWritten(DType stored, DType written) {
        boolean converts = stored.isFloatingPoint()
                && switch (written) {
                    case F64, F32, F16, BF16 -> true;
                    default -> false;
                };
        if (written != stored && !converts) {
            throw new IllegalArgumentException("safetensors: %s tensors are written as %s, not as %s"
                    .formatted(stored, stored.isFloatingPoint() ? "F64, F32, F16 or BF16" : "they are", written));
        }
    }

    void write(Path file) {
        AtomicFile.write(file, out -> {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (Item item : items) {
                writeData(out, item);
            }
        });
    }

    private byte[] header(Map<String, String> metadata) {
        var root = new LinkedHashMap<String, Object>();
        if (!metadata.isEmpty()) {
            root.put(SafetensorsHeader.METADATA, metadata);
        }
        long begin = 0;
        for (Item item : items) {
            if (item.name().equals(SafetensorsHeader.METADATA)) {
                throw new CheckpointException(
                        target + ": safetensors: no tensor can be named " + SafetensorsHeader.METADATA);
            }
            long end = begin + item.bytes();
            var fields = new LinkedHashMap<String, Object>();
            fields.put("dtype", item.dtype());
            fields.put(
                    "shape",
                    item.tensor().shape().stream().mapToLong(Long::longValue).toArray());
            fields.put("data_offsets", new long[] {begin, end});
            root.put(item.name(), fields);
            begin = end;
        }
        String json = Json.write(root);
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        // Blanks at the end bring the data to a multiple of eight bytes, so that readers can map it as numbers.
        int padding = -text.length & 7;
        byte[] padded = (json + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
        if (padded.length > SafetensorsHeader.MAX_LENGTH) {
            throw new CheckpointException("%s: safetensors: the header would take %d bytes; at most %d are allowed"
                    .formatted(target, padded.length, SafetensorsHeader.MAX_LENGTH));
        }
        return padded;
    }

    private void writeData(OutputStream out, Item item) throws IOException {
        MemorySegment data = item.tensor().bytes();
        boolean copies = item.dtype() == item.tensor().dtype();
        int storedBytes = copies ? 1 : item.tensor().dtype().bits() / 8;
        int writtenBytes = copies ? 1 : item.dtype().bits() / 8;
        long size = copies ? item.bytes() : item.tensor().size();
        var chunk = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int most = chunk.capacity() / writtenBytes;
        for (long start = 0; start < size; start += most) {
            int count = (int) Math.min(most, size - start);
            if (copies) {
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, start, chunk.array(), 0, count);
            } else {
                convert(item, data, start * storedBytes, chunk.clear(), count);
            }
            out.write(chunk.array(), 0, count * writtenBytes);
        }
    }

    private void convert(Item item, MemorySegment data, long offset, ByteBuffer chunk, int count) {
        DType stored = item.tensor().dtype();
        int bytes = stored.bits() / 8;
        for (int i = 0; i < count; i++) {
            double value = stored.toDouble(data, offset + (long) i * bytes);
            double written = put(chunk, item.dtype(), value);
            if (Double.isInfinite(written) && Double.isFinite(value)) {
                throw new CheckpointException("%s: tensor '%s' holds %s, which is too large for %s; write %s instead"
                        .formatted(
                                target,
                                Names.shorten(item.name()),
                                value == (float) value ? Float.toString((float) value) : Double.toString(value),
                                item.dtype(),
                                Math.abs(value) > Float.MAX_VALUE ? DType.F64 : DType.F32));
            }
        }
    }

    /** Appends a value in a type and returns what the type makes of it. */
    private static double put(ByteBuffer chunk, DType dtype, double value) {
        return switch (dtype) {
            case F64 -> {
                chunk.putDouble(value);
                yield value;
            }
            case F32 -> {
                chunk.putFloat((float) value);
                yield (float) value;
            }
            case F16 -> {
                short half = SmallFloats.toFloat16((float) value);
                chunk.putShort(half);
                yield SmallFloats.fromFloat16(half);
            }
            default -> {
                short half = SmallFloats.toBfloat16((float) value);
                chunk.putShort(half);
                yield SmallFloats.fromBfloat16(half);
            }
        };
    }
}

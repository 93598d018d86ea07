package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a safetensors file; see {@link Safetensors#write}. */
final class SafetensorsWriter {
    private static final float LARGEST_EXACT = 1 << 24;
    private static final int CHUNK = 1 << 14;

    private final String target;
    private final Map<String, Tensor> tensors;
    private final DType dtype;
    private final byte[] header;

    private final Map<String, DType> wholeNumbers;

    /** @param wholeNumbers the types of the tensors of whole numbers, which are not written as {@code dtype} */
    SafetensorsWriter(
            String target,
            Map<String, Tensor> tensors,
            Map<String, String> metadata,
            DType dtype,
            Map<String, DType> wholeNumbers) {
        if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
            throw new IllegalArgumentException("safetensors: tensors are written as F32, F16 or BF16, not " + dtype);
        }
        this.target = target;
        this.tensors = tensors;
        this.dtype = dtype;
        this.wholeNumbers = wholeNumbers;
        this.header = header(metadata);
    }

    void write(Path file) {
        AtomicFile.write(file, out -> {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (var entry : tensors.entrySet()) {
                DType whole = wholeNumbers.get(entry.getKey());
                if (whole == null) {
                    writeData(out, entry.getKey(), entry.getValue().toArray());
                } else {
                    writeWhole(out, entry.getKey(), entry.getValue().toArray(), whole);
                }
            }
        });
    }

    private byte[] header(Map<String, String> metadata) {
        var root = new LinkedHashMap<String, Object>();
        if (!metadata.isEmpty()) {
            root.put(SafetensorsHeader.METADATA, metadata);
        }
        long begin = 0;
        for (var entry : tensors.entrySet()) {
            if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
                throw new CheckpointException(
                        target + ": safetensors: no tensor can be named " + SafetensorsHeader.METADATA);
            }
            DType type = wholeNumbers.getOrDefault(entry.getKey(), dtype);
            long end = begin + (long) entry.getValue().size() * type.bits() / 8;
            var fields = new LinkedHashMap<String, Object>();
            fields.put("dtype", type);
            fields.put("shape", entry.getValue().shape().dims());
            fields.put("data_offsets", new long[] {begin, end});
            root.put(entry.getKey(), fields);
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

    private void writeData(OutputStream out, String name, float[] values) throws IOException {
        var bytes = ByteBuffer.allocate(CHUNK * dtype.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < values.length; start += CHUNK) {
            int end = Math.min(values.length, start + CHUNK);
            bytes.clear();
            if (dtype == DType.F32) {
                bytes.asFloatBuffer().put(values, start, end - start);
                bytes.position((end - start) * Float.BYTES);
            } else {
                for (int i = start; i < end; i++) {
                    bytes.putShort(half(name, values[i]));
                }
            }
            out.write(bytes.array(), 0, bytes.position());
        }
    }

    /** Beyond 2^24 float32, in which all tensors are read, skips whole numbers. */
    private void writeWhole(OutputStream out, String name, float[] values, DType type) throws IOException {
        int bytes = type.bits() / 8;
        var buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (Math.abs(value) >= LARGEST_EXACT) {
                throw new CheckpointException(
                        "%s: tensor '%s' holds whole numbers of 2^24 and more, which are not kept exactly"
                                .formatted(target, Names.shorten(name)));
            }
            out.write(buffer.putLong(0, (long) value).array(), 0, bytes);
        }
    }

    private short half(String name, float value) {
        short half = dtype == DType.F16 ? SmallFloats.toFloat16(value) : SmallFloats.toBfloat16(value);
        float back = dtype == DType.F16 ? SmallFloats.fromFloat16(half) : SmallFloats.fromBfloat16(half);
        if (Float.isInfinite(back) && Float.isFinite(value)) {
            throw new CheckpointException("%s: tensor '%s' holds %s, which is too large for %s; write F32 instead"
                    .formatted(target, Names.shorten(name), value, dtype));
        }
        return half;
    }
}

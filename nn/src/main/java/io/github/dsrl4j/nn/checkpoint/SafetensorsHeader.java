package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: eight bytes with its length, then JSON that gives every tensor's type, shape and
 * place. Checks everything that the format promises, so that what comes after can trust it.
 *
 * @param metadata free text that stands beside the tensors
 * @param entries the tensors by name, in the order of their data
 * @param dataStart where the data begins in the file
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Safetensors.Entry> entries, long dataStart) {
    static final long MAX_LENGTH = 100_000_000;
    static final int LENGTH_BYTES = 8;
    static final String METADATA = "__metadata__";

    static SafetensorsHeader read(String source, MemorySegment file) {
        return new Reader(source).read(file);
    }

    private record Reader(String source) {
        SafetensorsHeader read(MemorySegment file) {
            String text = text(file);
            Map<String, Object> root;
            try {
                root = Json.parseObject(text);
            } catch (Json.SyntaxException e) {
                throw error("the header is not what it should be: " + e.getMessage(), e);
            }
            long dataStart = LENGTH_BYTES + headerLength(file);
            Map<String, String> metadata = metadata(root.remove(METADATA));
            var entries = new ArrayList<Safetensors.Entry>(root.size());
            root.forEach((name, value) -> entries.add(entry(name, value)));
            entries.sort(Comparator.comparingLong(Safetensors.Entry::begin).thenComparingLong(Safetensors.Entry::end));
            checkCoverage(entries, file.byteSize() - dataStart);
            var byName = new LinkedHashMap<String, Safetensors.Entry>();
            entries.forEach(entry -> byName.put(entry.name(), entry));
            return new SafetensorsHeader(metadata, Collections.unmodifiableMap(byName), dataStart);
        }

        private long headerLength(MemorySegment file) {
            return file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        }

        private String text(MemorySegment file) {
            if (file.byteSize() < LENGTH_BYTES) {
                throw error("the file ends after %d bytes; a safetensors file begins with 8 bytes of header length"
                        .formatted(file.byteSize()));
            }
            long length = headerLength(file);
            if (length < 0 || length > MAX_LENGTH) {
                throw error("the header claims %s bytes; at most %d are allowed"
                        .formatted(Long.toUnsignedString(length), MAX_LENGTH));
            }
            if (length > file.byteSize() - LENGTH_BYTES) {
                throw error("the header claims %d bytes, but only %d follow: the file is cut off"
                        .formatted(length, file.byteSize() - LENGTH_BYTES));
            }
            MemorySegment header = file.asSlice(LENGTH_BYTES, length);
            if (length == 0 || header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
                throw error("the header does not begin with '{'");
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(header.asByteBuffer())
                        .toString();
            } catch (CharacterCodingException e) {
                throw error("the header is not UTF-8 text", e);
            }
        }

        private Map<String, String> metadata(Object value) {
            var metadata = new LinkedHashMap<String, String>();
            if (value == null) {
                return metadata;
            }
            if (!(value instanceof Map<?, ?> map)) {
                throw error(METADATA + " is not an object of texts");
            }
            map.forEach((key, entry) -> {
                if (!(entry instanceof String text)) {
                    throw error("%s: the value of '%s' is not text".formatted(METADATA, Names.shorten((String) key)));
                }
                metadata.put((String) key, text);
            });
            return Collections.unmodifiableMap(metadata);
        }

        private Safetensors.Entry entry(String name, Object value) {
            if (!(value instanceof Map<?, ?> fields)) {
                throw error(name, "is not described by an object");
            }
            if (!(fields.get("dtype") instanceof String typeName)) {
                throw error(name, "has no dtype");
            }
            DType dtype = dtype(name, typeName);
            List<Long> shape = naturals(name, "shape", fields.get("shape"));
            List<Long> offsets = naturals(name, "data_offsets", fields.get("data_offsets"));
            if (offsets.size() != 2) {
                throw error(name, "has %d data_offsets; there must be 2, begin and end".formatted(offsets.size()));
            }
            long begin = offsets.getFirst();
            long end = offsets.getLast();
            if (end < begin) {
                throw error(name, "ends at byte %d, before it begins at %d".formatted(end, begin));
            }
            long bytes = bytes(name, dtype, shape);
            if (end - begin != bytes) {
                throw error(
                        name,
                        "of %s %s needs %d bytes, but data_offsets [%d, %d] hold %d"
                                .formatted(dtype, Shapes.describe(shape), bytes, begin, end, end - begin));
            }
            return new Safetensors.Entry(name, dtype, shape, begin, end);
        }

        private DType dtype(String name, String typeName) {
            for (DType dtype : DType.values()) {
                if (dtype.name().equals(typeName)) {
                    return dtype;
                }
            }
            throw error(name, "has the unknown dtype '%s'".formatted(Names.shorten(typeName)));
        }

        private List<Long> naturals(String name, String field, Object value) {
            if (!(value instanceof List<?> numbers)) {
                throw error(name, "has no list '%s'".formatted(field));
            }
            var result = new ArrayList<Long>(numbers.size());
            for (Object number : numbers) {
                if (!(number instanceof Long natural) || natural < 0) {
                    throw error(
                            name,
                            "has a '%s' with an entry that is not a whole number from 0 to 2^63 - 1".formatted(field));
                }
                result.add(natural);
            }
            return Collections.unmodifiableList(result);
        }

        private long bytes(String name, DType dtype, List<Long> shape) {
            long bits = dtype.bits();
            for (long dim : shape) {
                long high = Math.multiplyHigh(bits, dim);
                bits *= dim;
                if (high != 0 || bits < 0) {
                    throw error(name, "has a shape whose size overflows 64 bits: %s".formatted(Shapes.describe(shape)));
                }
            }
            if (bits % 8 != 0) {
                throw error(name, "of %s %s does not end at a whole byte".formatted(dtype, Shapes.describe(shape)));
            }
            return bits / 8;
        }

        private void checkCoverage(List<Safetensors.Entry> sorted, long available) {
            long covered = 0;
            String previous = null;
            for (Safetensors.Entry entry : sorted) {
                if (entry.begin() > covered) {
                    throw error(
                            entry.name(),
                            "begins at byte %d of the data, but the one before it ends at %d: a hole"
                                    .formatted(entry.begin(), covered));
                }
                if (entry.begin() < covered) {
                    throw error(
                            entry.name(),
                            "begins at byte %d of the data, inside tensor '%s', which ends at %d"
                                    .formatted(entry.begin(), Names.shorten(previous), covered));
                }
                covered = entry.end();
                previous = entry.name();
            }
            if (covered > available) {
                throw error("the tensors need %d bytes of data, but only %d follow the header: the file is cut off"
                        .formatted(covered, available));
            }
            if (covered < available) {
                throw error("%d bytes of data follow the header, but the tensors cover only %d"
                        .formatted(available, covered));
            }
        }

        private CheckpointException error(String name, String problem) {
            return error("tensor '%s' %s".formatted(Names.shorten(name), problem));
        }

        private CheckpointException error(String problem) {
            return error(problem, (Exception) null);
        }

        private CheckpointException error(String problem, Exception cause) {
            return new CheckpointException(source + ": safetensors: " + problem, cause);
        }
    }
}

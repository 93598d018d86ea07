package io.github.dsrl4j.nn.onnx.proto;

import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX file.
 *
 * @param irVersion the version of the format; 3 to 13 at present
 * @param operatorSets the versions of the operators
 * @param producerName what wrote the file; and its version
 * @param metadata free text by key; the field {@code metadata_props}
 */
public record ModelProto(
        long irVersion,
        List<OperatorSetId> operatorSets,
        String producerName,
        String producerVersion,
        Map<String, String> metadata,
        GraphProto graph) {
    /** Protocol Buffers allow no more. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    public ModelProto {
        operatorSets = List.copyOf(operatorSets);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Reads a file. Tensors may keep their elements in other files of its folder, which are mapped into memory.
     *
     * @throws OnnxException if it, or a file that it refers to, cannot be read or is damaged
     */
    public static ModelProto read(Path file) {
        try {
            return read(reader(file));
        } catch (OnnxException e) {
            String name = String.valueOf(file.getFileName());
            if (!Files.exists(file) || !name.matches("(?i).+[._](data|weights?)")) {
                throw e;
            }
            throw new OnnxException(
                    "%s: seems to hold the weights of a model, not the model itself: give the .onnx file beside it (%s)"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /**
     * Reads the contents of a file, which the tensors of the model then refer to. Tensors in other files are refused, since nothing
     * tells where those are.
     *
     * @param name what messages call the file
     */
    public static ModelProto read(String name, byte[] contents) {
        return read(ProtoReader.of(name, contents));
    }

    static ProtoReader reader(Path file) {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw new OnnxException(
                        "%s: has %d bytes, but an ONNX file has at most 2 GiB: larger models keep their weights beside it"
                                .formatted(file, size));
            }
            return ProtoReader.of(file, Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new OnnxException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new OnnxException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static ModelProto read(ProtoReader reader) {
        long irVersion = 0;
        var operatorSets = new ArrayList<OperatorSetId>();
        String producerName = "";
        String producerVersion = "";
        var metadata = new LinkedHashMap<String, String>();
        GraphProto graph = null;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> irVersion = reader.varint();
                case 2 -> producerName = reader.string();
                case 3 -> producerVersion = reader.string();
                case 7 -> graph = reader.message(GraphProto::read);
                case 8 -> operatorSets.add(reader.message(OperatorSetId::read));
                case 14 -> {
                    Map.Entry<String, String> entry = reader.message(ModelProto::readEntry);
                    metadata.put(entry.getKey(), entry.getValue());
                }
                default -> reader.skip();
            }
        }
        if (graph == null) {
            throw reader.error("there is no graph: the file is empty or no ONNX model");
        }
        return new ModelProto(irVersion, operatorSets, producerName, producerVersion, metadata, graph);
    }

    private static Map.Entry<String, String> readEntry(ProtoReader reader) {
        String key = "";
        String value = "";
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> key = reader.string();
                case 2 -> value = reader.string();
                default -> reader.skip();
            }
        }
        return Map.entry(key, value);
    }

    /**
     * Writes the file; whoever reads it finds the old contents or the new ones.
     *
     * @throws io.github.dsrl4j.nn.checkpoint.CheckpointException if it cannot be written
     */
    public void write(Path file) {
        ProtoWriter writer = writer();
        AtomicFile.write(file, writer::writeTo);
    }

    /** The contents of the file. */
    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try {
            writer().writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private ProtoWriter writer() {
        var writer = new ProtoWriter();
        writer.varint(1, irVersion);
        writer.string(2, producerName);
        writer.string(3, producerVersion);
        writer.message(7, graph::write);
        writer.messages(8, operatorSets, OperatorSetId::write);
        metadata.forEach((key, value) -> writer.message(14, entry -> {
            entry.string(1, key);
            entry.string(2, value);
        }));
        if (writer.length() > MOST_BYTES) {
            throw new OnnxException(
                    "the model has %d bytes, but an ONNX file has at most 2 GiB".formatted(writer.length()));
        }
        return writer;
    }
}

package io.github.dsrl4j.nn.onnx.proto;

/**
 * The version of the operators of a domain that a model uses.
 *
 * @param domain empty for ONNX's own operators
 */
public record OperatorSetId(String domain, long version) {
    static OperatorSetId read(ProtoReader reader) {
        String domain = "";
        long version = 0;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> domain = reader.string();
                case 2 -> version = reader.varint();
                default -> reader.skip();
            }
        }
        return new OperatorSetId(domain, version);
    }

    void write(ProtoWriter writer) {
        writer.string(1, domain);
        writer.varint(2, version);
    }
}

package io.github.dsrl4j.nn.checkpoint;

import java.util.Map;

/** The names of the pickle opcodes that are refused, as Python's {@code pickletools} lists them. */
final class PickleOpcodes {
    private static final Map<Integer, String> REFUSED = Map.ofEntries(
            Map.entry(0x82, "EXT1"),
            Map.entry(0x83, "EXT2"),
            Map.entry(0x84, "EXT4"),
            Map.entry(0x97, "NEXT_BUFFER"),
            Map.entry(0x98, "READONLY_BUFFER"));

    private PickleOpcodes() {}

    /** The opcode's name and code. */
    static String describe(int opcode) {
        return "%s (0x%02x)".formatted(REFUSED.getOrDefault(opcode, "unknown"), opcode);
    }
}

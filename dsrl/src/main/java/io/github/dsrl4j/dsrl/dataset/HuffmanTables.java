package io.github.dsrl4j.dsrl.dataset;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** The Huffman tables that a JPEG file may leave out. Source: ITU-T T.81, tables K.3 to K.6. */
final class HuffmanTables {
    private static final String DC_LUMINANCE = "00010501010101010100000000000000" + "000102030405060708090a0b";
    private static final String DC_CHROMINANCE = "00030101010101010101010000000000" + "000102030405060708090a0b";
    private static final String AC_LUMINANCE = "0002010303020403050504040000017d"
            + "01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
            + "2433627282090a161718191a25262728292a3435363738393a43444546474849"
            + "4a535455565758595a636465666768696a737475767778797a83848586878889"
            + "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
            + "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8"
            + "f9fa";
    private static final String AC_CHROMINANCE = "00020102040403040705040400010277"
            + "000102031104052131061241510761711322328108144291a1b1c109233352f0"
            + "156272d10a162434e125f11718191a262728292a35363738393a434445464748"
            + "494a535455565758595a636465666768696a737475767778797a828384858687"
            + "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
            + "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8"
            + "f9fa";

    private HuffmanTables() {}

    /** All four as one segment. */
    static byte[] segment() {
        var tables = new ByteArrayOutputStream();
        add(tables, 0x00, DC_LUMINANCE);
        add(tables, 0x10, AC_LUMINANCE);
        add(tables, 0x01, DC_CHROMINANCE);
        add(tables, 0x11, AC_CHROMINANCE);
        var segment = new ByteArrayOutputStream();
        int length = tables.size() + 2;
        segment.write(0xFF);
        segment.write(0xC4);
        segment.write(length >> 8);
        segment.write(length);
        segment.writeBytes(tables.toByteArray());
        return segment.toByteArray();
    }

    private static void add(ByteArrayOutputStream out, int id, String countsAndValues) {
        out.write(id);
        out.writeBytes(HexFormat.of().parseHex(countsAndValues));
    }
}

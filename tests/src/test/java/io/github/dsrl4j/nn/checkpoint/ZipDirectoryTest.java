package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ZipDirectoryTest {
    private static final byte[] TEXT = "the contents of an entry, entry, entry".getBytes(StandardCharsets.UTF_8);

    private static byte[] zip(String comment) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setComment(comment);
            zip.putNextEntry(new ZipEntry("a/deflated"));
            zip.write(TEXT);
            var stored = new ZipEntry("a/größe");
            var crc = new CRC32();
            crc.update(TEXT);
            stored.setMethod(ZipEntry.STORED);
            stored.setSize(TEXT.length);
            stored.setCrc(crc.getValue());
            zip.putNextEntry(stored);
            zip.write(TEXT);
            zip.putNextEntry(new ZipEntry("empty"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static ZipDirectory open(byte[] file) {
        return new ZipDirectory("x", MemorySegment.ofArray(file), new Budget("x", file.length));
    }

    private static byte[] contents(ZipDirectory zip, String name) {
        return zip.contents(zip.entries().get(name)).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void readsStoredAndDeflatedEntries() {
        for (String comment :
                List.of("", "a comment", "PK\u0005\u0006 in a comment of some length, which is no end record")) {
            ZipDirectory zip = open(zip(comment));
            assertEquals(
                    List.of("a/deflated", "a/größe", "empty"),
                    List.copyOf(zip.entries().keySet()));
            assertArrayEquals(TEXT, contents(zip, "a/deflated"));
            assertArrayEquals(TEXT, contents(zip, "a/größe"));
            assertEquals(0, contents(zip, "empty").length);
        }
    }

    /** One stored entry "n" whose sizes and place stand in Zip64 fields, as in files beyond 4 GB. */
    private static ByteBuffer zip64() {
        var out = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x04034b50)
                .put(new byte[22])
                .putShort((short) 1)
                .putShort((short) 0)
                .put((byte) 'n')
                .put(TEXT);
        int directory = out.position();
        out.putInt(0x02014b50).put(new byte[12]).putInt(0).putInt(-1).putInt(-1);
        out.putShort((short) 1)
                .putShort((short) 34)
                .put(new byte[10])
                .putInt(-1)
                .put((byte) 'n');
        out.putShort((short) 99).putShort((short) 2).putShort((short) 0);
        out.putShort((short) 1)
                .putShort((short) 24)
                .putLong(TEXT.length)
                .putLong(TEXT.length)
                .putLong(0);
        int end64 = out.position();
        out.putInt(0x06064b50).putLong(44).put(new byte[12]).putLong(1).putLong(1);
        out.putLong(end64 - directory).putLong(directory);
        out.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
        out.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
        return out.flip();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.limit()];
        buffer.get(0, bytes);
        return bytes;
    }

    @Test
    void readsZip64() {
        assertArrayEquals(TEXT, contents(open(bytes(zip64())), "n"));
    }

    private static byte[] damaged(Consumer<ByteBuffer> damage) {
        byte[] file = zip("");
        damage.accept(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        return file;
    }

    private static byte[] damaged64(Consumer<ByteBuffer> damage) {
        ByteBuffer file = zip64();
        damage.accept(file);
        return bytes(file);
    }

    /** Where the first entry's record in the central directory begins. */
    private static int central(ByteBuffer file) {
        return file.getInt(file.limit() - 6);
    }

    static Stream<Arguments> broken() {
        byte[] whole = zip("");
        return Stream.of(
                Arguments.of(
                        Arrays.copyOf(whole, whole.length - 1),
                        "there is no directory at the end: the file is cut off or damaged"),
                Arguments.of(new byte[0], "there is no directory at the end"),
                Arguments.of(
                        damaged(file -> file.putInt(file.limit() - 6, Integer.MAX_VALUE)),
                        "at 2147483647 does not fit the file"),
                Arguments.of(
                        damaged(file -> file.putShort(file.limit() - 12, (short) -1)),
                        "the directory of 65535 entries in"),
                Arguments.of(damaged(file -> file.putInt(central(file), 0)), "the directory is damaged at byte"),
                Arguments.of(
                        damaged(file -> file.putShort(central(file) + 28, (short) 5000)),
                        "5000 bytes are claimed, but only"),
                Arguments.of(
                        damaged(file -> file.putShort(central(file) + 8, (short) 1)),
                        "entry 'a/deflated' is encrypted"),
                Arguments.of(
                        damaged(file -> file.putShort(central(file) + 10, (short) 12)),
                        "entry 'a/deflated' is packed by method 12; stored and deflated ones are read"),
                Arguments.of(
                        damaged(file -> file.putShort(central(file) + 10, (short) 0)),
                        "entry 'a/deflated' is stored, but of two sizes"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 20, 70_000)),
                        "entry 'a/deflated' claims 70000 bytes, but only"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 24, TEXT.length + 1)),
                        "entry 'a/deflated' unpacks to 38 bytes, not 39"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 24, TEXT.length - 1)),
                        "entry 'a/deflated' unpacks to more than 37"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 24, 1 << 30)),
                        "the zip entry 'a/deflated' would take 1073741824 bytes; a file of this size may describe at"
                                + " most"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 24, -2)),
                        "entry 'a/deflated' is deflated and larger than 2 GB"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 16, 1)),
                        "entry 'a/deflated' is damaged: its checksum differs"),
                Arguments.of(damaged(file -> file.put(40, (byte) 0xff)), "entry 'a/deflated' is damaged: "),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 42, 1 << 30)),
                        "entry 'a/deflated' begins beyond the end of the file"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 42, 3)),
                        "entry 'a/deflated' has no local header where the directory says"),
                Arguments.of(
                        damaged(file -> file.putInt(central(file) + 20, -1)),
                        "entry 'a/deflated' lacks its Zip64 sizes"),
                Arguments.of(
                        damaged64(file -> file.putLong(file.limit() - 34, 5)),
                        "the Zip64 end of the directory is not where it should be"),
                Arguments.of(
                        damaged64(file -> file.putLong(file.limit() - 34, -1)),
                        "the Zip64 end of the directory is not where"),
                Arguments.of(
                        damaged64(file -> file.putLong(file.limit() - 50, -1)),
                        "at 18446744073709551615 does not fit the file"),
                Arguments.of(
                        damaged64(file -> file.putLong(30 + 1 + TEXT.length + 46 + 1 + 6 + 4, -1)),
                        "entry 'n' has a size or place beyond 2^63"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesBrokenFiles(byte[] file, String expected) {
        var error = assertThrows(CheckpointException.class, () -> {
            ZipDirectory zip = open(file);
            zip.entries().values().forEach(zip::contents);
        });
        assertTrue(error.getMessage().startsWith("x: "), error::getMessage);
        assertTrue(error.getMessage().contains(expected), error::getMessage);
    }

    @Test
    void refusesAnEntryListedTwice() {
        String text = new String(zipOf("one", "two"), StandardCharsets.ISO_8859_1);
        byte[] twice = text.replace("two", "one").getBytes(StandardCharsets.ISO_8859_1);
        var error = assertThrows(CheckpointException.class, () -> open(twice));
        assertEquals("x: zip: entry 'one' is listed twice", error.getMessage());
    }

    private static byte[] zipOf(String... names) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    static Stream<Arguments> otherZips() {
        return Stream.of(
                Arguments.of(
                        zipOf("a.npy"),
                        "PyTorch zip: it holds no data.pkl; it is a NumPy file (.npz) of arrays; in Python, save them with"
                                + " safetensors.numpy.save_file"),
                Arguments.of(
                        zipOf("config.json", "model.weights.h5"),
                        "PyTorch zip: it holds no data.pkl; it is a Keras file (.keras); in Keras, save the weights as"
                                + " a PyTorch or safetensors file"),
                Arguments.of(
                        zipOf("m/model.json"),
                        "PyTorch zip: it holds no data.pkl; it is an exported program or a TorchScript file of before"
                                + " PyTorch 1.4; load it with PyTorch and save model.state_dict()"),
                Arguments.of(
                        zipOf("weights/best.pth"),
                        "PyTorch zip: it holds no data.pkl; it is an archive with files of weights in it; unpack it first"),
                Arguments.of(
                        zipOf("m.mlpackage/Data/com.apple.CoreML/model.mlmodel"),
                        "PyTorch zip: it holds no data.pkl; it is a Core ML package; in the tool that made it, save the"
                                + " weights as a PyTorch or safetensors file"),
                Arguments.of(zipOf("x"), "PyTorch zip: it holds no data.pkl; it is a zip file of something else"),
                Arguments.of(zipOf("a/data.pkl", "b/data.pkl"), "PyTorch zip: it holds two of data.pkl"));
    }

    @ParameterizedTest
    @MethodSource("otherZips")
    void refusesZipsOfSomethingElse(byte[] file, String expected) {
        var error = assertThrows(CheckpointException.class, () -> PyTorchCheckpoint.read("x", file));
        assertEquals("x: " + expected, error.getMessage());
    }
}

package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No line of metrics that was whole is ever lost. */
final class MetricsFileTest {
    private static final String TWO = "{\"epoch\":1,\"loss\":2.5}\n{\"epoch\":2,\"loss\":1.5}\n";

    @TempDir
    private Path folder;

    private Path path;
    private MetricsFile file;

    @BeforeEach
    void open() {
        path = folder.resolve("metrics.jsonl");
        file = new MetricsFile(path);
    }

    private static Map<String, Object> epoch(long number, double loss) {
        return new java.util.TreeMap<>(Map.of("epoch", number, "loss", loss));
    }

    private static List<Map<String, Object>> two() {
        return List.of(epoch(1, 2.5), epoch(2, 1.5));
    }

    @Test
    void everyCutOfTheLastLineLeavesTheOthers() throws IOException {
        byte[] whole = (TWO + "{\"epoch\":3,\"loss\":0.5}\n").getBytes(StandardCharsets.UTF_8);
        for (int length = TWO.length(); length < whole.length - 2; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertEquals(two(), file.read(), "cut to " + length);
            file.keep(3, epoch(3, 0.5));
            assertArrayEquals(whole, Files.readAllBytes(path), "cut to " + length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TWO,
                TWO + "\0\0\0\0",
                TWO + "{\"epoch\":3,\0\0\0",
                "{\"epoch\":1,\"loss\":2.5}\r\n{\"epoch\":2,\"loss\":1.5}\r\n",
                TWO + "\n\n",
                "{\"epoch\":1,\"loss\":2.5}\n{\"epoch\":2,\"loss\":1.5}",
                "{\"epoch\":1,\"loss\":9.0}\n" + TWO
            })
    void whatACrashLeavesIsReadAndRepaired(String left) throws IOException {
        Files.writeString(path, left);
        assertEquals(two(), file.read());
        file.keep(2, null);
        assertEquals(TWO, Files.readString(path));
        file.keep(1, null);
        assertEquals(List.of(epoch(1, 2.5)), file.read());
    }

    @Test
    void aDamagedLineBeforeTheLastIsNamed() throws IOException {
        Files.writeString(path, "{\"epoch\":1}\n{\"epoch\":\n{\"epoch\":3}\n");
        String message =
                assertThrows(CheckpointException.class, () -> file.read()).getMessage();
        assertTrue(message.startsWith(path + ", line 2, is damaged: repair or delete that line; "), message);
    }

    @Test
    void metricsThatWereNotWrittenComeFromTheState() {
        file.keep(1, epoch(1, 2.5));
        assertEquals(List.of(epoch(1, 2.5)), file.read());
        file.append(epoch(2, 1.5));
        file.keep(2, epoch(2, 7));
        assertEquals(two(), file.read(), "what is there stays");
        file.keep(0, null);
        assertEquals(List.of(), file.read());
    }

    @Test
    void aRightFileIsNotTouched() throws IOException {
        Files.writeString(path, TWO);
        Object before = Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();
        file.keep(2, epoch(2, 1.5));
        assertEquals(
                before,
                Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey());
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedWithTheReason() throws IOException {
        Files.createDirectory(path);
        String message = assertThrows(UncheckedIOException.class, () -> file.append(epoch(1, 1)))
                .getMessage();
        assertTrue(message.startsWith(path + ": cannot be written: "), message);
    }
}

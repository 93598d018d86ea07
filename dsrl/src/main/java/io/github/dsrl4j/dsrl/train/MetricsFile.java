package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Failures;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The scores of a run's epochs: a JSON object per line, each with its {@code epoch} from 1. A line counts once it is whole: one that a
 * crash or a full disk cut off at the end is as if it had not been written.
 */
final class MetricsFile {
    private static final String EPOCH = "epoch";

    private final Path file;

    MetricsFile(Path file) {
        this.file = file;
    }

    Path path() {
        return file;
    }

    /**
     * All whole lines, in the order of their epochs; of an epoch that stands there twice, the later.
     *
     * @throws CheckpointException if the file cannot be read, or a line other than the last is damaged
     */
    List<Map<String, Object>> read() {
        List<String> lines = lines();
        var epochs = new TreeMap<Long, Map<String, Object>>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                Map<String, Object> metrics = Json.parseObject(lines.get(i));
                if (!(metrics.get(EPOCH) instanceof Long epoch)) {
                    throw new IllegalArgumentException("'epoch' must be a whole number, not " + metrics.get(EPOCH));
                }
                epochs.put(epoch, metrics);
            } catch (IllegalArgumentException e) {
                if (i < lines.size() - 1) {
                    throw new CheckpointException(
                            "%s, line %d, is damaged: repair or delete that line; %s"
                                    .formatted(file, i + 1, e.getMessage()),
                            e);
                }
            }
        }
        return List.copyOf(epochs.values());
    }

    /** The lines with anything on them. Some file systems fill what a crash cut off with zero bytes. */
    private List<String> lines() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace("\0", "");
            var lines = new ArrayList<>(text.lines().toList());
            while (!lines.isEmpty() && lines.getLast().isBlank()) {
                lines.removeLast();
            }
            return lines;
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + Failures.reason(e), e);
        }
    }

    /**
     * Adds a line, and forces it to the disk. If that fails, the file is as it was.
     *
     * @throws UncheckedIOException naming the file and the reason
     */
    void append(Map<String, Object> metrics) {
        var line = ByteBuffer.wrap((Json.write(metrics) + "\n").getBytes(StandardCharsets.UTF_8));
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = channel.size();
            try {
                channel.position(end);
                while (line.hasRemaining()) {
                    channel.write(line);
                }
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + Failures.reason(e), e);
        }
    }

    /**
     * Drops what does not belong to the first epochs, as a whole or not at all; a file that is right is not touched.
     *
     * @param epochs how many epochs are finished
     * @param last the metrics of the last of them, for a run that was killed before it wrote them; null if they are not known
     */
    void keep(int epochs, Map<String, Object> last) {
        var kept = new TreeMap<Long, Map<String, Object>>();
        for (Map<String, Object> metrics : read()) {
            kept.put((Long) metrics.get(EPOCH), metrics);
        }
        kept.tailMap((long) epochs, false).clear();
        if (last != null && epochs > 0) {
            kept.putIfAbsent((long) epochs, last);
        }
        String text = kept.values().stream()
                .map(metrics -> Json.write(metrics) + "\n")
                .collect(Collectors.joining());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!isContent(bytes)) {
            AtomicFile.write(file, out -> out.write(bytes));
        }
    }

    private boolean isContent(byte[] bytes) {
        try {
            return Files.exists(file)
                    ? ByteBuffer.wrap(Files.readAllBytes(file)).equals(ByteBuffer.wrap(bytes))
                    : bytes.length == 0;
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + Failures.reason(e), e);
        }
    }
}

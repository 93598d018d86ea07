package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.Failures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a sequence of texts and bytes, each preceded by its length so that no two sequences look alike. */
final class FileHash {
    private final MessageDigest digest;

    FileHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    FileHash text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Size and ids. */
    FileHash labels(LabelMap labels) {
        return text(labels.width() + " x " + labels.height()).bytes(labels.labels());
    }

    /** The bytes of a file. */
    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be read (%s)".formatted(file, Failures.reason(e)), e);
        }
    }

    FileHash bytes(byte[] bytes) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            digest.update((byte) ((long) bytes.length >>> shift));
        }
        digest.update(bytes);
        return this;
    }

    byte[] bytes() {
        return digest.digest();
    }

    String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}

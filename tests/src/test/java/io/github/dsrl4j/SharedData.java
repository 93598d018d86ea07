package io.github.dsrl4j;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds data that tests need and the project does not contain: photographs and reference values. The folder is named by
 * the system property or environment variable {@code DSRL4J_SHARED}; without either it is a folder {@code shared} beside
 * the checkout. A test that asks for something missing is skipped, with a message that says where it was looked for.
 */
public final class SharedData {
    private static final String NAME = "DSRL4J_SHARED";

    private SharedData() {}

    /** The repository's root: the nearest folder, upwards from where the tests run, that holds {@code .mvn}. */
    public static Path repository() {
        String root = System.getProperty("dsrl4j.root");
        if (root != null) {
            return Path.of(root).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "no folder at or above " + start + " holds .mvn; run in the checkout or set -Ddsrl4j.root");
    }

    /** The folder of shared data, whether or not it exists. */
    public static Path folder() {
        String property = System.getProperty(NAME);
        String named = property != null ? property : System.getenv(NAME);
        return named != null && !named.isBlank()
                ? Path.of(named).toAbsolutePath().normalize()
                : repository().resolveSibling("shared");
    }

    /** A file or folder under {@link #folder()}, such as {@code "golden/ops.safetensors"}; skips the test when missing. */
    public static Path require(String relative) {
        Path path = folder().resolve(relative);
        assumeTrue(Files.exists(path), () -> "skipped: no " + path + "; set " + NAME + " to the folder of shared data");
        return path;
    }
}

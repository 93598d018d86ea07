package io.github.dsrl4j.dsrl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this software, which the build writes beside this class. */
public final class Version {
    private static final String UNKNOWN = "(not built by Maven)";

    private Version() {}

    /** Such as {@code 0.1.0}; classes that were compiled without the build have none and say so. */
    public static String current() {
        var properties = new Properties();
        try (var stream = Version.class.getResourceAsStream("version.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("version: cannot be read: " + e.getMessage(), e);
        }
        String version = properties.getProperty("version", UNKNOWN);
        return version.startsWith("${") ? UNKNOWN : version;
    }
}

package io.github.dsrl4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.SharedData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two launchers, which share how they find a JDK, run from where they stand and through links. */
final class LauncherTest {
    @ParameterizedTest
    @ValueSource(strings = {"dsrl", "bench"})
    void runsThroughLinks(String program, @TempDir Path folder) throws Exception {
        Path root = SharedData.repository();
        Path jars = root.resolve(program).resolve("target");
        assumeTrue(holdsJar(jars), () -> "skipped: no jar in " + jars + "; build it with mvn package");
        Path launcher = root.resolve(program).resolve("bin").resolve(program);
        Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), launcher);
        Path relative = Files.createSymbolicLink(folder.resolve("relative"), Path.of("absolute"));
        for (Path started : List.of(launcher, absolute, relative)) {
            var builder = new ProcessBuilder(started.toString(), "--version");
            builder.directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().put("DSRL_SKIP_BUILD", "yes");
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), said);
            assertEquals(
                    1, said.lines().filter(line -> line.startsWith("dsrl4j ")).count(), said);
            assertEquals(1, said.lines().count(), said);
        }
        // JUnit warns of links that lead out of its folder.
        Files.delete(relative);
        Files.delete(absolute);
    }

    /** Whatever the locale, as in a container, under cron, or where LANG names one that is not installed. */
    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "xx_YY.UTF-8", "C.UTF-8"})
    @EnabledOnOs(OS.LINUX)
    void namesBeyondAsciiWorkUnderEveryLocale(String locale, @TempDir Path folder) throws Exception {
        Path root = SharedData.repository();
        Path jars = root.resolve("dsrl").resolve("target");
        assumeTrue(holdsJar(jars), () -> "skipped: no jar in " + jars + "; build it with mvn package");
        // The shell writes the name, since this JVM may be unable to.
        String script = """
                name=$(printf 'stra\\303\\237e.png')
                cd "$1" && : > "$name" && exec "$0" segment "$name" --model none --out out
                """;
        var builder = new ProcessBuilder(
                "bash", "-c", script, root.resolve("dsrl/bin/dsrl").toString(), folder.toString());
        builder.redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        if (!locale.isEmpty()) {
            builder.environment().put("LANG", locale);
        }
        builder.environment().put("DSRL_SKIP_BUILD", "yes");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), said);
        // The name was understood: what is missing is the model.
        assertTrue(said.lines().anyMatch(line -> line.startsWith("dsrl: none: ")), said);
    }

    private static boolean holdsJar(Path folder) throws Exception {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (var files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".jar"));
        }
    }
}

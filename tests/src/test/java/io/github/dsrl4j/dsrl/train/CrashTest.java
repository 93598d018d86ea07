package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are killed (SIGKILL) at random points, and runs whose disk is full at random points: whatever was reached before is there, and a
 * resumed run ends with the same bits as one that nothing happened to. A few points each; more with
 *
 * <pre>{@code mvn verify -Dtest=CrashTest -Dsurefire.failIfNoSpecifiedTests=false -Dcrash.kills=200 -Dcrash.full=50}</pre>
 */
final class CrashTest {
    private static final int KILLS = Integer.getInteger("crash.kills", 1);
    private static final int FULL_DISKS = Integer.getInteger("crash.full", 1);
    private static final int EPOCHS = 2;
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;
    private static final long SEED = Long.getLong("crash.seed", 1);

    /** Longer than any run takes, so that none is waited for in vain. */
    private static final long MOST_SECONDS = 120;

    @TempDir
    private static Path folder;

    /** A run that nothing happened to, and how long it took. */
    private static Path whole;

    private static long milliseconds;

    private final Random random = new Random(SEED);

    /** Trains in a folder: from the beginning, or from where a run there stopped, up to an epoch. */
    public static void main(String[] arguments) throws Exception {
        var directory = new RunDirectory(Path.of(arguments[0]));
        int epochs = Integer.parseInt(arguments[1]);
        var train = ListedSamples.symmetric("made/train", 6, 2 * WIDTH, 2 * HEIGHT, 1);
        var validation = ListedSamples.symmetric("made/val", 1, 2 * WIDTH, 2 * HEIGHT, 2);
        Trainer trainer = directory.exists()
                ? Trainer.resume(directory, train, validation)
                : Trainer.start(directory, description(), options(), train, validation);
        // A stop after the first step of an epoch that is not wanted.
        trainer.train(Progress.NONE, () -> directory.metrics().size() >= epochs);
    }

    private static ModelDescription description() {
        return new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.DSRL), HEIGHT, WIDTH);
    }

    private static TrainingOptions options() {
        return new TrainingOptions(
                new TrainingOptions.Data("made", "/made", 0.5, 2, true),
                new TrainingOptions.Optimisation("adamw", 2e-3, 1e-2, "poly", 1, 0, "enet"),
                EPOCHS,
                2,
                3);
    }

    private static List<String> command(Path run, int epochs) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                CrashTest.class.getName(),
                run.toString(),
                Integer.toString(epochs));
    }

    @BeforeAll
    static void trainUndisturbed() throws Exception {
        whole = folder.resolve("whole");
        long begin = System.nanoTime();
        finish(whole);
        milliseconds = (System.nanoTime() - begin) / 1_000_000;
    }

    private static Process start(List<String> command, String log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()))
                .start();
    }

    private static void finish(Path run) throws Exception {
        Process process = start(command(run, EPOCHS), "log");
        assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "training went on for ever");
        assertEquals(0, process.exitValue(), CrashTest::log);
    }

    private static String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Everything but times. */
    private static List<Map<String, Object>> scores(Path run) {
        var lines = new ArrayList<Map<String, Object>>();
        for (Map<String, Object> line : new RunDirectory(run).metrics()) {
            var scores = new LinkedHashMap<>(line);
            scores.remove("seconds");
            scores.remove("images_per_second");
            lines.add(scores);
        }
        return lines;
    }

    private static void assertSameRun(Path expected, Path actual) {
        assertEquals(scores(expected), scores(actual));
        SavedTensors.assertSame(new RunDirectory(expected).last(), new RunDirectory(actual).last());
        SavedTensors.assertSame(new RunDirectory(expected).best(), new RunDirectory(actual).best());
    }

    @Test
    void aRunKilledAnywhereGoesOnToTheSameBits() throws Exception {
        var reached = new ArrayList<Integer>();
        for (int k = 0; k < KILLS; k++) {
            Path run = folder.resolve("killed" + k);
            Process process = start(command(run, EPOCHS), "log");
            process.waitFor(random.nextLong(milliseconds), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            int epochs = Files.exists(run.resolve("metrics.jsonl"))
                    ? new RunDirectory(run).metrics().size()
                    : 0;
            reached.add(epochs);
            finish(run);
            assertSameRun(whole, run);
            assertNoLeftovers(run);
        }
        System.out.println("killed " + KILLS + " times, after epochs " + reached);
    }

    private static void assertNoLeftovers(Path run) throws IOException {
        try (var files = Files.list(run)) {
            assertEquals(
                    List.of("best.safetensors", "last.safetensors", "metrics.jsonl", "run.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** In a file system of its own, which gets room for some more kilobytes after the first epoch and later as much as is needed. */
    private static final String ON_A_SMALL_DISK = """
            set -eu
            disk="$1"; out="$2"; extra="$3"; shift 3
            mount -t tmpfs -o size=64m none "$disk"
            "$@" "$disk/run" 1
            cp -a "$disk/run" "$out/before"
            used=$(df --output=used -k "$disk" | tail -1)
            mount -o remount,size=$((used + extra))k "$disk"
            if "$@" "$disk/run" 9; then echo done; else echo failed; fi
            cp -a "$disk/run" "$out/full"
            mount -o remount,size=64m "$disk"
            "$@" "$disk/run" 9
            cp -a "$disk/run" "$out/end"
            """;

    private static boolean canMount() throws Exception {
        try {
            Process probe = new ProcessBuilder("unshare", "--map-root-user", "--mount", "true")
                    .redirectErrorStream(true)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFullDiskLosesNothing() throws Exception {
        assumeTrue(canMount(), "skipped: this machine lets no test mount a file system of its own");
        long size = Files.size(new RunDirectory(whole).last()) / 1024;
        int failed = 0;
        for (int k = 0; k < FULL_DISKS; k++) {
            Path out = Files.createDirectory(folder.resolve("out" + k));
            var command = new ArrayList<>(
                    List.of("unshare", "--map-root-user", "--mount", "bash", "-c", ON_A_SMALL_DISK, "bash"));
            command.add(Files.createDirectory(folder.resolve("disk" + k)).toString());
            command.add(out.toString());
            // From nothing at all to room for both files that are written beside the old ones; the first is too small
            // for one.
            command.add(Long.toString(random.nextLong(k == 0 ? size : 2 * size)));
            command.addAll(command(out, 0).subList(0, command(out, 0).size() - 2));
            Process process = start(command, "log");
            assertTrue(process.waitFor(3 * MOST_SECONDS, TimeUnit.SECONDS), "training went on for ever");
            assertEquals(0, process.exitValue(), CrashTest::log);
            failed += scores(out.resolve("full")).size() < EPOCHS ? 1 : 0;
            assertNothingLost(out.resolve("before"), out.resolve("full"));
            assertSameRun(whole, out.resolve("end"));
        }
        System.out.println("of " + FULL_DISKS + " small disks " + failed + " became full");
        assertTrue(failed > 0, "no disk was small enough");
    }

    /** What was written before can still be read, whole. */
    private static void assertNothingLost(Path before, Path full) {
        List<Map<String, Object>> was = scores(before);
        List<Map<String, Object>> is = scores(full);
        assertTrue(is.size() >= was.size(), () -> was + " became " + is);
        assertEquals(was, is.subList(0, was.size()));
        new RunDirectory(full).lastModel();
        ModelFile.read(new RunDirectory(full).best());
    }
}

package io.github.dsrl4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.bench.Row.Absence;
import io.github.dsrl4j.bench.Row.Failure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that take turns, started as the command starts them. */
final class HeatTest {
    private static final Timing SHORT = new Timing(1, 3, 20);

    private static final Work WORK = Suite.work("affinity 32 channels, 1024 positions, forward");

    private static Entry entry(Contender contender) {
        return new Entry(Section.AFFINITY, WORK, contender, 1);
    }

    @Test
    void rowsAreTimedAndPeersAreMissedWithoutHarm(@TempDir Path folder) throws Exception {
        Path reference = folder.resolve("reference");
        assertTrue(Reference.write(WORK, reference).median() > 0);
        var outcomes = Heat.run(List.of(entry(Engine.VECTOR), entry(Peer.LIBTORCH)), SHORT, reference);
        var measured = assertInstanceOf(Measurement.class, outcomes.get(entry(Engine.VECTOR)));
        assertEquals(SHORT.iterations(), measured.blocks().size());
        assertTrue(measured.samples() >= SHORT.iterations(), measured::toString);
        assertTrue(measured.min() > 0 && measured.min() <= measured.median(), measured::toString);
        assertEquals(new Absence("start it by bench/bin/bench"), outcomes.get(entry(Peer.LIBTORCH)));
    }

    @Test
    void wrongAnswersAreNotTimed(@TempDir Path folder) throws Exception {
        Path reference = folder.resolve("reference");
        Reference.write(Suite.work("affinity 32 channels, 1024 positions, forward+backward"), reference);
        var outcomes = Heat.run(List.of(entry(Engine.VECTOR)), SHORT, reference);
        assertEquals(new Failure("wrong answer: 1 results instead of 3"), outcomes.get(entry(Engine.VECTOR)));
    }

    @Test
    void processThatBreaksDownSaysWhy(@TempDir Path folder) {
        var outcomes = Heat.run(List.of(entry(Engine.VECTOR)), SHORT, folder.resolve("missing"));
        var failure = assertInstanceOf(Failure.class, outcomes.get(entry(Engine.VECTOR)));
        assertTrue(failure.reason().contains("NoSuchFileException"), failure::toString);
    }
}

package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Row.Absence;
import io.github.dsrl4j.bench.Row.Failure;
import io.github.dsrl4j.bench.Row.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures rows that are to be compared: all processes start, then they take turns, iteration by iteration. */
final class Heat {
    /** Threads of native libraries wait for more work for a while before they sleep. */
    private static final long PAUSE_MILLISECONDS = 5;

    private final Map<Entry, Outcome> outcomes = new LinkedHashMap<>();
    private final List<Racer> racers = new ArrayList<>();

    private Heat() {}

    /** What came of each row. */
    static Map<Entry, Outcome> run(List<Entry> entries, Timing timing, Path reference) {
        var heat = new Heat();
        try {
            heat.start(entries, timing, reference);
            heat.eachRunning(Racer::awaitReady);
            for (int turn = 0; turn < timing.warmups() + timing.iterations(); turn++) {
                heat.eachRunning(racer -> {
                    pause();
                    racer.turn();
                });
            }
            heat.eachRunning(racer -> heat.outcomes.put(racer.entry(), racer.result()));
        } finally {
            heat.racers.forEach(Racer::close);
        }
        return heat.outcomes;
    }

    private void start(List<Entry> entries, Timing timing, Path reference) {
        for (Entry entry : entries) {
            var obstacle = entry.contender().obstacle(entry.work());
            if (obstacle.isPresent()) {
                outcomes.put(entry, new Absence(obstacle.get()));
            } else {
                racers.add(new Racer(entry, timing, reference));
            }
        }
    }

    /** One after the other; whoever fails is out. */
    private void eachRunning(Consumer<Racer> step) {
        for (Racer racer : List.copyOf(racers)) {
            try {
                step.accept(racer);
            } catch (IllegalStateException e) {
                exclude(racer, new Failure(e.getMessage()));
            } catch (UnsupportedOperationException e) {
                exclude(racer, new Absence(e.getMessage()));
            }
        }
    }

    private void exclude(Racer racer, Outcome outcome) {
        outcomes.put(racer.entry(), outcome);
        racers.remove(racer);
        racer.close();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}

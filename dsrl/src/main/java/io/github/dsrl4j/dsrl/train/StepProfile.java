package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.profile.Profile;
import io.github.dsrl4j.nn.profile.Profiler;
import java.util.Optional;

/**
 * Watches some training steps after those in which the Java machine still compiles. The steps compute what they would compute anyway, a
 * little slower.
 */
final class StepProfile {
    private final Profiler profiler;
    private final int first;
    private final int end;
    private int steps;

    /**
     * @param warmUp how many steps pass before the first that is watched
     * @param watched how many are watched at most
     */
    StepProfile(Module model, int warmUp, int watched) {
        profiler = new Profiler(model);
        first = warmUp;
        end = warmUp + watched;
    }

    /** Runs one step. */
    <T> T step(ScopedValue.CallableOp<T, Exception> step) throws Exception {
        boolean watched = steps >= first && steps < end;
        T result = watched ? profiler.watch(step) : step.call();
        steps++;
        return result;
    }

    /** What was seen; nothing if training ended while it was warming up. */
    Optional<Profile> profile() {
        return steps > first ? Optional.of(profiler.profile()) : Optional.empty();
    }
}

package io.github.dsrl4j.nn;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The ambient random source of layers that draw numbers as they run (dropout). A trainer binds a fresh one for each step, made
 * from the seed and the number of the step, so that a resumed run draws what the uninterrupted one would have drawn:
 *
 * <pre>{@code
 * RandomSource.with(RandomSource.seeded(seed, step), () -> trainStep(batch));
 * }</pre>
 */
public final class RandomSource {
    private static final ScopedValue<RandomGenerator> CURRENT = ScopedValue.newInstance();
    private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
            RandomGeneratorFactory.of("L64X128MixRandom");

    private RandomSource() {}

    /** Runs {@code action} with this random source for the layers in it, on this thread. */
    public static <T, X extends Throwable> T with(RandomGenerator random, ScopedValue.CallableOp<T, X> action)
            throws X {
        return ScopedValue.where(CURRENT, random).call(action);
    }

    /** The random source bound here, or {@code otherwise} where none is. */
    public static RandomGenerator currentOr(RandomGenerator otherwise) {
        return CURRENT.orElse(otherwise);
    }

    /**
     * A generator of its own for this seed and these coordinates (an epoch, a step, a sample's index): the same numbers for
     * the same arguments, and unrelated ones for neighbours.
     */
    public static RandomGenerator seeded(long seed, long... coordinates) {
        long mixed = mix(seed);
        for (long coordinate : coordinates) {
            mixed = mix(mixed ^ mix(coordinate + GOLDEN_GAMMA));
        }
        return FACTORY.create(mixed);
    }

    /** 2^64 divided by the golden ratio: SplitMix64's increment; keeps a coordinate 0 from being mixed to 0. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the input changes half of the output's. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

package io.github.dsrl4j.dsrl.dataset.street;

/** SplitMix64 (Steele, Lea and Flood 2014): a random source whose values are the same on every Java version. */
final class Dice {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    Dice(long seed) {
        state = mix(seed + GOLDEN);
    }

    /** An independent source for one part of a scene, so that a change in another part does not move this one. */
    Dice fork(long salt) {
        return new Dice(state ^ mix(salt * GOLDEN + 1));
    }

    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        state += GOLDEN;
        return mix(state);
    }

    /** Uniform in [0, 1). */
    double unit() {
        return (next() >>> 11) * 0x1p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    /** Uniform in 0..bound-1. */
    int below(int bound) {
        return (int) (((next() >>> 33) * bound) >>> 31);
    }

    boolean chance(double probability) {
        return unit() < probability;
    }

    double sign() {
        return chance(0.5) ? 1 : -1;
    }

    int pick(int... options) {
        return options[below(options.length)];
    }
}

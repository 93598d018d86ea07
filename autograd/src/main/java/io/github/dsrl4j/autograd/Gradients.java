package io.github.dsrl4j.autograd;

/** Switches that hold for everything called inside a block, on this thread: {@link #off} and {@link #detectAnomaly}. */
public final class Gradients {
    private static final ScopedValue<Boolean> RECORDING = ScopedValue.newInstance();
    private static final ScopedValue<Boolean> ANOMALY = ScopedValue.newInstance();

    private Gradients() {}

    /** Runs {@code action} without recording: nothing is saved, and results require no gradient. */
    public static <T, X extends Throwable> T off(ScopedValue.CallableOp<T, X> action) throws X {
        return ScopedValue.where(RECORDING, false).call(action);
    }

    /**
     * Runs {@code action} in anomaly mode: each operation's output, and in the backward pass each gradient, is searched for the
     * first NaN, which is reported with the name of the operation that made it. Slow; for finding mistakes.
     */
    public static <T, X extends Throwable> T detectAnomaly(ScopedValue.CallableOp<T, X> action) throws X {
        return ScopedValue.where(ANOMALY, true).call(action);
    }

    /** Whether operations are being recorded here. */
    public static boolean recording() {
        return RECORDING.orElse(true);
    }

    static boolean anomalyMode() {
        return ANOMALY.orElse(false);
    }
}

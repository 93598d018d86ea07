package io.github.dsrl4j.tensor;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Step-scoped memory: what a training step makes is lent from here and taken back as a whole at its end, so that the next
 * step, whose tensors have the same sizes, allocates next to nothing and zeroes nothing.
 *
 * <pre>{@code
 * var memory = new StepMemory();
 * for (...) {
 *     float loss = memory.run(() -> trainStep(batch).item());
 * }
 * }</pre>
 *
 * A tensor made inside {@link #run} must not be used after it. What has to outlive the step (an optimiser's momentum, a
 * parameter's gradient) is made inside {@link #outside}. One step runs at a time on one {@code StepMemory}.
 */
public final class StepMemory {
    private static final ScopedValue<StepMemory> CURRENT = ScopedValue.newInstance();

    /** How many times larger than asked for an array may be that is lent again, so that a smaller last batch finds memory, too. */
    private static final int MOST_EXCESS = 2;

    private final TreeMap<Integer, ArrayDeque<float[]>> free = new TreeMap<>();
    private final IdentityHashMap<float[], Boolean> lent = new IdentityHashMap<>();
    private boolean running;
    private long lentFloats;
    private long peakFloats;

    /** A memory that holds nothing yet. */
    public StepMemory() {}

    /** Runs a step; all memory that its tensors took is taken back at the end, also when it ends by an exception. */
    public <T> T run(Callable<T> step) throws Exception {
        if (running) {
            throw new IllegalStateException("step memory: a step is already running on it");
        }
        running = true;
        try {
            return ScopedValue.where(CURRENT, this).call(step::call);
        } finally {
            lent.keySet().forEach(this::shelve);
            lent.clear();
            lentFloats = 0;
            running = false;
        }
    }

    /** Runs {@code action} with ordinary memory, for tensors that outlive the step around it. */
    public static <T> T outside(ScopedValue.CallableOp<T, RuntimeException> action) {
        return current() == null
                ? action.call()
                : ScopedValue.where(CURRENT, null).call(action);
    }

    /** The most memory that was lent at one time, in bytes. */
    public long peakBytes() {
        return peakFloats * Float.BYTES;
    }

    static StepMemory current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    synchronized float[] lend(int length) {
        float[] array = unshelve(length);
        lent.put(array, Boolean.TRUE);
        lentFloats += array.length;
        peakFloats = Math.max(peakFloats, lentFloats);
        return array;
    }

    private float[] unshelve(int length) {
        var shelf = free.ceilingEntry(length);
        if (shelf == null || shelf.getKey() > (long) MOST_EXCESS * length) {
            return new float[length];
        }
        float[] array = shelf.getValue().pop();
        if (shelf.getValue().isEmpty()) {
            free.remove(shelf.getKey());
        }
        return array;
    }

    synchronized void takeBack(float[] array) {
        if (lent.remove(array) != null) {
            lentFloats -= array.length;
            shelve(array);
        }
    }

    private void shelve(float[] array) {
        free.computeIfAbsent(array.length, length -> new ArrayDeque<>()).push(array);
    }
}

package io.github.dsrl4j.tensor;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
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
 * A tensor made inside {@link #run} cannot be used after it: that is an error, never a wrong number. What has to outlive the step (an optimiser's momentum, a
 * parameter's gradient) is made inside {@link #outside}. One step runs at a time on one {@code StepMemory}.
 */
public final class StepMemory {
    private static final ScopedValue<StepMemory> CURRENT = ScopedValue.newInstance();

    /** How many times larger than asked for an array may be that is lent again, so that a smaller last batch finds memory, too. */
    private static final int MOST_EXCESS = 2;

    /** Arrays by length; a shelf stays when it is empty, since the next step fills it again. */
    private final TreeMap<Integer, ArrayDeque<float[]>> free = new TreeMap<>();

    private final Set<Storage> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean running;
    private long lentFloats;
    private long peakFloats;
    private long reservedFloats;

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
            lent.forEach(this::reclaim);
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

    /** All memory that is kept for lending, lent or not, in bytes. */
    public long reservedBytes() {
        return reservedFloats * Float.BYTES;
    }

    static StepMemory current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    synchronized Storage lend(Device device, int length) {
        return adopt(new Storage(device, unshelve(length), this));
    }

    /** Takes charge of storage that a device made for this step: it goes back when it is released, or when the step ends. */
    synchronized Storage adopt(Storage storage) {
        lent.add(storage);
        lentFloats += storage.length();
        peakFloats = Math.max(peakFloats, lentFloats);
        return storage;
    }

    private float[] unshelve(int length) {
        long most = (long) MOST_EXCESS * length;
        for (var shelf = free.ceilingEntry(length);
                shelf != null && shelf.getKey() <= most;
                shelf = free.higherEntry(shelf.getKey())) {
            float[] array = shelf.getValue().poll();
            if (array != null) {
                return array;
            }
        }
        reservedFloats += length;
        return new float[length];
    }

    synchronized void takeBack(Storage storage) {
        if (lent.remove(storage)) {
            lentFloats -= storage.length();
            reclaim(storage);
        }
    }

    /** On the heap arrays are kept for the next step; a device's memory goes back to the device, which is quick at handing it out. */
    private void reclaim(Storage storage) {
        float[] array = storage.surrender();
        if (storage.giveBack() == null) {
            shelve(array);
        } else {
            storage.giveBack().run();
        }
    }

    private void shelve(float[] array) {
        free.computeIfAbsent(array.length, length -> new ArrayDeque<>()).push(array);
    }
}

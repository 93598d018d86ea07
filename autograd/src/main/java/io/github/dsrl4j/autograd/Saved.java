package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What one call of an operation keeps for its backward pass. A tensor that is changed in place afterwards is found out when it is
 * asked for. Once the gradient is through, the memory of what nobody else holds goes back to the step at once.
 */
public final class Saved {
    private static final class Entry {
        private final Tensor tensor;
        private final int version;
        private boolean held;

        Entry(Tensor tensor, boolean held) {
            this.tensor = tensor;
            this.version = tensor == null ? 0 : tensor.version();
            this.held = held;
            if (held) {
                tensor.storage().retain();
            }
        }
    }

    private final String operation;
    private final boolean[] needed;
    private final Shape[] shapes;
    private final List<Entry> entries = new ArrayList<>();
    private boolean released;

    /** What backward may add to, null where there is nothing. */
    private Tensor[] sums;

    Saved(String operation, boolean[] needed, Shape[] shapes) {
        this.operation = operation;
        this.needed = needed;
        this.shapes = shapes;
    }

    /** How many inputs the operation was applied to. */
    public int inputs() {
        return needed.length;
    }

    /** The shape of this input, which is known without keeping the input itself. */
    public Shape shape(int input) {
        return shapes[input];
    }

    /** Whether the gradient of this input is asked for. */
    public boolean needed(int input) {
        return needed[input];
    }

    /** Whether any input's gradient is asked for; if not, there will be no backward pass and nothing is kept. */
    public boolean anyNeeded() {
        for (boolean one : needed) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    /**
     * The sum of the gradients that other uses gave this input: backward may add its own to it and return it in the place of a new
     * gradient, which spares memory and a pass over it. Null where there is none yet, or where it must not be changed.
     */
    public Tensor gradientSum(int input) {
        return sums == null ? null : sums[input];
    }

    /** Allows backward to add to these tensors. */
    void offer(Tensor... sums) {
        this.sums = sums;
    }

    /**
     * Keeps tensors for the backward pass, in this order after those kept before; null is allowed. They are inputs, the output, or
     * tensors of whoever made the operation.
     */
    public void keep(Tensor... tensors) {
        if (anyNeeded()) {
            for (Tensor tensor : tensors) {
                entries.add(new Entry(tensor, false));
            }
        }
    }

    /** As {@link #keep}, for tensors that forward made for backward alone: afterwards nobody reads them. */
    public void keepOwn(Tensor... tensors) {
        if (anyNeeded()) {
            for (Tensor tensor : tensors) {
                entries.add(new Entry(tensor, tensor != null));
            }
        }
    }

    /**
     * Holds what was kept and is held already, by the variable whose value it is. What nobody holds may be read by somebody who does
     * not count, and is left alone.
     */
    void hold() {
        for (Entry entry : entries) {
            if (!entry.held && entry.tensor != null && entry.tensor.storage().isHeld()) {
                entry.tensor.storage().retain();
                entry.held = true;
            }
        }
    }

    /**
     * The kept tensor with this index.
     *
     * @throws IllegalStateException if it was changed in place since, or the graph was used up by an earlier backward pass
     */
    public Tensor tensor(int index) {
        checkNotReleased();
        Entry entry = entries.get(index);
        checkUnchanged(index, entry);
        return entry.tensor;
    }

    /** Refuses, before a backward pass changes anything, what {@link #tensor} would refuse in the middle of it. */
    void check() {
        checkNotReleased();
        for (int i = 0; i < entries.size(); i++) {
            checkUnchanged(i, entries.get(i));
        }
    }

    private void checkNotReleased() {
        if (released) {
            throw new IllegalStateException(operation
                    + ": backward was already run through this graph, which is freed on the way; run forward again");
        }
    }

    private void checkUnchanged(int index, Entry entry) {
        if (entry.tensor != null && entry.tensor.version() != entry.version) {
            throw new IllegalStateException(
                    "%s: tensor %d of shape %s, saved for backward, was changed in place afterwards (version %d, saved at %d); change a copy instead"
                            .formatted(operation, index, entry.tensor.shape(), entry.tensor.version(), entry.version));
        }
    }

    boolean holds(Tensor tensor) {
        for (Entry entry : entries) {
            if (entry.tensor != null && entry.tensor.storage() == tensor.storage()) {
                return true;
            }
        }
        return false;
    }

    void release() {
        for (Entry entry : entries) {
            if (entry.held) {
                entry.tensor.storage().release();
            }
        }
        entries.clear();
        sums = null;
        released = true;
    }
}

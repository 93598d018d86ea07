package io.github.dsrl4j.tensor;

/**
 * The memory behind one or several tensors: a stretch of a float array on a device. Tensors that share storage (a reshape, a
 * slice of the leading dimension) share its version, which counts in-place changes.
 */
public final class Storage {
    private final int length;
    private final StepMemory owner;
    private Device device;
    private float[] array;
    private int offset;
    private Runnable giveBack;
    /** Storage whose memory this one took over: while it is held here, the device does not take the memory back. */
    @SuppressWarnings("UnusedVariable")
    private Storage source;

    private int version;
    private int holders;
    private boolean gone;

    /** An array of its own. */
    Storage(Device device, float[] array, StepMemory owner) {
        this(device, array, 0, array.length, owner, null);
    }

    /**
     * A stretch of an array.
     *
     * @param giveBack returns the stretch to the device; null where the array is left to the owner or the garbage collector
     */
    Storage(Device device, float[] array, int offset, int length, StepMemory owner, Runnable giveBack) {
        this.device = device;
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.owner = owner;
        this.giveBack = giveBack;
    }

    /** The device on which the memory lies. */
    public Device device() {
        return device;
    }

    /**
     * The memory itself; it may be longer than what was asked for.
     *
     * @throws IllegalStateException if it was given back and may belong to another tensor now
     */
    public float[] array() {
        if (gone) {
            throw new IllegalStateException(
                    "storage: this tensor's memory was given back, at the end of its step or when its last holder released it; copy what has to outlive the step");
        }
        return array;
    }

    /** Where in {@link #array()} the memory begins. */
    public int offset() {
        return offset;
    }

    /** How many floats there are from {@link #offset()} on: at least as many as were asked for. */
    int length() {
        return length;
    }

    /** Returns the memory to the device; null where the array itself is what the owner keeps. */
    Runnable giveBack() {
        return giveBack;
    }

    /** Whether the memory was given back: nothing may be read from here any more. */
    public boolean isGone() {
        return gone;
    }

    /** Whether a {@link StepMemory} lent the memory and will take it back. */
    public boolean isLent() {
        return owner != null;
    }

    /** Whether somebody said by {@link #retain} that the contents will be read. */
    public boolean isHeld() {
        return holders > 0;
    }

    /** How often the contents were changed in place since the storage was made. */
    public int version() {
        return version;
    }

    /** Says that the contents were changed in place. */
    public void markModified() {
        version++;
    }

    /** One more holder that will {@link #release} this storage. */
    public void retain() {
        holders++;
    }

    /** Whether there is exactly one holder, which may then change the contents without anybody noticing. */
    public boolean heldOnce() {
        return holders == 1;
    }

    /**
     * One holder less. When the last one is gone, storage that was lent by a {@link StepMemory} goes back to it at once and
     * may be handed out again: only who knows that no tensor on it will be read again may hold and release. Other storage
     * is left to the garbage collector.
     */
    public void release() {
        if (holders <= 0) {
            throw new IllegalStateException("storage: released more often than retained");
        }
        holders--;
        if (holders == 0 && owner != null) {
            owner.takeBack(this);
        }
    }

    /**
     * Moves the contents, and with them all tensors on this storage, to another device.
     *
     * @throws IllegalStateException if a step lent the memory and will take it back
     */
    void moveTo(Device target) {
        if (owner != null) {
            throw new IllegalStateException("storage: memory that a step lent cannot be moved; copy it with Tensor.to");
        }
        float[] values = new float[length];
        device.download(this, 0, values, 0, length);
        Storage moved = StepMemory.outside(() -> target.allocate(length));
        target.upload(values, 0, moved, 0, length);
        if (giveBack != null) {
            giveBack.run();
        }
        device = target;
        array = moved.array;
        offset = moved.offset;
        giveBack = moved.giveBack;
        source = moved;
        markModified();
    }

    /** Gives the memory away: from now on nobody gets at it through this storage. */
    float[] surrender() {
        gone = true;
        return array;
    }
}

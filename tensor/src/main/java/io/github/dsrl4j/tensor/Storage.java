package io.github.dsrl4j.tensor;

/**
 * The memory behind one or several tensors: a stretch of a float array on a device. Tensors that share storage (a reshape, a
 * slice of the leading dimension) share its version, which counts in-place changes.
 */
public final class Storage {
    private final Device device;
    private final float[] array;
    private final StepMemory owner;
    private int version;
    private int holders;

    Storage(Device device, float[] array, StepMemory owner) {
        this.device = device;
        this.array = array;
        this.owner = owner;
    }

    /** The device on which the memory lies. */
    public Device device() {
        return device;
    }

    /** The memory itself; it may be longer than what was asked for. */
    public float[] array() {
        return array;
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
            owner.takeBack(array);
        }
    }
}

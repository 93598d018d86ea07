package io.github.dsrl4j.tensor;

import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.opencl.Block;
import io.github.dsrl4j.tensor.kernel.opencl.Counters;
import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import io.github.dsrl4j.tensor.kernel.opencl.OpenClContext;
import io.github.dsrl4j.tensor.kernel.opencl.OpenClKernels;
import io.github.dsrl4j.tensor.kernel.opencl.OpenClOptions;
import java.lang.ref.Cleaner;

/**
 * A device that speaks OpenCL, such as a graphics processor. Tensors on it lie in arenas that were reserved when it was opened; a
 * tensor outside a {@link StepMemory} gives its memory back when the garbage collector finds it. Data crosses the border only by
 * {@link #upload} and {@link #download}, which are counted.
 *
 * <p>The device's memory is mirrored on the heap, and the mirror must not be moved: run with G1
 * ({@code -XX:+UseG1GC}). If it is moved all the same, the next copy to the host finds out and throws a {@link
 * io.github.dsrl4j.tensor.kernel.opencl.DeviceMemoryException}.
 */
public final class OpenClDevice implements Device, AutoCloseable {
    private final OpenClContext context;
    private final Kernels kernels;
    private final Cleaner cleaner = Cleaner.create();

    private OpenClDevice(OpenClContext context) {
        this.context = context;
        this.kernels = new OpenClKernels(context);
    }

    /**
     * Opens a device with what the system properties say of its memory.
     *
     * @throws IllegalArgumentException if there is no such device, with what there is instead
     */
    public static OpenClDevice open(int index) {
        return open(index, OpenClOptions.fromProperties());
    }

    /** Opens a device. */
    public static OpenClDevice open(int index, OpenClOptions options) {
        return new OpenClDevice(OpenCl.open(index, options));
    }

    @Override
    public String name() {
        return context.name();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public String description() {
        return "%s; kernels for %s, %d MiB reserved"
                .formatted(context.facts(), context.gpu() ? "GPUs" : "CPUs", context.arenaBytes() >> 20);
    }

    /** What crossed the border, and how often kernels ran, since the device was opened. */
    public Counters counters() {
        return context.counters();
    }

    /** The memory that all tensors had at one time at most. */
    public long peakBytes() {
        return context.peakBytes();
    }

    /** The memory that tensors have now. */
    public long usedBytes() {
        return context.usedBytes();
    }

    @Override
    public Storage allocate(int length) {
        Block block = context.allocate(length);
        StepMemory step = StepMemory.current();
        if (step != null) {
            return step.adopt(new Storage(this, block.array(), block.offset(), length, step, block::close));
        }
        var storage = new Storage(this, block.array(), block.offset(), length, null, block::closeLater);
        cleaner.register(storage, block::closeLater);
        return storage;
    }

    @Override
    public void upload(float[] source, int sourceOffset, Storage target, int targetOffset, int length) {
        context.upload(source, sourceOffset, target.array(), target.offset() + targetOffset, length);
        target.markModified();
    }

    @Override
    public void download(Storage source, int sourceOffset, float[] target, int targetOffset, int length) {
        context.download(source.array(), source.offset() + sourceOffset, target, targetOffset, length);
    }

    /** Gives the device's memory and program back; no tensor on it can be used any longer. */
    @Override
    public void close() {
        context.close();
    }

    @Override
    public String toString() {
        return description();
    }
}

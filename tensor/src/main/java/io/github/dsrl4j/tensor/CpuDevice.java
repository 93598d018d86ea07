package io.github.dsrl4j.tensor;

import io.github.dsrl4j.tensor.kernel.KernelChoice;
import io.github.dsrl4j.tensor.kernel.Kernels;

/** The processor: tensors on the Java heap, kernels in Java. */
public final class CpuDevice implements Device {
    private final KernelChoice choice;

    /** A device with the given kernels; most programs want {@link Device#cpu()}. */
    public CpuDevice(KernelChoice choice) {
        this.choice = choice;
    }

    static Device shared() {
        return Holder.CPU;
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Kernels kernels() {
        return choice.kernels();
    }

    @Override
    public String description() {
        return "cpu: " + choice.reason();
    }

    @Override
    public Storage allocate(int length) {
        StepMemory step = StepMemory.current();
        return step == null ? new Storage(this, new float[length], null) : step.lend(this, length);
    }

    @Override
    public void upload(float[] source, int sourceOffset, Storage target, int targetOffset, int length) {
        System.arraycopy(source, sourceOffset, target.array(), target.offset() + targetOffset, length);
        target.markModified();
    }

    @Override
    public void download(Storage source, int sourceOffset, float[] target, int targetOffset, int length) {
        System.arraycopy(source.array(), source.offset() + sourceOffset, target, targetOffset, length);
    }

    @Override
    public String toString() {
        return description();
    }

    private static final class Holder {
        static final Device CPU = best();

        /** Says once, where the program's log goes, if it will be slow without need; whoever asks for scalar kernels knows. */
        private static Device best() {
            KernelChoice choice = KernelChoice.best();
            if (choice.fallback()) {
                System.getLogger("io.github.dsrl4j")
                        .log(
                                System.Logger.Level.WARNING,
                                "dsrl4j computes many times slower than it could: {0}",
                                choice.reason());
            }
            return new CpuDevice(choice);
        }
    }
}

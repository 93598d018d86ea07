package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.List;

/** The feature affinity loss of two maps with as many channels. Inputs: the maps a and b. Results: the loss, and da, db. */
public record AffinityOperation(int batch, int channels, int positions) implements Operation {
    /** The heap that the Java machine gets for it, whatever the number of positions. */
    static final int HEAP_MEGABYTES = 900;

    /**
     * The positions after which maps repeat themselves if their number is a multiple of it. Every pair of positions then stands for as
     * many pairs as every other, so the loss is that of one period, and the gradients are those of one period over the number of periods.
     * The scalar kernels would need minutes for the whole.
     */
    private static final int PERIOD = 1024;

    /** N x N matrices that are alive at once in the plain formula: both similarities, their difference, and what is made of it. */
    private static final int PLAIN_MATRICES = 5;

    @Override
    public String name() {
        return "affinity %d channels, %s%d positions".formatted(channels, batch == 1 ? "" : batch + " x ", positions);
    }

    /** Using the symmetry of both similarity matrices. */
    @Override
    public Effort effort() {
        return Effort.ofFloats(2L * batch * channels * positions * positions, 2L * batch * channels * positions);
    }

    /** The gradients take twice as much arithmetic as the loss; the maps are read once for both. */
    @Override
    public Effort effortWithGradients() {
        return new Effort(3 * effort().flops(), 2 * effort().bytes());
    }

    /** Memory for the formula as it is written down, in bytes. */
    long plainBytes() {
        return (long) PLAIN_MATRICES * Float.BYTES * batch * positions * positions;
    }

    /**
     * Where two similarities agree but for rounding, the sign of their difference, which the gradient is made of, is chance. That
     * happens in about N^2 10^-7 pairs, and changes the gradient at two positions by 2 / sqrt(N) of itself.
     */
    @Override
    public boolean isChancy(int result) {
        return result > 0;
    }

    @Override
    public boolean repeats() {
        return period() < positions;
    }

    private int period() {
        return positions % PERIOD == 0 ? PERIOD : positions;
    }

    @Override
    public List<float[]> inputs(Inputs inputs) {
        int size = batch * channels * period();
        return List.of(repeated(inputs.floats(size), 1), repeated(inputs.floats(size), 1));
    }

    @Override
    public Task specified(boolean backward, Inputs inputs) {
        var one = new AffinityOperation(batch, channels, period());
        Task task = one.on(new ScalarKernels(), one.inputs(inputs)).task(backward);
        float scale = (float) period() / positions;
        return Task.of(task::run, () -> {
            List<float[]> results = task.results();
            return backward
                    ? List.of(results.get(0), repeated(results.get(1), scale), repeated(results.get(2), scale))
                    : results;
        });
    }

    /** Each row of one period's length, times a factor, as often as it takes for all positions. */
    private float[] repeated(float[] map, float scale) {
        int period = period();
        float[] repeated = new float[batch * channels * positions];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = scale * map[i / positions * period + i % positions % period];
        }
        return repeated;
    }

    @Override
    public Passes on(Kernels kernels, List<float[]> inputs) {
        var g = new Affinity.Geometry(batch, positions, channels, channels);
        float[] a = inputs.get(0);
        float[] b = inputs.get(1);
        float[] loss = new float[1];
        float[] da = new float[a.length];
        float[] db = new float[b.length];
        var affinity = kernels.affinity();
        Runnable forward = () -> affinity.lossAndGradient(g, a, 0, b, 0, loss, 0, null, 0, null, 0);
        Runnable both = () -> affinity.lossAndGradient(g, a, 0, b, 0, loss, 0, da, 0, db, 0);
        return new Passes(forward, List.of(loss), both, List.of(da, db));
    }
}

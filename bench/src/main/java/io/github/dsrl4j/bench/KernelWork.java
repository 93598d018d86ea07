package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Operation.Passes;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.ArrayList;

/**
 * What one operation of a network asks of the kernels.
 *
 * @param backward whether the gradients with respect to all inputs are asked after the forward pass, too
 */
record KernelWork(Operation operation, boolean backward) implements Work {
    @Override
    public String name() {
        return operation.name() + (backward ? ", forward+backward" : ", forward");
    }

    @Override
    public Effort effort() {
        return backward ? operation.effortWithGradients() : operation.effort();
    }

    @Override
    public double tolerance(int result) {
        return operation.isChancy(result) ? 1e-2 : Work.super.tolerance(result);
    }

    /** Runs on these kernels. Results: those of the forward pass, then the gradients. */
    Task on(Kernels kernels) {
        Passes passes = operation.on(kernels, Inputs.of(this));
        var results = new ArrayList<>(passes.outputs());
        if (backward) {
            results.addAll(passes.gradients());
        }
        return Task.of(backward ? passes.both() : passes.forward(), () -> results);
    }
}

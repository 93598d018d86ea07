package io.github.dsrl4j.bench;

import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * What one operation of a network asks of the kernels.
 *
 * @param backward whether the gradients with respect to all inputs are asked after the forward pass, too
 */
public record KernelWork(Operation operation, boolean backward) implements Work {
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

    /** What the operation's documentation lists as inputs. */
    public List<float[]> inputs() {
        return operation.inputs(Inputs.of(this));
    }

    /** Runs on these kernels. Results: those of the forward pass, then the gradients. */
    Task on(Kernels kernels) {
        return operation.on(kernels, inputs()).task(backward);
    }

    /** Runs on the scalar kernels, or derives the results from what these compute of a part. */
    Task specified() {
        return operation.specified(backward, Inputs.of(this));
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Update;

/** Launches of {@link UpdateCode}. */
final class OpenClUpdate implements Update {
    private final OpenClContext context;

    OpenClUpdate(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void sgd(
            int n,
            float rate,
            float momentum,
            float weightDecay,
            boolean nesterov,
            boolean first,
            float[] gradient,
            int gradientOffset,
            float[] velocity,
            int velocityOffset,
            float[] w,
            int wOffset) {
        context.launch(Op.SGD)
                .at(gradient, gradientOffset)
                .at(velocity, velocityOffset)
                .at(w, wOffset)
                .floats(rate, momentum, weightDecay)
                .overElements(n, nesterov ? 1 : 0, first ? 1 : 0);
    }

    @Override
    public void adam(
            int n,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            boolean decoupled,
            int t,
            float[] gradient,
            int gradientOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset,
            float[] w,
            int wOffset) {
        context.launch(Op.ADAM)
                .at(gradient, gradientOffset)
                .at(m, mOffset)
                .at(v, vOffset)
                .at(w, wOffset)
                .floats(rate, beta1, beta2, epsilon, weightDecay)
                .floats((float) (1 - Math.pow(beta1, t)), (float) (1 - Math.pow(beta2, t)))
                .overElements(n, decoupled ? 1 : 0);
    }
}

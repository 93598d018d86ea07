package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Update;

/** The optimisers' formulas, parameter by parameter; what is kept between steps is rounded once a step. */
final class ScalarUpdate implements Update {
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
        for (int i = 0; i < n; i++) {
            double d = gradient[gradientOffset + i] + (double) weightDecay * w[wOffset + i];
            double step = d;
            if (velocity != null) {
                double v = first ? d : (double) momentum * velocity[velocityOffset + i] + d;
                velocity[velocityOffset + i] = (float) v;
                step = nesterov ? d + momentum * v : v;
            }
            w[wOffset + i] = (float) (w[wOffset + i] - rate * step);
        }
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
        double b1 = beta1;
        double b2 = beta2;
        double correction1 = 1 - Math.pow(b1, t);
        double correction2 = 1 - Math.pow(b2, t);
        for (int i = 0; i < n; i++) {
            double parameter = w[wOffset + i];
            double d = gradient[gradientOffset + i];
            if (decoupled) {
                parameter *= 1 - (double) rate * weightDecay;
            } else {
                d += weightDecay * parameter;
            }
            double mean = b1 * m[mOffset + i] + (1 - b1) * d;
            double square = b2 * v[vOffset + i] + (1 - b2) * d * d;
            m[mOffset + i] = (float) mean;
            v[vOffset + i] = (float) square;
            w[wOffset + i] =
                    (float) (parameter - rate * (mean / correction1) / (Math.sqrt(square / correction2) + epsilon));
        }
    }
}

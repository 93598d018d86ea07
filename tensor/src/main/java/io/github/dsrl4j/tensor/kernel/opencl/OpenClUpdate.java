package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Place;
import io.github.dsrl4j.tensor.kernel.Update;
import java.util.List;

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
        Place v = velocity == null ? null : new Place(velocity, velocityOffset);
        var stretch = new Stretch(n, new Place(gradient, gradientOffset), v, null, new Place(w, wOffset));
        sgd(List.of(stretch), rate, momentum, weightDecay, nesterov, first);
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
        var stretch = new Stretch(
                n,
                new Place(gradient, gradientOffset),
                new Place(m, mOffset),
                new Place(v, vOffset),
                new Place(w, wOffset));
        adam(List.of(stretch), rate, beta1, beta2, epsilon, weightDecay, decoupled, t);
    }

    @Override
    public void sgd(
            List<Stretch> stretches, float rate, float momentum, float weightDecay, boolean nesterov, boolean first) {
        table(stretches)
                .launch(Op.SGD, launch -> launch.floats(rate, momentum, weightDecay), nesterov ? 1 : 0, first ? 1 : 0);
    }

    @Override
    public void adam(
            List<Stretch> stretches,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            boolean decoupled,
            int t) {
        float correction1 = (float) (1 - Math.pow(beta1, t));
        float correction2 = (float) (1 - Math.pow(beta2, t));
        table(stretches)
                .launch(
                        Op.ADAM,
                        launch -> launch.floats(rate, beta1, beta2, epsilon, weightDecay, correction1, correction2),
                        decoupled ? 1 : 0);
    }

    private StretchTable table(List<Stretch> stretches) {
        var table = new StretchTable(context);
        for (Stretch stretch : stretches) {
            table.add(stretch.n(), stretch.gradient(), stretch.m(), stretch.v(), stretch.w());
        }
        return table;
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Update;
import jdk.incubator.vector.FloatVector;

/** The arithmetic of optimisers. */
final class VectorUpdate implements Update {
    private final Parallel parallel;

    VectorUpdate(Parallel parallel) {
        this.parallel = parallel;
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
        Pieces.elements(parallel, n, (from, to) -> {
            if (velocity == null) {
                plain(to - from, rate, weightDecay, gradient, gradientOffset + from, w, wOffset + from);
            } else {
                withMomentum(
                        to - from,
                        rate,
                        first ? 0 : momentum,
                        nesterov ? momentum : 0,
                        nesterov,
                        weightDecay,
                        first,
                        gradient,
                        gradientOffset + from,
                        velocity,
                        velocityOffset + from,
                        w,
                        wOffset + from);
            }
        });
    }

    private static void plain(int n, float rate, float weightDecay, float[] gradient, int gFrom, float[] w, int wFrom) {
        for (int i = 0; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var parameter = FloatVector.fromArray(SPECIES, w, wFrom + i, inside);
            var d = parameter.mul(weightDecay).add(FloatVector.fromArray(SPECIES, gradient, gFrom + i, inside));
            parameter.sub(d.mul(rate)).intoArray(w, wFrom + i, inside);
        }
    }

    /** {@code v = keep v + d}; the step is {@code v}, or {@code d + look v} with nesterov. */
    private static void withMomentum(
            int n,
            float rate,
            float keep,
            float look,
            boolean nesterov,
            float weightDecay,
            boolean first,
            float[] gradient,
            int gFrom,
            float[] velocity,
            int vFrom,
            float[] w,
            int wFrom) {
        for (int i = 0; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var parameter = FloatVector.fromArray(SPECIES, w, wFrom + i, inside);
            var d = parameter.mul(weightDecay).add(FloatVector.fromArray(SPECIES, gradient, gFrom + i, inside));
            // At the first step the velocity holds nothing yet, perhaps not even numbers.
            var v = first
                    ? d
                    : FloatVector.fromArray(SPECIES, velocity, vFrom + i, inside)
                            .mul(keep)
                            .add(d);
            v.intoArray(velocity, vFrom + i, inside);
            var step = nesterov ? v.mul(look).add(d) : v;
            parameter.sub(step.mul(rate)).intoArray(w, wFrom + i, inside);
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
        var step = new AdamStep(
                beta1,
                (float) (1 - (double) beta1),
                beta2,
                (float) (1 - (double) beta2),
                (float) (rate / (1 - Math.pow(beta1, t))),
                (float) (1 / Math.sqrt(1 - Math.pow(beta2, t))),
                epsilon,
                decoupled ? (float) (1 - (double) rate * weightDecay) : 1,
                decoupled ? 0 : weightDecay);
        Pieces.elements(
                parallel,
                n,
                (from, to) -> adamLoop(
                        to - from,
                        step,
                        gradient,
                        gradientOffset + from,
                        m,
                        mOffset + from,
                        v,
                        vOffset + from,
                        w,
                        wOffset + from));
    }

    /** Adam's factors at one step: {@code rate / (1 - b1^t)}, {@code 1 / sqrt(1 - b2^t)}, and what decay multiplies and adds. */
    private record AdamStep(
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float rate,
            float rootCorrection,
            float epsilon,
            float shrink,
            float decay) {}

    private static void adamLoop(
            int n,
            AdamStep s,
            float[] gradient,
            int gFrom,
            float[] m,
            int mFrom,
            float[] v,
            int vFrom,
            float[] w,
            int wFrom) {
        int bound = SPECIES.loopBound(n);
        for (int i = 0; i < bound; i += LANES) {
            var parameter = FloatVector.fromArray(SPECIES, w, wFrom + i);
            var d = parameter.mul(s.decay).add(FloatVector.fromArray(SPECIES, gradient, gFrom + i));
            var mean = FloatVector.fromArray(SPECIES, m, mFrom + i).mul(s.beta1).add(d.mul(s.rest1));
            var square = FloatVector.fromArray(SPECIES, v, vFrom + i)
                    .mul(s.beta2)
                    .add(d.mul(d).mul(s.rest2));
            mean.intoArray(m, mFrom + i);
            square.intoArray(v, vFrom + i);
            var size = square.sqrt().mul(s.rootCorrection).add(s.epsilon);
            parameter.mul(s.shrink).sub(mean.mul(s.rate).div(size)).intoArray(w, wFrom + i);
        }
        for (int i = bound; i < n; i++) {
            float d = w[wFrom + i] * s.decay + gradient[gFrom + i];
            float mean = m[mFrom + i] * s.beta1 + d * s.rest1;
            float square = v[vFrom + i] * s.beta2 + d * d * s.rest2;
            m[mFrom + i] = mean;
            v[vFrom + i] = square;
            float size = (float) Math.sqrt(square) * s.rootCorrection + s.epsilon;
            w[wFrom + i] = w[wFrom + i] * s.shrink - mean * s.rate / size;
        }
    }
}

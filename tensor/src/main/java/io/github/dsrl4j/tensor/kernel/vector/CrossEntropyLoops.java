package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Cross entropy on {@code count} neighbouring positions, a vector of them at a time. A lane takes its own class's logit and weight
 * when the loop over the classes comes past its label.
 */
final class CrossEntropyLoops {
    private CrossEntropyLoops() {}

    /** Writes the lanes of the sum of losses and, {@code LANES} further, of weights to {@code lanes}. */
    static void forward(
            int count,
            int classes,
            int stride,
            int ignoreIndex,
            float[] x,
            int xFrom,
            float[] labels,
            int labelsFrom,
            float[] classWeights,
            int weightsFrom,
            float[] lanes) {
        var losses = FloatVector.zero(SPECIES);
        var weights = losses;
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var label = FloatVector.fromArray(SPECIES, labels, labelsFrom + i, inside);
            var largest = FloatVector.fromArray(SPECIES, x, xFrom + i, inside);
            for (int c = 1; c < classes; c++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside));
            }
            var sum = FloatVector.zero(SPECIES);
            var chosen = sum;
            var weight = sum;
            for (int c = 0; c < classes; c++) {
                var logit = FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside)
                        .sub(largest);
                sum = sum.add(VectorMath.exp(logit));
                var here = label.compare(VectorOperators.EQ, c);
                chosen = chosen.blend(logit, here);
                weight = weight.blend(classWeights == null ? 1 : classWeights[weightsFrom + c], here);
            }
            var counts = label.compare(VectorOperators.NE, ignoreIndex).and(inside);
            losses = losses.add(VectorMath.log(sum).sub(chosen).mul(weight), counts);
            weights = weights.add(weight, counts);
        }
        losses.intoArray(lanes, 0);
        weights.intoArray(lanes, LANES);
    }

    static void backward(
            int count,
            int classes,
            int stride,
            int ignoreIndex,
            float scale,
            float[] x,
            int xFrom,
            float[] labels,
            int labelsFrom,
            float[] classWeights,
            int weightsFrom,
            float[] dx,
            int dxFrom) {
        var zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var label = FloatVector.fromArray(SPECIES, labels, labelsFrom + i, inside);
            var largest = FloatVector.fromArray(SPECIES, x, xFrom + i, inside);
            for (int c = 1; c < classes; c++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside));
            }
            var sum = zero;
            var weight = zero;
            for (int c = 0; c < classes; c++) {
                var logit = FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside);
                var e = VectorMath.exp(logit.sub(largest));
                sum = sum.add(e);
                e.intoArray(dx, dxFrom + c * stride + i, inside);
                float w = classWeights == null ? scale : scale * classWeights[weightsFrom + c];
                weight = weight.blend(w, label.compare(VectorOperators.EQ, c));
            }
            var counts = label.compare(VectorOperators.NE, ignoreIndex);
            for (int c = 0; c < classes; c++) {
                int at = dxFrom + c * stride + i;
                var probability = FloatVector.fromArray(SPECIES, dx, at, inside).div(sum);
                var error =
                        probability.sub(1, label.compare(VectorOperators.EQ, c)).mul(weight);
                // A blend and not a weight of 0, so that an ignored position is 0 even where a logit is not finite.
                zero.blend(error, counts).intoArray(dx, at, inside);
            }
        }
    }
}

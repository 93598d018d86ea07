package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Cross entropy on {@code count} neighbouring positions, a vector of them at a time, in passes that each do little, with what passes
 * from one to the next in working memory. A lane takes its own class's logit when the loop over the classes comes past its label. The
 * positions behind the last whole vector are copied out and filled up with ignored ones.
 */
final class CrossEntropyLoops {
    private CrossEntropyLoops() {}

    /** How many floats of working memory {@link #forward} and {@link #backward} need. */
    static int workingMemory(int count, int classes) {
        return 4 * (count + LANES) + (2 * classes + 1) * LANES;
    }

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
            float[] work,
            float[] lanes) {
        var zero = FloatVector.zero(SPECIES);
        zero.intoArray(lanes, 0);
        zero.intoArray(lanes, LANES);
        int whole = SPECIES.loopBound(count);
        weights(whole, ignoreIndex, 1, labels, labelsFrom, classWeights, weightsFrom, work);
        maxima(whole, classes, stride, x, xFrom, work, whole);
        sums(whole, classes, stride, x, xFrom, labels, labelsFrom, work);
        VectorMath.logs(whole, work, whole, work, 3 * whole);
        losses(whole, ignoreIndex, labels, labelsFrom, work, lanes);
        if (whole < count) {
            int rest = work.length - (classes + 1) * LANES;
            copyRest(
                    count - whole,
                    classes,
                    stride,
                    ignoreIndex,
                    x,
                    xFrom + whole,
                    labels,
                    labelsFrom + whole,
                    work,
                    rest);
            int restLabels = rest + classes * LANES;
            weights(LANES, ignoreIndex, 1, work, restLabels, classWeights, weightsFrom, work);
            maxima(LANES, classes, LANES, work, rest, work, LANES);
            sums(LANES, classes, LANES, work, rest, work, restLabels, work);
            VectorMath.logs(LANES, work, LANES, work, 3 * LANES);
            losses(LANES, ignoreIndex, work, restLabels, work, lanes);
        }
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
            float[] work,
            float[] dx,
            int dxFrom) {
        int whole = SPECIES.loopBound(count);
        weights(whole, ignoreIndex, scale, labels, labelsFrom, classWeights, weightsFrom, work);
        maxima(whole, classes, stride, x, xFrom, work, whole);
        exponentials(whole, classes, stride, x, xFrom, work, dx, dxFrom);
        errors(whole, classes, stride, ignoreIndex, labels, labelsFrom, work, dx, dxFrom);
        if (whole < count) {
            int rest = work.length - (2 * classes + 1) * LANES;
            copyRest(
                    count - whole,
                    classes,
                    stride,
                    ignoreIndex,
                    x,
                    xFrom + whole,
                    labels,
                    labelsFrom + whole,
                    work,
                    rest);
            int restLabels = rest + classes * LANES;
            int gradient = restLabels + LANES;
            weights(LANES, ignoreIndex, scale, work, restLabels, classWeights, weightsFrom, work);
            maxima(LANES, classes, LANES, work, rest, work, LANES);
            exponentials(LANES, classes, LANES, work, rest, work, work, gradient);
            errors(LANES, classes, LANES, ignoreIndex, work, restLabels, work, work, gradient);
            for (int c = 0; c < classes; c++) {
                System.arraycopy(work, gradient + c * LANES, dx, dxFrom + whole + c * stride, count - whole);
            }
        }
    }

    /** The logits {@code [classes, LANES]} and then the labels of fewer positions than a vector has lanes. */
    private static void copyRest(
            int count,
            int classes,
            int stride,
            int ignoreIndex,
            float[] x,
            int xFrom,
            float[] labels,
            int labelsFrom,
            float[] work,
            int rest) {
        for (int i = 0; i < LANES; i++) {
            for (int c = 0; c < classes; c++) {
                work[rest + c * LANES + i] = i < count ? x[xFrom + c * stride + i] : 0;
            }
            work[rest + classes * LANES + i] = i < count ? labels[labelsFrom + i] : ignoreIndex;
        }
    }

    /** {@code work[i] = scale weight[label]}, 0 where it is ignored. */
    private static void weights(
            int count,
            int ignoreIndex,
            float scale,
            float[] labels,
            int labelsFrom,
            float[] classWeights,
            int weightsFrom,
            float[] work) {
        for (int i = 0; i < count; i++) {
            int label = (int) labels[labelsFrom + i];
            float weight = classWeights == null || label == ignoreIndex ? 1 : classWeights[weightsFrom + label];
            work[i] = label == ignoreIndex ? 0 : scale * weight;
        }
    }

    /** {@code work[to + i]} = the largest logit of position i. */
    private static void maxima(int count, int classes, int stride, float[] x, int xFrom, float[] work, int to) {
        for (int i = 0; i < count; i += LANES) {
            var largest = FloatVector.fromArray(SPECIES, x, xFrom + i);
            for (int c = 1; c < classes; c++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i));
            }
            largest.intoArray(work, to + i);
        }
    }

    /** After the weights and the maxima m: the sum of {@code exp(x - m)}, in the place of m, and then {@code x - m} of the label. */
    private static void sums(
            int count, int classes, int stride, float[] x, int xFrom, float[] labels, int labelsFrom, float[] work) {
        for (int i = 0; i < count; i += LANES) {
            var label = FloatVector.fromArray(SPECIES, labels, labelsFrom + i);
            var largest = FloatVector.fromArray(SPECIES, work, count + i);
            var sum = FloatVector.zero(SPECIES);
            var chosen = sum;
            for (int c = 0; c < classes; c++) {
                var logit = FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i)
                        .sub(largest);
                sum = sum.add(VectorMath.exp(logit));
                chosen = chosen.blend(logit, label.compare(VectorOperators.EQ, c));
            }
            sum.intoArray(work, count + i);
            chosen.intoArray(work, 2 * count + i);
        }
    }

    /** Adds the losses and weights of the positions that count. */
    private static void losses(
            int count, int ignoreIndex, float[] labels, int labelsFrom, float[] work, float[] lanes) {
        var losses = FloatVector.fromArray(SPECIES, lanes, 0);
        var weights = FloatVector.fromArray(SPECIES, lanes, LANES);
        for (int i = 0; i < count; i += LANES) {
            var weight = FloatVector.fromArray(SPECIES, work, i);
            var counts =
                    FloatVector.fromArray(SPECIES, labels, labelsFrom + i).compare(VectorOperators.NE, ignoreIndex);
            var loss = FloatVector.fromArray(SPECIES, work, count + i)
                    .sub(FloatVector.fromArray(SPECIES, work, 2 * count + i))
                    .mul(weight);
            losses = losses.add(loss, counts);
            weights = weights.add(weight);
        }
        losses.intoArray(lanes, 0);
        weights.intoArray(lanes, LANES);
    }

    /** After the weights and the maxima m: {@code dx = exp(x - m)}, and 1 / their sum in the place of m. */
    private static void exponentials(
            int count, int classes, int stride, float[] x, int xFrom, float[] work, float[] dx, int dxFrom) {
        for (int i = 0; i < count; i += LANES) {
            var largest = FloatVector.fromArray(SPECIES, work, count + i);
            var sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < classes; c++) {
                var e = VectorMath.exp(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i)
                        .sub(largest));
                sum = sum.add(e);
                e.intoArray(dx, dxFrom + c * stride + i);
            }
            FloatVector.broadcast(SPECIES, 1).div(sum).intoArray(work, count + i);
        }
    }

    /** {@code dx = weight (dx / sum - onehot(label))}. */
    private static void errors(
            int count,
            int classes,
            int stride,
            int ignoreIndex,
            float[] labels,
            int labelsFrom,
            float[] work,
            float[] dx,
            int dxFrom) {
        var zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < count; i += LANES) {
            var label = FloatVector.fromArray(SPECIES, labels, labelsFrom + i);
            var weight = FloatVector.fromArray(SPECIES, work, i);
            var reciprocal = FloatVector.fromArray(SPECIES, work, count + i);
            var counts = label.compare(VectorOperators.NE, ignoreIndex);
            for (int c = 0; c < classes; c++) {
                int at = dxFrom + c * stride + i;
                var error = FloatVector.fromArray(SPECIES, dx, at)
                        .mul(reciprocal)
                        .sub(1, label.compare(VectorOperators.EQ, c))
                        .mul(weight);
                // A blend and not a weight of 0, so that an ignored position is 0 even where a logit is not finite.
                zero.blend(error, counts).intoArray(dx, at);
            }
        }
    }
}

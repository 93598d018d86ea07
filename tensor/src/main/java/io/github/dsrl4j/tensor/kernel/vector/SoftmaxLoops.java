package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Softmax on {@code count} neighbouring positions, a vector of them at a time; the classes of a position lie {@code stride} apart.
 * Lanes beyond the last position are masked: their values are junk that is never stored.
 */
final class SoftmaxLoops {
    private SoftmaxLoops() {}

    static void forward(int count, int classes, int stride, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var largest = FloatVector.fromArray(SPECIES, x, xFrom + i, inside);
            for (int c = 1; c < classes; c++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside));
            }
            var sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < classes; c++) {
                var logit = FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside);
                var e = VectorMath.exp(logit.sub(largest));
                sum = sum.add(e);
                e.intoArray(y, yFrom + c * stride + i, inside);
            }
            for (int c = 0; c < classes; c++) {
                int at = yFrom + c * stride + i;
                FloatVector.fromArray(SPECIES, y, at, inside).div(sum).intoArray(y, at, inside);
            }
        }
    }

    static void backward(
            int count, int classes, int stride, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < classes; c++) {
                sum = FloatVector.fromArray(SPECIES, y, yFrom + c * stride + i, inside)
                        .fma(FloatVector.fromArray(SPECIES, dy, dyFrom + c * stride + i, inside), sum);
            }
            for (int c = 0; c < classes; c++) {
                FloatVector.fromArray(SPECIES, dy, dyFrom + c * stride + i, inside)
                        .sub(sum)
                        .mul(FloatVector.fromArray(SPECIES, y, yFrom + c * stride + i, inside))
                        .intoArray(dx, dxFrom + c * stride + i, inside);
            }
        }
    }

    static void logForward(int count, int classes, int stride, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var largest = FloatVector.fromArray(SPECIES, x, xFrom + i, inside);
            for (int c = 1; c < classes; c++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside));
            }
            var sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < classes; c++) {
                var logit = FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside);
                sum = sum.add(VectorMath.exp(logit.sub(largest)));
            }
            var logSum = VectorMath.log(sum);
            for (int c = 0; c < classes; c++) {
                // Two subtractions, since adding a small logarithm to a large logit would lose its bits.
                FloatVector.fromArray(SPECIES, x, xFrom + c * stride + i, inside)
                        .sub(largest)
                        .sub(logSum)
                        .intoArray(y, yFrom + c * stride + i, inside);
            }
        }
    }

    static void logBackward(
            int count, int classes, int stride, float[] y, int yFrom, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < classes; c++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, dy, dyFrom + c * stride + i, inside));
            }
            var negative = sum.neg();
            for (int c = 0; c < classes; c++) {
                VectorMath.exp(FloatVector.fromArray(SPECIES, y, yFrom + c * stride + i, inside))
                        .fma(negative, FloatVector.fromArray(SPECIES, dy, dyFrom + c * stride + i, inside))
                        .intoArray(dx, dxFrom + c * stride + i, inside);
            }
        }
    }
}

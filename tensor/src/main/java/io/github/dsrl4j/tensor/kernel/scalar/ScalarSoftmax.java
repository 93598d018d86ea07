package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Softmax;

/** Softmax and cross entropy, position by position; the classes of a position lie {@code inner} apart. */
final class ScalarSoftmax implements Softmax {
    @Override
    public void forward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int first = first(g, position);
            double largest = largest(g, x, xOffset + first);
            double sum = sumOfExponentials(g, x, xOffset + first, largest);
            for (int i = first; i < end(g, first); i += g.inner()) {
                y[yOffset + i] = (float) (Math.exp(x[xOffset + i] - largest) / sum);
            }
        }
    }

    @Override
    public void backward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int first = first(g, position);
            double sum = 0;
            for (int i = first; i < end(g, first); i += g.inner()) {
                sum += (double) dy[dyOffset + i] * y[yOffset + i];
            }
            for (int i = first; i < end(g, first); i += g.inner()) {
                dx[dxOffset + i] = (float) (y[yOffset + i] * (dy[dyOffset + i] - sum));
            }
        }
    }

    @Override
    public void logForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int first = first(g, position);
            double largest = largest(g, x, xOffset + first);
            double logSum = Math.log(sumOfExponentials(g, x, xOffset + first, largest));
            for (int i = first; i < end(g, first); i += g.inner()) {
                y[yOffset + i] = (float) (x[xOffset + i] - largest - logSum);
            }
        }
    }

    @Override
    public void logBackward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int first = first(g, position);
            double sum = 0;
            for (int i = first; i < end(g, first); i += g.inner()) {
                sum += dy[dyOffset + i];
            }
            for (int i = first; i < end(g, first); i += g.inner()) {
                dx[dxOffset + i] = (float) (dy[dyOffset + i] - Math.exp(y[yOffset + i]) * sum);
            }
        }
    }

    @Override
    public void crossEntropyForward(
            Geometry g,
            int ignoreIndex,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] result,
            int resultOffset) {
        double loss = 0;
        double weights = 0;
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int label = (int) labels[labelsOffset + position];
            if (label != ignoreIndex) {
                int first = xOffset + first(g, position);
                double weight = classWeights == null ? 1 : classWeights[classWeightsOffset + label];
                double largest = largest(g, x, first);
                double logSum = Math.log(sumOfExponentials(g, x, first, largest));
                loss += weight * (largest - x[first + label * g.inner()] + logSum);
                weights += weight;
            }
        }
        result[resultOffset] = (float) loss;
        result[resultOffset + 1] = (float) weights;
        result[resultOffset + 2] = weights == 0 ? 0 : (float) (1 / weights);
    }

    @Override
    public void crossEntropyBackward(
            Geometry g,
            int ignoreIndex,
            float[] scale,
            int scaleOffset,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] dx,
            int dxOffset) {
        for (int position = 0; position < g.outer() * g.inner(); position++) {
            int label = (int) labels[labelsOffset + position];
            int first = first(g, position);
            boolean ignored = label == ignoreIndex;
            double weight = scale[scaleOffset]
                    * (ignored || classWeights == null ? 1.0 : classWeights[classWeightsOffset + label]);
            double largest = ignored ? 0 : largest(g, x, xOffset + first);
            double sum = ignored ? 1 : sumOfExponentials(g, x, xOffset + first, largest);
            for (int c = 0; c < g.classes(); c++) {
                int i = first + c * g.inner();
                double error = ignored ? 0 : Math.exp(x[xOffset + i] - largest) / sum - (c == label ? 1 : 0);
                dx[dxOffset + i] = (float) (weight * error);
            }
        }
    }

    private static double largest(Geometry g, float[] x, int first) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = first; i < end(g, first); i += g.inner()) {
            largest = Math.max(largest, x[i]);
        }
        return largest;
    }

    /**
     * {@code sum exp(x - largest)} over the classes of one position: exponents are at most 0, so nothing overflows. Its logarithm is
     * never added to the largest logit, beside which it may be too small to leave a trace.
     */
    private static double sumOfExponentials(Geometry g, float[] x, int first, double largest) {
        double sum = 0;
        for (int i = first; i < end(g, first); i += g.inner()) {
            sum += Math.exp(x[i] - largest);
        }
        return sum;
    }

    private static int first(Geometry g, int position) {
        return position / g.inner() * g.classes() * g.inner() + position % g.inner();
    }

    private static int end(Geometry g, int first) {
        return first + g.classes() * g.inner();
    }
}

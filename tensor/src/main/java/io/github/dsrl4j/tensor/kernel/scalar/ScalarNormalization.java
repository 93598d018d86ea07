package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Normalization;

/** Batch normalisation, channel by channel. */
final class ScalarNormalization implements Normalization {
    @Override
    public void statistics(
            Geometry g, float[] x, int xOffset, float[] mean, int meanOffset, float[] variance, int varianceOffset) {
        double count = (double) g.batch() * g.area();
        for (int c = 0; c < g.channels(); c++) {
            double sum = 0;
            for (int n = 0; n < g.batch(); n++) {
                int plane = xOffset + (n * g.channels() + c) * g.area();
                for (int i = plane; i < plane + g.area(); i++) {
                    sum += x[i];
                }
            }
            double m = sum / count;
            double squares = 0;
            for (int n = 0; n < g.batch(); n++) {
                int plane = xOffset + (n * g.channels() + c) * g.area();
                for (int i = plane; i < plane + g.area(); i++) {
                    squares += (x[i] - m) * (x[i] - m);
                }
            }
            mean[meanOffset + c] = (float) m;
            variance[varianceOffset + c] = (float) (squares / count);
        }
    }

    @Override
    public void forward(
            Geometry g,
            float epsilon,
            float[] x,
            int xOffset,
            float[] mean,
            int meanOffset,
            float[] variance,
            int varianceOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        for (int n = 0; n < g.batch(); n++) {
            for (int c = 0; c < g.channels(); c++) {
                double m = mean[meanOffset + c];
                double scale = weight[weightOffset + c] / deviation(variance[varianceOffset + c], epsilon);
                double b = bias[biasOffset + c];
                int plane = (n * g.channels() + c) * g.area();
                for (int i = plane; i < plane + g.area(); i++) {
                    y[yOffset + i] = (float) ((x[xOffset + i] - m) * scale + b);
                }
            }
        }
    }

    @Override
    public void backward(
            Geometry g,
            boolean training,
            float epsilon,
            float[] x,
            int xOffset,
            float[] mean,
            int meanOffset,
            float[] variance,
            int varianceOffset,
            float[] weight,
            int weightOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dweight,
            int dweightOffset,
            float[] dbias,
            int dbiasOffset) {
        double count = (double) g.batch() * g.area();
        for (int c = 0; c < g.channels(); c++) {
            double m = mean[meanOffset + c];
            double deviation = deviation(variance[varianceOffset + c], epsilon);
            double sum = 0;
            double sumXhat = 0;
            for (int n = 0; n < g.batch(); n++) {
                int plane = (n * g.channels() + c) * g.area();
                for (int i = plane; i < plane + g.area(); i++) {
                    sum += dy[dyOffset + i];
                    sumXhat += dy[dyOffset + i] * ((x[xOffset + i] - m) / deviation);
                }
            }
            dweight[dweightOffset + c] = (float) sumXhat;
            dbias[dbiasOffset + c] = (float) sum;
            double scale = weight[weightOffset + c] / deviation;
            double meanDy = training ? sum / count : 0;
            double meanDyXhat = training ? sumXhat / count : 0;
            for (int n = 0; n < g.batch(); n++) {
                int plane = (n * g.channels() + c) * g.area();
                for (int i = plane; i < plane + g.area(); i++) {
                    double xhat = (x[xOffset + i] - m) / deviation;
                    dx[dxOffset + i] = (float) (scale * (dy[dyOffset + i] - meanDy - xhat * meanDyXhat));
                }
            }
        }
    }

    private static double deviation(float variance, float epsilon) {
        return Math.sqrt((double) variance + epsilon);
    }
}

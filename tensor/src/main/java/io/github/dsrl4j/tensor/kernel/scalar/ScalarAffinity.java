package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Affinity;
import java.util.Arrays;

/**
 * The affinity loss, one row of S_a and of S_b at a time. With u the unit vectors of a, s = sign(S_a - S_b) (symmetric) and
 * {@code scale = 1 / (batch N^2)}:
 *
 * <pre>
 * dL/du[i] = 2 scale sum over j of s[i, j] u[j]          (i occurs in a row and in a column of S)
 * dL/da[i] = (dL/du[i] - u[i] (u[i] . dL/du[i])) / |a[i]|
 * </pre>
 */
final class ScalarAffinity implements Affinity {
    private static final double SMALLEST_NORM = 1e-12;

    @Override
    public void lossAndGradient(
            Geometry g,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] loss,
            int lossOffset,
            float[] da,
            int daOffset,
            float[] db,
            int dbOffset) {
        int positions = g.positions();
        double scale = 1 / ((double) g.batch() * positions * positions);
        double[] rowA = new double[positions];
        double[] rowB = new double[positions];
        double sum = 0;
        for (int n = 0; n < g.batch(); n++) {
            var featuresA = new Features(a, aOffset + n * g.channelsA() * positions, g.channelsA(), positions);
            var featuresB = new Features(b, bOffset + n * g.channelsB() * positions, g.channelsB(), positions);
            for (int i = 0; i < positions; i++) {
                featuresA.similarities(i, rowA);
                featuresB.similarities(i, rowB);
                for (int j = 0; j < positions; j++) {
                    double difference = rowA[j] - rowB[j];
                    sum += Math.abs(difference);
                    rowA[j] = Math.signum(difference);
                    rowB[j] = -rowA[j];
                }
                if (da != null) {
                    featuresA.gradient(i, rowA, scale, da, daOffset + n * g.channelsA() * positions);
                }
                if (db != null) {
                    featuresB.gradient(i, rowB, scale, db, dbOffset + n * g.channelsB() * positions);
                }
            }
        }
        loss[lossOffset] = (float) (scale * sum);
    }

    /** The features of one image, {@code [channels, positions]}, and {@code 1 / norm} of each position (0 for no vector). */
    private static final class Features {
        private final float[] x;
        private final int offset;
        private final int channels;
        private final int positions;
        private final double[] inverse;
        private final double[] gradient;

        Features(float[] x, int offset, int channels, int positions) {
            this.x = x;
            this.offset = offset;
            this.channels = channels;
            this.positions = positions;
            this.inverse = inverseNorms(x, offset, channels, positions);
            this.gradient = new double[channels];
        }

        private static double[] inverseNorms(float[] x, int offset, int channels, int positions) {
            double[] inverse = new double[positions];
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < positions; i++) {
                    double value = x[offset + c * positions + i];
                    inverse[i] += value * value;
                }
            }
            for (int i = 0; i < positions; i++) {
                double norm = Math.sqrt(inverse[i]);
                inverse[i] = norm < SMALLEST_NORM ? 0 : 1 / norm;
            }
            return inverse;
        }

        private double unit(int c, int i) {
            return x[offset + c * positions + i] * inverse[i];
        }

        /** {@code row[j] = u[i] . u[j]}. */
        void similarities(int i, double[] row) {
            Arrays.fill(row, 0);
            for (int c = 0; c < channels; c++) {
                double u = unit(c, i);
                for (int j = 0; j < positions; j++) {
                    row[j] += u * unit(c, j);
                }
            }
        }

        /** The gradient at position i, from row i of the signs. */
        void gradient(int i, double[] signs, double scale, float[] dx, int dxOffset) {
            double along = 0;
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int j = 0; j < positions; j++) {
                    sum += signs[j] * unit(c, j);
                }
                gradient[c] = 2 * scale * sum;
                along += unit(c, i) * gradient[c];
            }
            for (int c = 0; c < channels; c++) {
                dx[dxOffset + c * positions + i] = (float) ((gradient[c] - unit(c, i) * along) * inverse[i]);
            }
        }
    }
}

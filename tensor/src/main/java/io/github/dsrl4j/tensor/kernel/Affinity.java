package io.github.dsrl4j.tensor.kernel;

/**
 * The feature affinity loss of Dual Super-Resolution Learning (CVPR 2020, section 3.3). Feature vectors at N positions are
 * divided by their 2-norm; S[i, j] is the inner product of two of them; the loss is the mean of {@code |S_a - S_b|} over the
 * batch and all N x N pairs. Neither matrix is ever stored: the kernel works in tiles and uses the symmetry of S.
 */
public interface Affinity {
    /** {@code batch} pairs of feature maps of {@code positions} vectors, {@code [batch, channels, positions]} each. */
    record Geometry(int batch, int positions, int channelsA, int channelsB) {}

    /**
     * Writes the loss to {@code loss[lossOffset]} and, where {@code da} and {@code db} are not null, its gradient with respect to the
     * features a and b (before their normalisation). A vector of norm below {@code 1e-12} has similarity 0 with all and
     * gradient 0. The derivative of |.| at 0 is 0.
     */
    void lossAndGradient(
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
            int dbOffset);
}

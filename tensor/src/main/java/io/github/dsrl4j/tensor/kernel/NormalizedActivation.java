package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import java.util.List;

/**
 * Batch normalisation in training, then a sum, then PReLU, on {@code [batch, channels, area]} in one go: with the mean and variance of
 * each channel of x,
 *
 * <pre>
 * p = (x - mean) / sqrt(var + epsilon) weight + bias + residual
 * z = p where p is positive, else slope[channel] p
 * </pre>
 *
 * The backward pass computes p again, so that neither it nor the normalised x has to be kept. x may lie in several parts, whose
 * channels follow each other; where the kernel {@linkplain #placesChannels places channels}, so may all others of its size. A residual
 * of null counts as 0. A slope of null leaves the activation out, z = p; a residual then must be null, too.
 */
public interface NormalizedActivation {
    /**
     * Some channels: in each image {@code [channels, area]}, the first from {@code offset} on.
     *
     * @param stride from one image to the next
     */
    record Channels(float[] array, int offset, int channels, int stride) {
        /** All channels of a tensor {@code [batch, channels, area]} from {@code offset} on. */
        public static Channels of(float[] array, int offset, int channels, int area) {
            return new Channels(array, offset, channels, channels * area);
        }
    }

    /**
     * Whether channels may lie anywhere: those of the residual, z and their gradients in several parts, and all parts of whatever stride.
     * Where not, these are one part each, and every part is a tensor of its own.
     */
    default boolean placesChannels() {
        return false;
    }

    /** How many floats of working memory {@link #forward} and {@link #backward} need for an x of so many parts. */
    int workingMemory(Geometry g, int parts);

    /**
     * Writes z, and the mean and the biased variance of each channel of x.
     *
     * @param work working memory with any contents; null where none is needed
     */
    void forward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            Place mean,
            Place variance,
            List<Channels> z,
            Place work);

    /**
     * Writes the gradients. With {@code dp = dz} where p is positive, else {@code slope dz}: dx, dweight and dbias are those of
     * {@link Normalization#backward} for {@code dy = dp}; {@code dresidual = dp}; {@code dslope = sum of dz p} over the elements that
     * are not positive.
     *
     * @param dx the parts of the gradient, as those of x. Each may be the same memory as that part of x, unless there is a residual whose
     *     gradient nobody asks for; a single one may be the same memory as dz if there is no residual
     * @param dresidual null where nobody asks; may be the same memory as dz or as the residual
     * @param dslope null where slope is
     * @param work working memory with any contents; null where none is needed
     */
    void backward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place mean,
            Place variance,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            List<Channels> dz,
            List<Channels> dx,
            List<Channels> dresidual,
            Place dweight,
            Place dbias,
            Place dslope,
            Place work);
}

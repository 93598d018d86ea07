package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Tensor;

/** What gives the scores of an image; safe for use by many threads at once. */
interface Scorer {
    ModelDescription description();

    /** Whether images of this size go in as they are, though their sides are no multiples of what a network reduces by. */
    boolean takesAsItIs(int height, int width);

    /**
     * Checks that an image can be scored, after it has been filled up.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void checkSize(ColorImage image, int fedHeight, int fedWidth);

    /**
     * The scores {@code [1, channels, f H, f W]} of a normalised image {@code [1, 3, H, W]}, f being the variant's factor; in the step
     * memory of the caller, if there is one.
     */
    Tensor scores(Tensor input);

    /** The same on another device; only what is returned may be used from now on. */
    Scorer on(Device device);
}

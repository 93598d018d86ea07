package io.github.dsrl4j.dsrl.dataset;

/** Operations on float images stored plane by plane (channels x height x width, row-major). */
public final class Planar {
    private Planar() {}

    /**
     * Halves an image by the exact mean of every 2 x 2 block, which is bilinear resampling by 1/2 with half-pixel
     * centres: {@code out[c,y,x] = (in[c,2y,2x] + in[c,2y,2x+1] + in[c,2y+1,2x] + in[c,2y+1,2x+1]) / 4}.
     *
     * @param chw the image, {@code channels * height * width} values
     * @return {@code channels * height/2 * width/2} values
     * @throws IllegalArgumentException where height or width is odd, or the array has another length
     */
    public static float[] halvePlanar(float[] chw, int channels, int height, int width) {
        if (height % 2 != 0 || width % 2 != 0) {
            throw new IllegalArgumentException(
                    "halve: the image is %d x %d (width x height); both must be even".formatted(width, height));
        }
        if (chw.length != channels * height * width) {
            throw new IllegalArgumentException("halve: %d values for %d channels of %d x %d; %d are expected"
                    .formatted(chw.length, channels, width, height, channels * height * width));
        }
        int halfWidth = width / 2;
        var out = new float[channels * (height / 2) * halfWidth];
        for (int row = 0, to = 0; row < channels * (height / 2); row++) {
            int top = 2 * row * width;
            int bottom = top + width;
            for (int x = 0; x < halfWidth; x++, top += 2, bottom += 2) {
                out[to++] = 0.25f * ((chw[top] + chw[top + 1]) + (chw[bottom] + chw[bottom + 1]));
            }
        }
        return out;
    }
}

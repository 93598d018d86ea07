package io.github.dsrl4j.dsrl.dataset.street;

/** What a surface looks like at a point of its own plane. */
interface Material {
    /**
     * Fills in the reflectance, and whatever differs from {@link Shade#reset}.
     *
     * @param u metres along the surface's first axis
     * @param v metres along its second axis
     * @param pixel the size in metres of a sample at this distance: detail finer than this is left out
     * @param shadow what the raster holds for the ground here, see {@link Raster}
     */
    void shade(double u, double v, double pixel, int shadow, Shade out);

    /** One colour all over. */
    static Material plain(Tint tint) {
        return (u, v, pixel, shadow, out) -> out.set(tint, 1);
    }
}

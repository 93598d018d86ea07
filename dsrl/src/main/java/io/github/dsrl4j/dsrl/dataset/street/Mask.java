package io.github.dsrl4j.dsrl.dataset.street;

/** The outline of a surface that is no polygon, and its label where that varies. */
interface Mask {
    /** Nothing of the surface is here. */
    int NONE = -1;

    /** Added to a label: what lies behind is seen here, but the place belongs to the surface (between railings). */
    int SEE_THROUGH = 256;

    /** The label at a point of the surface, possibly with {@link #SEE_THROUGH}, or {@link #NONE}. */
    int at(double u, double v);
}

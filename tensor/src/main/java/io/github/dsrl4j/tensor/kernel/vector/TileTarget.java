package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Where a register tile stores its result: vector v of row r goes to {@code offset + positions[first + v] + r leading} of
 * {@code c}, of {@code rows} rows. {@code add} adds it to what is there.
 */
final class TileTarget {
    /** The tile with most vectors in a row. */
    static final int MOST_VECTORS = 8;

    /** The way from a row of {@link #aside} to the next. */
    static final int ASIDE_LEADING = MOST_VECTORS * LANES;

    private static final int[] ASIDE_POSITIONS = new int[MOST_VECTORS];

    static {
        for (int v = 0; v < MOST_VECTORS; v++) {
            ASIDE_POSITIONS[v] = v * LANES;
        }
    }

    float[] c;
    int offset;
    int leading;
    int[] positions;
    int first;
    int rows;
    boolean add;

    private final float[] aside = new float[12 * ASIDE_LEADING];

    /** Stores in the output itself. */
    void to(float[] c, int offset, int leading, int[] positions, int first, int rows, boolean add) {
        this.c = c;
        this.offset = offset;
        this.leading = leading;
        this.positions = positions;
        this.first = first;
        this.rows = rows;
        this.add = add;
    }

    /** Stores aside, from where {@link #merge} takes the lanes that are wanted. */
    void toAside(int rows) {
        to(aside, 0, ASIDE_LEADING, ASIDE_POSITIONS, 0, rows, false);
    }

    void put(FloatVector value, int row, int vector) {
        int at = offset + positions[first + vector] + row * leading;
        (add ? FloatVector.fromArray(SPECIES, c, at).add(value) : value).intoArray(c, at);
    }

    /** Puts the lanes {@code fromLane} to {@code endLane - 1} of a vector that was stored aside to their places. */
    void merge(int vector, int fromLane, int endLane, float[] c, int offset, int leading, boolean add) {
        var mask = Lanes.mask(fromLane, endLane);
        for (int r = 0; r < rows; r++) {
            var value = FloatVector.fromArray(SPECIES, aside, r * ASIDE_LEADING + vector * LANES);
            int at = offset + r * leading;
            if (add) {
                value = value.add(FloatVector.fromArray(SPECIES, c, at, mask));
            }
            value.intoArray(c, at, mask);
        }
    }
}

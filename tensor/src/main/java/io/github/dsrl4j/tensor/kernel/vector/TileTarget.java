package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Where a register tile stores its result: vector v of row r goes to {@code at(v) + r leading} of {@code c}. {@code add} adds it to
 * what is there. A tile stores all its rows and all their lanes; one that has more of them than are wanted stores aside, from where
 * {@link #merge} takes those that are.
 */
final class TileTarget {
    /** The tile with most vectors in a row. */
    static final int MOST_VECTORS = 8;

    private static final int MOST_ROWS = 12;

    /** The way from a row of {@link #aside} to the next. */
    private static final int ASIDE_LEADING = MOST_VECTORS * LANES;

    private static final int[] ASIDE_POSITIONS = new int[MOST_VECTORS];

    static {
        for (int v = 0; v < MOST_VECTORS; v++) {
            ASIDE_POSITIONS[v] = v * LANES;
        }
    }

    float[] c;
    int leading;
    boolean add;

    private int offset;
    private int[] positions;
    private int first;
    private final float[] aside = new float[MOST_ROWS * ASIDE_LEADING];

    /** Stores in the output itself, vector v at {@code offset + positions[first + v]}. */
    void to(float[] c, int offset, int leading, int[] positions, int first, boolean add) {
        this.c = c;
        this.offset = offset;
        this.leading = leading;
        this.positions = positions;
        this.first = first;
        this.add = add;
    }

    /** Stores aside. */
    void toAside() {
        to(aside, 0, ASIDE_LEADING, ASIDE_POSITIONS, 0, false);
    }

    /** Where the first row of a vector goes. */
    int at(int vector) {
        return offset + positions[first + vector];
    }

    /** Puts the first {@code lanes} lanes of the first {@code rows} rows of a vector that was stored aside to their places. */
    void merge(int vector, int rows, int lanes, float[] c, int offset, int leading, boolean add) {
        var mask = Lanes.mask(0, lanes);
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

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** The mean of squares of 2 x 2 pixels, and its transpose. */
final class HalvingLoops {
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(SPECIES, 1);
    private static final VectorShuffle<Float> FIRST_TWICE = VectorShuffle.fromOp(SPECIES, i -> i / 2);
    private static final VectorShuffle<Float> LAST_TWICE = VectorShuffle.fromOp(SPECIES, i -> LANES / 2 + i / 2);
    private static final float QUARTER = 0.25f;

    private HalvingLoops() {}

    /** One plane of {@code height x width} means of a plane of twice that size. */
    static void mean(int height, int width, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < height; i++) {
            meanRow(width, x, xFrom + 4 * i * width, y, yFrom + i * width);
        }
    }

    private static void meanRow(int width, float[] x, int upper, float[] y, int yFrom) {
        int lower = upper + 2 * width;
        int j = 0;
        for (; j <= width - LANES; j += LANES) {
            var left = FloatVector.fromArray(SPECIES, x, upper + 2 * j)
                    .add(FloatVector.fromArray(SPECIES, x, lower + 2 * j));
            var right = FloatVector.fromArray(SPECIES, x, upper + 2 * j + LANES)
                    .add(FloatVector.fromArray(SPECIES, x, lower + 2 * j + LANES));
            left.rearrange(EVEN, right)
                    .add(left.rearrange(ODD, right))
                    .mul(QUARTER)
                    .intoArray(y, yFrom + j);
        }
        for (; j < width; j++) {
            float left = x[upper + 2 * j] + x[lower + 2 * j];
            float right = x[upper + 2 * j + 1] + x[lower + 2 * j + 1];
            y[yFrom + j] = (left + right) * QUARTER;
        }
    }

    /** A quarter of each dy to each of its four pixels. */
    static void spread(int height, int width, float[] dy, int dyFrom, float[] dx, int dxFrom) {
        for (int i = 0; i < height; i++) {
            spreadRow(width, dy, dyFrom + i * width, dx, dxFrom + 4 * i * width);
        }
    }

    private static void spreadRow(int width, float[] dy, int dyFrom, float[] dx, int upper) {
        int lower = upper + 2 * width;
        int j = 0;
        for (; j <= width - LANES; j += LANES) {
            var quarter = FloatVector.fromArray(SPECIES, dy, dyFrom + j).mul(QUARTER);
            var left = quarter.rearrange(FIRST_TWICE);
            var right = quarter.rearrange(LAST_TWICE);
            left.intoArray(dx, upper + 2 * j);
            right.intoArray(dx, upper + 2 * j + LANES);
            left.intoArray(dx, lower + 2 * j);
            right.intoArray(dx, lower + 2 * j + LANES);
        }
        for (; j < width; j++) {
            float quarter = dy[dyFrom + j] * QUARTER;
            dx[upper + 2 * j] = quarter;
            dx[upper + 2 * j + 1] = quarter;
            dx[lower + 2 * j] = quarter;
            dx[lower + 2 * j + 1] = quarter;
        }
    }
}

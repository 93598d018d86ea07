package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A padded copy of some rows of an image in which a vector holds one pixel of as many channels as it has lanes, so that windows need
 * no test for the border and may start at any column.
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param padding columns of zeros on the left
 * @param columns columns of the copy; what the image does not fill is 0
 * @param step the way from a pixel of the copy to the next
 */
record ChannelSlab(int height, int width, int padding, int columns, int step) {
    int rowStep() {
        return columns * step;
    }

    /**
     * Copies {@code rows} rows from row {@code firstRow} of the image (which may be outside it). Of the channels, which start at
     * {@code plane} of x, there are {@code channels}, at most a vector's lanes; further lanes are 0.
     */
    void fill(Transposer transposer, float[] x, int plane, int channels, int firstRow, int rows, float[] slab, int to) {
        int begin = Math.min(padding, columns);
        int end = Math.clamp(width + (long) padding, begin, columns);
        for (int r = 0; r < rows; r++) {
            int row = firstRow + r;
            int line = to + r * rowStep();
            if (row < 0 || row >= height) {
                clear(slab, line, 0, columns);
                continue;
            }
            clear(slab, line, 0, begin);
            int from = plane + row * width;
            transposer.runAll(x, from, height * width, channels, end - begin, slab, line + begin * step, step);
            clear(slab, line, end, columns);
        }
    }

    private void clear(float[] slab, int line, int begin, int end) {
        var zero = FloatVector.zero(SPECIES);
        for (int p = begin; p < end; p++) {
            zero.intoArray(slab, line + p * step);
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What follows from the geometries of some depthwise convolutions of one image: branches whose inputs have the same size, and so have
 * their outputs.
 *
 * <p>Under a stride the image is taken apart into phases, the pixels of equal remainders of row and column, in each of which a
 * tap's pixels for consecutive outputs are consecutive. A band of rows of a phase is kept as one long line: rows stand
 * {@link #pitch} apart, and the zeros behind a row are the right border of this row and the left one of the next. So a tap is a mere
 * distance, and a loop over some rows of the line needs no test for borders; what it computes between the rows is ignored.
 *
 * <p>A band fits into the second-level cache. The loops pass over it in steps of some rows, before each of which the rows that it
 * needs are read, so that reading, computing and writing go on side by side.
 */
final class DepthwisePlan {
    /** All of a band's lines together: a small part of a second-level cache. */
    private static final int BAND_FLOATS = 48 * 1024;

    /** Of a line in a step: enough for starting a loop to cost little. */
    private static final int STEP_FLOATS = 512;

    /** With fewer channels, each image has partial sums of weight gradients of its own, so that there is enough to share out. */
    private static final int FEW_CHANNELS = 32;

    final ConvolutionGeometry geometry;
    final Branch[] branches;
    /** Weights of a channel, those of all branches together. */
    final int taps;

    final int phases;
    /** From a row of a line to the next. */
    final int pitch;

    final int phaseRows;
    /** The first row of a phase, from the output's row, that a tap reads; and how many rows there are to the last. */
    final int firstRow;

    final int halo;
    /** Zeros before a line of x in the forward pass; before and behind a line of dy in the backward pass. */
    final int lead;

    final int gradientLead;
    final int gradientTail;
    /** Output rows of a band in the forward pass, and rows of a phase in the backward pass. */
    final int forwardRows;

    final int backwardRows;
    /** Rows of a step. */
    final int forwardStep;

    final int backwardStep;
    final int imageChunks;

    /**
     * One convolution. Its taps are in the order of their phases.
     *
     * @param order which weight of the channel each tap has
     * @param sources where a tap's line starts in the lines of x
     * @param gradients where a tap's line starts in the branch's line of dy
     * @param phaseStarts the first tap of each phase, and the number of taps
     * @param firstTap how many taps the branches before have
     */
    record Branch(int[] order, int[] sources, int[] gradients, int[] phaseStarts, int firstTap) {
        int taps() {
            return order.length;
        }
    }

    DepthwisePlan(List<ConvolutionGeometry> geometries) {
        geometry = geometries.getFirst();
        var g = geometry;
        phases = g.strideHeight() * g.strideWidth();
        int rowLow = Integer.MAX_VALUE;
        int rowHigh = Integer.MIN_VALUE;
        int columnLow = Integer.MAX_VALUE;
        int columnHigh = Integer.MIN_VALUE;
        for (var each : geometries) {
            rowLow = Math.min(rowLow, Math.floorDiv(row(each, 0), g.strideHeight()));
            rowHigh = Math.max(rowHigh, Math.floorDiv(row(each, g.kernelHeight() - 1), g.strideHeight()));
            columnLow = Math.min(columnLow, Math.floorDiv(column(each, 0), g.strideWidth()));
            columnHigh = Math.max(columnHigh, Math.floorDiv(column(each, g.kernelWidth() - 1), g.strideWidth()));
        }
        firstRow = rowLow;
        halo = rowHigh - rowLow;
        phaseRows = Math.ceilDiv(g.inHeight(), g.strideHeight());
        int phaseColumns = Math.ceilDiv(g.inWidth(), g.strideWidth());
        lead = Math.max(0, -columnLow);
        gradientLead = Math.max(0, columnHigh);
        gradientTail = lead + LANES;
        int forward = phaseColumns + Math.max(lead, g.outWidth() + columnHigh - phaseColumns);
        int backward = g.outWidth() + Math.max(gradientLead, phaseColumns - columnLow - g.outWidth());
        pitch = Math.max(Math.max(phaseColumns, g.outWidth()), Math.max(forward, backward));

        int most = BAND_FLOATS / pitch;
        int least = 2 * halo + 4;
        forwardRows = even(g.outHeight(), Math.max(most / phases - halo, least));
        backwardRows = even(phaseRows, Math.max(most / geometries.size() - halo, least));
        forwardStep = even(forwardRows, Math.ceilDiv(STEP_FLOATS, pitch));
        backwardStep = even(backwardRows, Math.ceilDiv(STEP_FLOATS, pitch));
        imageChunks = g.inChannels() < FEW_CHANNELS ? g.batch() : 1;

        branches = new Branch[geometries.size()];
        int firstTap = 0;
        for (int b = 0; b < branches.length; b++) {
            branches[b] = branch(geometries.get(b), rowHigh, firstTap);
            firstTap += branches[b].taps();
        }
        taps = firstTap;
    }

    private static int row(ConvolutionGeometry g, int k) {
        return k * g.dilationHeight() - g.paddingHeight();
    }

    private static int column(ConvolutionGeometry g, int l) {
        return l * g.dilationWidth() - g.paddingWidth();
    }

    /** So many rows a band that all bands but the last have the same and the last not much less. */
    private static int even(int rows, int most) {
        return rows == 0 ? 1 : Math.ceilDiv(rows, Math.ceilDiv(rows, most));
    }

    private Branch branch(ConvolutionGeometry g, int rowHigh, int firstTap) {
        int count = g.kernelArea();
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingInt(tap -> phase(g, tap)))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] sources = new int[count];
        int[] gradients = new int[count];
        for (int t = 0; t < count; t++) {
            int phase = phase(g, order[t]);
            int rows = Math.floorDiv(row(g, order[t] / g.kernelWidth()), g.strideHeight());
            int columns = Math.floorDiv(column(g, order[t] % g.kernelWidth()), g.strideWidth());
            sources[t] = phase * sourceLength() + lead + (rows - firstRow) * pitch + columns;
            gradients[t] = gradientLead + (rowHigh - rows) * pitch - columns;
        }
        int[] phaseStarts = new int[phases + 1];
        Arrays.setAll(phaseStarts, p ->
                (int) Arrays.stream(order).filter(tap -> phase(g, tap) < p).count());
        return new Branch(order, sources, gradients, phaseStarts, firstTap);
    }

    private static int phase(ConvolutionGeometry g, int tap) {
        return Math.floorMod(row(g, tap / g.kernelWidth()), g.strideHeight()) * g.strideWidth()
                + Math.floorMod(column(g, tap % g.kernelWidth()), g.strideWidth());
    }

    /** Floats of the line of a phase of x in the forward pass. */
    int sourceLength() {
        return lead + (forwardRows + halo) * pitch + gradientLead + LANES;
    }

    /** Floats of the sums of a step of the forward pass. */
    int sumsLength() {
        return forwardStep * pitch + LANES;
    }

    /** Floats of the line of dy of a branch. */
    int gradientLength() {
        return gradientLead + (backwardRows + halo) * pitch + gradientTail;
    }

    /** Floats of a phase of x, or of dx, in a step of the backward pass. */
    int phaseLength() {
        return backwardStep * pitch + LANES;
    }

    /** The columns that a phase has. */
    int phaseColumns(int phase) {
        return Math.ceilDiv(geometry.inWidth() - phase % geometry.strideWidth(), geometry.strideWidth());
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * The sizes by which {@link ConvolutionGatherCode} computes a convolution or its adjoint with respect to the data: an output pixel
 * gathers over the channels of its group in the source and over taps.
 *
 * @param outputs output channels of a group
 * @param inputs source channels of a group
 * @param rows along the height, {@code columns} along the width
 * @param outputWeights distance of the weights of one output channel from those of the next; likewise for source channels and groups
 */
record ConvolutionGather(
        int batch,
        int groups,
        int outputs,
        int inputs,
        Axis rows,
        Axis columns,
        int outputWeights,
        int inputWeights,
        int groupWeights) {

    /**
     * One direction. Tap k of grid pixel r meets source pixel {@code r step + (base + slope k + phase) / divisor}, where that
     * quotient is whole; the output pixel is {@code r phases + phase}.
     */
    record Axis(int source, int output, int taps, int slope, int base, int divisor, int step, int phases) {
        static Axis forward(int in, int out, int kernel, int stride, int padding, int dilation) {
            return new Axis(in, out, kernel, dilation, -padding, 1, stride, 1);
        }

        static Axis adjoint(int in, int out, int kernel, int stride, int padding, int dilation) {
            return new Axis(out, in, kernel, -dilation, padding, stride, 1, stride);
        }

        /** Pixels of the grid, which is that of the phase with the most. */
        int grid() {
            return Math.ceilDiv(output, phases);
        }

        /** By how many pixels a tap of the grid lies outside the source at most. */
        int overhang() {
            int tapsReach = slope * (taps - 1);
            int low = Math.floorDiv(base + Math.min(0, tapsReach), divisor);
            int high = Math.ceilDiv(base + Math.max(0, tapsReach) + phases - 1, divisor) + (grid() - 1) * step;
            return Math.max(0, Math.max(-low, high - (source - 1)));
        }

        /** How far apart the taps are that belong to one phase. */
        int tapPeriod() {
            int a = divisor;
            int b = Math.abs(slope);
            while (b != 0) {
                int rest = a % b;
                a = b;
                b = rest;
            }
            return divisor / a;
        }
    }

    static ConvolutionGather forward(ConvolutionGeometry g) {
        int taps = g.kernelArea();
        return new ConvolutionGather(
                g.batch(),
                g.groups(),
                g.outChannelsPerGroup(),
                g.inChannelsPerGroup(),
                Axis.forward(
                        g.inHeight(),
                        g.outHeight(),
                        g.kernelHeight(),
                        g.strideHeight(),
                        g.paddingHeight(),
                        g.dilationHeight()),
                Axis.forward(
                        g.inWidth(),
                        g.outWidth(),
                        g.kernelWidth(),
                        g.strideWidth(),
                        g.paddingWidth(),
                        g.dilationWidth()),
                g.inChannelsPerGroup() * taps,
                taps,
                g.outChannelsPerGroup() * g.inChannelsPerGroup() * taps);
    }

    static ConvolutionGather adjoint(ConvolutionGeometry g) {
        int taps = g.kernelArea();
        return new ConvolutionGather(
                g.batch(),
                g.groups(),
                g.inChannelsPerGroup(),
                g.outChannelsPerGroup(),
                Axis.adjoint(
                        g.inHeight(),
                        g.outHeight(),
                        g.kernelHeight(),
                        g.strideHeight(),
                        g.paddingHeight(),
                        g.dilationHeight()),
                Axis.adjoint(
                        g.inWidth(),
                        g.outWidth(),
                        g.kernelWidth(),
                        g.strideWidth(),
                        g.paddingWidth(),
                        g.dilationWidth()),
                taps,
                g.inChannelsPerGroup() * taps,
                g.outChannelsPerGroup() * g.inChannelsPerGroup() * taps);
    }

    int sourceArea() {
        return rows.source * columns.source;
    }

    int outputArea() {
        return rows.output * columns.output;
    }

    int gridArea() {
        return rows.grid() * columns.grid();
    }

    int phases() {
        return rows.phases * columns.phases;
    }

    /** Whether tiles of several output channels have nothing to share, and a plain walk along the rows can do it: stride 1. */
    boolean isNarrow() {
        boolean stride1 = rows.step == 1 && columns.step == 1 && rows.divisor == 1 && columns.divisor == 1;
        return stride1 && (outputs <= 2 || (inputs == 1 && outputs <= 8)) && rows.taps * columns.taps > 1;
    }

    /** Whether neighbours in the grid are neighbours in the source even over the end of a row. */
    boolean flat() {
        return rows.step == 1 && columns.step == 1 && columns.grid() == columns.source;
    }

    /** Whether reading a whole tile at any tap could leave the array that the source lies in. */
    boolean mayLeave(float[] array, int offset, int tile) {
        long reach = (long) rows.overhang() * columns.source + columns.overhang() + tile;
        long end = (long) offset + (long) batch * groups * inputs * sourceArea();
        return offset - reach < 0 || end + reach > array.length;
    }
}

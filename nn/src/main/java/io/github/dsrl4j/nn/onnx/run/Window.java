package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a kernel slides over the spatial dimensions: the attributes that convolutions and poolings share. What is missing is 1 for
 * strides and dilations, 0 for pads.
 */
record Window(
        AutoPad autoPad,
        Optional<long[]> kernel,
        Optional<long[]> strides,
        Optional<long[]> dilations,
        Optional<long[]> pads) {
    /** Where padding comes from. */
    enum AutoPad {
        /** From {@code pads}. */
        NOTSET,
        /** As much as makes the output ceil(input / stride); what is odd goes to the end. */
        SAME_UPPER,
        /** As much as makes the output ceil(input / stride); what is odd goes to the beginning. */
        SAME_LOWER,
        /** None. */
        VALID
    }

    /** Beyond this, sums of positions would no longer fit the kernels' integers. */
    private static final long LARGEST = 1 << 29;

    /**
     * One spatial dimension: {@code out} positions of a kernel of {@code kernel} taps, {@code dilation} apart, that begins
     * {@code begin} before the input, moves by {@code stride}, and may run {@code end} over its end.
     */
    record Axis(int in, int kernel, int stride, int dilation, int begin, int end, int out) {
        /** The input's extent from the first tap to the last, both included. */
        int span() {
            return dilation * (kernel - 1) + 1;
        }
    }

    static Window of(Attributes attributes) {
        return new Window(
                attributes.choice("auto_pad", AutoPad.NOTSET, List.of(AutoPad.values())),
                attributes.integers("kernel_shape"),
                attributes.integers("strides"),
                attributes.integers("dilations"),
                attributes.integers("pads"));
    }

    /**
     * The spatial dimensions for inputs of these extents.
     *
     * @param kernel the kernel's extents
     * @param ceil whether the output is rounded up, so that the last position may run over the padded end; a position that would
     *     begin there is left out
     */
    Axis[] axes(int[] in, int[] kernel, boolean ceil) {
        var axes = new Axis[in.length];
        for (int d = 0; d < in.length; d++) {
            axes[d] = axis(d, in, kernel, ceil);
        }
        return axes;
    }

    private Axis axis(int d, int[] in, int[] kernel, boolean ceil) {
        int rank = in.length;
        long stride = at("strides", strides, d, rank, 1);
        long dilation = at("dilations", dilations, d, rank, 1);
        long begin = padding(d, rank);
        long end = padding(d + rank, rank);
        long span = dilation * (kernel[d] - 1) + 1;
        if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
            long total = Math.max(0, (Math.ceilDiv(in[d], stride) - 1) * stride + span - in[d]);
            begin = autoPad == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
            end = total - begin;
        }
        long padded = in[d] + begin + end;
        if (kernel[d] < 1 || span > padded || padded > LARGEST) {
            throw new OnnxException(
                    "spatial dimension %d: a kernel of %d with dilation %d does not fit an input of %d padded by %d and %d"
                            .formatted(d, kernel[d], dilation, in[d], begin, end));
        }
        long out = (padded - span) / stride + 1;
        if (ceil && (padded - span) % stride != 0 && out * stride < in[d] + begin) {
            out++;
        }
        // A stride beyond the input, or a dilation of a single tap, moves nothing.
        return new Axis(
                in[d],
                kernel[d],
                (int) Math.min(stride, Math.max(1, padded)),
                kernel[d] == 1 ? 1 : (int) dilation,
                (int) begin,
                (int) end,
                (int) out);
    }

    /** The extents that windows make {@code out} of: {@code (out - 1) stride + kernel - pads}. */
    int[] pooledFrom(int[] out) {
        int[] kernel = kernelShape(out.length);
        int[] in = new int[out.length];
        for (int d = 0; d < in.length; d++) {
            long extent = (out[d] - 1) * at("strides", strides, d, out.length, 1)
                    + kernel[d]
                    - padding(d, out.length)
                    - padding(d + out.length, out.length);
            if (extent < 1 || extent > LARGEST) {
                throw new OnnxException("spatial dimension %d: there is no input of %d".formatted(d, extent));
            }
            in[d] = (int) extent;
        }
        return in;
    }

    private long padding(int index, int rank) {
        return autoPad == AutoPad.NOTSET ? at("pads", pads, index, 2 * rank, 0) : 0;
    }

    /** The stride along a spatial dimension. */
    int stride(int d, int rank) {
        return (int) at("strides", strides, d, rank, 1);
    }

    /** The dilation along a spatial dimension. */
    int dilation(int d, int rank) {
        return (int) at("dilations", dilations, d, rank, 1);
    }

    /** The explicit padding before (index {@code d}) or behind (index {@code rank + d}) a spatial dimension. */
    int pad(int index, int rank) {
        return (int) padding(index, rank);
    }

    private static long at(String name, Optional<long[]> values, int index, int count, long least) {
        if (values.isEmpty()) {
            return least;
        }
        long[] given = values.get();
        if (given.length != count) {
            throw new OnnxException("attribute '%s' has %d entries, not %d: %s"
                    .formatted(name, given.length, count, Attributes.abbreviated(given)));
        }
        if (given[index] < least || given[index] > LARGEST) {
            throw new OnnxException("attribute '%s' is %s: %d is out of range"
                    .formatted(name, Attributes.abbreviated(given), given[index]));
        }
        return given[index];
    }

    /** The kernel's extents as {@code kernel_shape} says, which must be there. */
    int[] kernelShape(int rank) {
        if (kernel.isEmpty()) {
            throw new OnnxException("attribute 'kernel_shape' is missing");
        }
        int[] extents = new int[rank];
        for (int d = 0; d < rank; d++) {
            extents[d] = (int) at("kernel_shape", kernel, d, rank, 1);
        }
        return extents;
    }

    /** Checks that {@code kernel_shape}, where it is given, says what the weight has. */
    void checkKernel(int[] weight) {
        if (kernel.isPresent() && !Arrays.equals(kernelShape(weight.length), weight)) {
            throw new OnnxException("attribute 'kernel_shape' is %s, but the weight's kernel is %s"
                    .formatted(Attributes.abbreviated(kernel.get()), Arrays.toString(weight)));
        }
    }

    /** The spatial extents of a shape {@code [N, C, ...]}. */
    static int[] spatial(Shape shape) {
        if (shape.rank() < 3) {
            throw new OnnxException("a shape [N, C, D1, ...] with spatial dimensions is expected, not " + shape);
        }
        return Arrays.copyOfRange(shape.dims(), 2, shape.rank());
    }

    /** Goes on to the next position in a box, row-major; from the last to the first. */
    static void advance(int[] position, int[] extents) {
        for (int d = extents.length - 1; d >= 0; d--) {
            if (++position[d] < extents[d]) {
                return;
            }
            position[d] = 0;
        }
    }

    /** The number of positions in a box. */
    static int count(int[] extents) {
        return Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    }
}

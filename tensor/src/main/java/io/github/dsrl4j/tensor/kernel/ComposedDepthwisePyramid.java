package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import java.util.List;

/**
 * {@link DepthwisePyramid} branch by branch, from a device's other kernels: what it means, and what serves where nothing faster is
 * there.
 */
public final class ComposedDepthwisePyramid implements DepthwisePyramid {
    private final Kernels kernels;

    /** Made of these kernels. */
    public ComposedDepthwisePyramid(Kernels kernels) {
        this.kernels = kernels;
    }

    private static int outSize(ConvolutionGeometry g) {
        return g.batch() * g.outChannels() * g.outArea();
    }

    private static int inSize(ConvolutionGeometry g) {
        return g.batch() * g.inChannels() * g.inArea();
    }

    /** For two of all branches' outputs, or their gradients; and for what one branch adds to dx. */
    @Override
    public int workingMemory(List<ConvolutionGeometry> branches) {
        var g = branches.getFirst();
        return Math.addExact(Math.multiplyExact(2, outSize(g)), inSize(g));
    }

    @Override
    public void forward(List<ConvolutionGeometry> branches, Place x, List<Place> weights, Place y, Place work) {
        var g = branches.getFirst();
        Place sum = work;
        Place before = after(work, outSize(g));
        for (int b = 0; b < branches.size(); b++) {
            Place weight = weights.get(b);
            kernels.depthwise()
                    .forward(
                            branches.get(b),
                            x.array(),
                            x.offset(),
                            weight.array(),
                            weight.offset(),
                            null,
                            0,
                            sum.array(),
                            sum.offset());
            if (b > 0) {
                add(outSize(g), before, sum);
            }
            copyBranch(branches, y, b, sum, true);
            Place free = before;
            before = sum;
            sum = free;
        }
    }

    @Override
    public void backward(
            List<ConvolutionGeometry> branches,
            Place x,
            List<Place> weights,
            Place dy,
            Place dx,
            List<Place> dweights,
            Place work) {
        var g = branches.getFirst();
        Place own = after(work, outSize(g));
        Place part = after(own, outSize(g));
        int last = branches.size() - 1;
        for (int b = last; b >= 0; b--) {
            copyBranch(branches, dy, b, b == last ? work : own, false);
            if (b < last) {
                add(outSize(g), own, work);
            }
            if (dx != null) {
                Place weight = weights.get(b);
                Place target = b == last ? dx : part;
                kernels.depthwise()
                        .backwardData(
                                branches.get(b),
                                work.array(),
                                work.offset(),
                                weight.array(),
                                weight.offset(),
                                null,
                                0,
                                target.array(),
                                target.offset());
                if (b < last) {
                    add(inSize(g), part, dx);
                }
            }
            if (dweights != null) {
                Place dweight = dweights.get(b);
                kernels.depthwise()
                        .backwardWeight(
                                branches.get(b),
                                x.array(),
                                x.offset(),
                                work.array(),
                                work.offset(),
                                dweight.array(),
                                dweight.offset());
            }
        }
    }

    private void add(int size, Place addend, Place sum) {
        kernels.elementwise()
                .binary(
                        Binary.ADD,
                        size,
                        sum.array(),
                        sum.offset(),
                        addend.array(),
                        addend.offset(),
                        sum.array(),
                        sum.offset());
    }

    /** Copies the channels of one branch of all images from {@code single} to their place in {@code all}, or back. */
    private void copyBranch(List<ConvolutionGeometry> branches, Place all, int branch, Place single, boolean in) {
        var g = branches.getFirst();
        int image = g.outChannels() * g.outArea();
        int[] sizes = {g.batch(), image};
        int[] together = {branches.size() * image, 1};
        int[] alone = {image, 1};
        int allOffset = all.offset() + branch * image;
        if (in) {
            kernels.movement()
                    .stridedCopy(sizes, single.array(), single.offset(), alone, all.array(), allOffset, together);
        } else {
            kernels.movement()
                    .stridedCopy(sizes, all.array(), allOffset, together, single.array(), single.offset(), alone);
        }
    }

    private static Place after(Place place, int elements) {
        return new Place(place.array(), place.offset() + elements);
    }
}

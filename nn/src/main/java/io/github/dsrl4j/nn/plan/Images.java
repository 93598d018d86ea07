package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.LogSoftmax;
import io.github.dsrl4j.autograd.op.Max;
import io.github.dsrl4j.autograd.op.Mean;
import io.github.dsrl4j.autograd.op.Permute;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.autograd.op.Softmax;
import io.github.dsrl4j.autograd.op.Sum;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;

/** Whether a model treats each image of a batch by itself, so that a batch can be run image by image. */
final class Images {
    private Images() {}

    /**
     * Compares what a model does to one image and to several.
     *
     * @throws IllegalArgumentException if an operation may mix images
     */
    static void checkIndependent(Graph one, Graph all, int images) {
        if (one.nodes().size() != all.nodes().size()) {
            throw new IllegalArgumentException(
                    "plan: the model does %d operations on one image and %d on %d; compile it for one image at a time"
                            .formatted(one.nodes().size(), all.nodes().size(), images));
        }
        for (int i = 0; i < one.nodes().size(); i++) {
            Node single = one.nodes().get(i);
            Node several = all.nodes().get(i);
            boolean alike = single.operation().getClass() == several.operation().getClass()
                    && scales(single.output().shape(), several.output().shape(), images)
                    && !worksAcross(several);
            if (!alike) {
                throw new IllegalArgumentException(
                        "plan: %s in layer '%s' may mix the images of a batch: its output is %s for one image and %s for %d; compile for one image at a time"
                                .formatted(
                                        several.operation().name(),
                                        several.layer(),
                                        single.output().shape(),
                                        several.output().shape(),
                                        images));
            }
        }
        for (int i = 0; i < all.outputs().size(); i++) {
            Shape output = all.outputs().get(i).shape();
            if (!scales(one.outputs().get(i).shape(), output, images)) {
                throw new ShapeException(
                        "plan: output %d of shape %s does not count %d images".formatted(i, output, images));
            }
        }
    }

    private static boolean scales(Shape one, Shape all, int images) {
        return one.rank() > 0 && one.dim(0) == 1 && one.with(0, images).equals(all);
    }

    /** Whether an operation works along the leading dimension. */
    private static boolean worksAcross(Node node) {
        int rank = node.inputs().getFirst().shape().rank();
        return switch (node.operation()) {
            case Concat(int dim) -> isLeading(dim, rank);
            case Slice(int dim, int _, int _) -> isLeading(dim, rank);
            case Softmax(int dim) -> isLeading(dim, rank);
            case LogSoftmax(int dim) -> isLeading(dim, rank);
            case Max(int dim) -> isLeading(dim, rank);
            case Sum(boolean all, int dim) -> all || isLeading(dim, rank);
            case Mean(boolean all, int dim) -> all || isLeading(dim, rank);
            case Permute(var order) -> !isLeading(order.getFirst(), rank);
            default -> false;
        };
    }

    private static boolean isLeading(int dim, int rank) {
        return dim == 0 || dim == -rank;
    }
}

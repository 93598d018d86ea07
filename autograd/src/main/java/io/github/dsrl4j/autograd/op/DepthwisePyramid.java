package io.github.dsrl4j.autograd.op;

import static io.github.dsrl4j.autograd.op.Places.place;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Depthwise convolutions of one input, each with the sum of those before it, concatenated: the middle of ESPNetv2's unit (Mehta et al.,
 * CVPR 2019, section 3.1, hierarchical feature fusion) as one operation, which reads its input and its gradient once.
 *
 * <pre>
 * s_0 = conv2d_0(x),   s_b = s_(b-1) + conv2d_b(x),   y = concat(s_0, s_1, ...)
 * </pre>
 *
 * Inputs: x {@code [N, C, H, W]} and for each branch a weight {@code [C, 1, KH, KW]}, convolved in C groups as {@link Conv2d} does.
 * Output: {@code [N, branches x C, H', W']}; all branches must have the same stride and come to the same H' and W'. Cost:
 * {@code N C H' W' KH KW} multiply-adds a branch. Backward: with {@code d_b = dy_b + d_(b+1)}, dx is the sum of the transposed
 * convolutions of all d_b, dweight_b the correlation of x with d_b; keeps x for dweight and the weights for dx.
 *
 * @param branches the options of each convolution, whose groups are C
 */
public record DepthwisePyramid(List<ConvolutionOptions> branches) implements Operation {
    public DepthwisePyramid {
        branches = List.copyOf(branches);
        if (branches.isEmpty()) {
            throw new IllegalArgumentException("depthwisePyramid: at least 1 branch is needed");
        }
    }

    @Override
    public String name() {
        return "depthwisePyramid";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Shape[] shapes = new Shape[inputs.length];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = inputs[i].shape();
        }
        List<ConvolutionGeometry> geometries = geometries(shapes);
        ConvolutionGeometry g = geometries.getFirst();
        Tensor y = Tensor.empty(
                x.device(), Shape.of(g.batch(), branches.size() * g.outChannels(), g.outHeight(), g.outWidth()));
        var kernel = x.device().kernels().depthwisePyramid();
        Tensor work = work(kernel.workingMemory(geometries), x);
        kernel.forward(geometries, place(x), places(inputs), place(y), place(work));
        giveBack(work);
        saved.keep(inputs);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        int count = saved.inputs();
        Tensor[] inputs = new Tensor[count];
        Shape[] shapes = new Shape[count];
        Tensor[] gradients = new Tensor[count];
        boolean weightsNeeded = false;
        for (int i = 0; i < count; i++) {
            inputs[i] = saved.tensor(i);
            shapes[i] = saved.shape(i);
            weightsNeeded |= i > 0 && saved.needed(i);
        }
        List<ConvolutionGeometry> geometries = geometries(shapes);
        for (int i = 0; i < count; i++) {
            gradients[i] = (i == 0 ? saved.needed(0) : weightsNeeded) ? Tensor.empty(dy.device(), shapes[i]) : null;
        }
        var kernel = dy.device().kernels().depthwisePyramid();
        Tensor work = work(kernel.workingMemory(geometries), dy);
        kernel.backward(
                geometries,
                place(inputs[0]),
                places(inputs),
                place(dy),
                place(gradients[0]),
                weightsNeeded ? places(gradients) : null,
                place(work));
        giveBack(work);
        return gradients;
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        return geometries(inputs).stream()
                .mapToLong(ConvolutionGeometry::multiplyAdds)
                .sum();
    }

    /** The sizes of all branches, for an input and their weights. */
    private List<ConvolutionGeometry> geometries(Shape... inputs) {
        if (inputs.length != branches.size() + 1) {
            throw new IllegalArgumentException("depthwisePyramid: an input and %d weights are needed, not %d inputs"
                    .formatted(branches.size(), inputs.length));
        }
        var geometries = new ArrayList<ConvolutionGeometry>(branches.size());
        for (int b = 0; b < branches.size(); b++) {
            ConvolutionGeometry g = new Conv2d(branches.get(b)).geometry(inputs[0], inputs[b + 1]);
            if (g.groups() != g.inChannels() || g.groups() != g.outChannels()) {
                throw new ShapeException(
                        "depthwisePyramid: branch %d has groups %d and %d filters, the input has %d channels; all must be the same; input %s, weight %s"
                                .formatted(b, g.groups(), g.outChannels(), g.inChannels(), inputs[0], inputs[b + 1]));
            }
            ConvolutionGeometry first = b == 0 ? g : geometries.getFirst();
            if (g.outHeight() != first.outHeight()
                    || g.outWidth() != first.outWidth()
                    || g.strideHeight() != first.strideHeight()
                    || g.strideWidth() != first.strideWidth()) {
                throw new ShapeException(
                        "depthwisePyramid: branch %d comes to %d x %d with stride %d x %d, branch 0 to %d x %d with stride %d x %d; choose padding = dilation (kernel - 1) / 2; input %s, weight %s"
                                .formatted(
                                        b,
                                        g.outHeight(),
                                        g.outWidth(),
                                        g.strideHeight(),
                                        g.strideWidth(),
                                        first.outHeight(),
                                        first.outWidth(),
                                        first.strideHeight(),
                                        first.strideWidth(),
                                        inputs[0],
                                        inputs[b + 1]));
            }
            geometries.add(g);
        }
        return Collections.unmodifiableList(geometries);
    }

    private static Tensor work(int length, Tensor like) {
        return length == 0 ? null : Tensor.empty(like.device(), Shape.of(length));
    }

    private static void giveBack(Tensor work) {
        if (work != null) {
            Sums.giveBack(work);
        }
    }

    /** Of the weights, which follow x. */
    private static List<Place> places(Tensor... inputs) {
        var places = new ArrayList<Place>(inputs.length - 1);
        for (int i = 1; i < inputs.length; i++) {
            places.add(place(inputs[i]));
        }
        return places;
    }
}

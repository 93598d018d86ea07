package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.Pad;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.Movement;
import java.util.ArrayList;
import java.util.List;

/** Copies from one layout to another. */
final class MovementSteps {
    private final Frame f;
    private final Movement movement;
    private final Elementwise elementwise;

    MovementSteps(Frame frame, Kernels kernels) {
        this.f = frame;
        this.movement = kernels.movement();
        this.elementwise = kernels.elementwise();
    }

    Step copy(Operand x, Operand y) {
        int n = x.shape().size();
        return () -> movement.copy(n, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    /** Elements in a box, from the strides of x to the strides of y. */
    private Step strided(int[] box, Operand x, int xStart, int[] xStrides, Operand y, int yStart, int... yStrides) {
        return () -> movement.stridedCopy(
                box,
                f.array(x.slot()),
                f.offset(x.slot()) + xStart,
                xStrides,
                f.array(y.slot()),
                f.offset(y.slot()) + yStart,
                yStrides);
    }

    /** Copies the parts that were not computed in their places. */
    Step concat(int dim, List<Operand> parts, Operand y) {
        Extents whole = Extents.of(y.shape(), dim);
        int row = whole.length() * whole.inner();
        var copies = new ArrayList<Step>();
        int start = 0;
        for (Operand part : parts) {
            int width = Extents.of(part.shape(), dim).length() * whole.inner();
            if (whole.outer() != 1 || !part.slot().equals(y.slot().plus(start))) {
                copies.add(strided(new int[] {whole.outer(), width}, part, 0, new int[] {width, 1}, y, start, row, 1));
            }
            start += width;
        }
        return copies.isEmpty() ? null : () -> copies.forEach(Step::run);
    }

    Step slice(int dim, int from, Operand x, Operand y) {
        Extents whole = Extents.of(x.shape(), dim);
        int row = whole.length() * whole.inner();
        int width = Extents.of(y.shape(), dim).length() * whole.inner();
        return strided(new int[] {whole.outer(), width}, x, from * whole.inner(), new int[] {row, 1}, y, 0, width, 1);
    }

    Step pad(Pad pad, Operand x, Operand y) {
        int width = x.shape().dim(3);
        int padded = y.shape().dim(3);
        Step inner = strided(
                new int[] {x.shape().span(0, 2), x.shape().dim(2), width},
                x,
                0,
                new int[] {x.shape().span(2, 4), width, 1},
                y,
                pad.top() * padded + pad.left(),
                y.shape().span(2, 4),
                padded,
                1);
        int n = y.shape().size();
        return () -> {
            elementwise.fill(n, 0, f.array(y.slot()), f.offset(y.slot()));
            inner.run();
        };
    }

    Step permute(List<Integer> order, Operand x, Operand y) {
        int rank = x.shape().rank();
        int[] strides = x.shape().strides();
        int[] ofOutput =
                order.stream().mapToInt(d -> strides[d < 0 ? d + rank : d]).toArray();
        return strided(y.shape().dims(), x, 0, ofOutput, y, 0, y.shape().strides());
    }

    Step channelShuffle(int groups, Operand x, Operand y) {
        Shape shape = x.shape();
        int perGroup = shape.dim(1) / groups;
        int area = shape.span(2, shape.rank());
        int image = shape.dim(1) * area;
        return strided(
                new int[] {shape.dim(0), perGroup, groups, area},
                x,
                0,
                new int[] {image, area, perGroup * area, 1},
                y,
                0,
                image,
                groups * area,
                area,
                1);
    }

    Step pixelShuffle(int factor, Operand x, Operand y) {
        Shape shape = x.shape();
        int area = shape.span(2, 4);
        int width = shape.dim(3);
        int squared = factor * factor;
        return strided(
                new int[] {shape.span(0, 2) / squared, shape.dim(2), factor, width, factor},
                x,
                0,
                new int[] {squared * area, width, factor * area, 1, area},
                y,
                0,
                squared * area,
                factor * factor * width,
                factor * width,
                factor,
                1);
    }
}

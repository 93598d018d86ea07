package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;

/** A tensor seen from one of its dimensions, as {@code [outer, length, inner]}. */
record Axis(int dim, int outer, int length, int inner) {
    /** The axis of a dimension; a negative one counts from the end. */
    static Axis of(String operation, Shape shape, int dim) {
        int d = Checks.dimension(operation, shape, dim);
        return new Axis(d, shape.span(0, d), shape.dim(d), shape.span(d + 1, shape.rank()));
    }

    /** All elements in a row. */
    static Axis all(Shape shape) {
        return new Axis(0, 1, shape.size(), 1);
    }

    /** The shape with this dimension left out. */
    Shape without(Shape shape) {
        int[] dims = new int[shape.rank() - 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape.dim(i < dim ? i : i + 1);
        }
        return Shape.of(dims);
    }
}

package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.Shape;

/** A shape seen from one of its dimensions, as {@code [outer, length, inner]}; a negative dimension counts from the end. */
record Extents(int outer, int length, int inner) {
    static Extents of(Shape shape, int dim) {
        int d = dim < 0 ? dim + shape.rank() : dim;
        return new Extents(shape.span(0, d), shape.dim(d), shape.span(d + 1, shape.rank()));
    }
}

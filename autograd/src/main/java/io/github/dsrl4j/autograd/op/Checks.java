package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/** Shape checks that several operations share. */
final class Checks {
    private Checks() {}

    static void rank(String operation, String what, Shape shape, int rank, String expected) {
        if (shape.rank() != rank) {
            throw new ShapeException(
                    "%s: %s must be %s, not of rank %d: %s".formatted(operation, what, expected, shape.rank(), shape));
        }
    }

    static void rankAtLeast(String operation, String what, Shape shape, int rank, String expected) {
        if (shape.rank() < rank) {
            throw new ShapeException(
                    "%s: %s must be %s, not of rank %d: %s".formatted(operation, what, expected, shape.rank(), shape));
        }
    }

    static void bias(String operation, Tensor bias, int channels) {
        if (bias != null) {
            perChannel(operation, "bias", bias.shape(), channels);
        }
    }

    static void perChannel(String operation, String what, Shape shape, int channels) {
        if (!shape.equals(Shape.of(channels))) {
            throw new ShapeException(
                    "%s: %s must be [%d], one value a channel, not %s".formatted(operation, what, channels, shape));
        }
    }

    static void sameShape(String operation, String what, Shape a, String other, Shape b) {
        if (!a.equals(b)) {
            throw new ShapeException(
                    "%s: %s and %s must have one shape, not %s and %s".formatted(operation, what, other, a, b));
        }
    }

    /** The dimension counted from the front; a negative one counts from the end. */
    static int dimension(String operation, Shape shape, int dim) {
        int d = dim < 0 ? dim + shape.rank() : dim;
        if (d < 0 || d >= shape.rank()) {
            throw new ShapeException("%s: no dimension %d in input %s".formatted(operation, dim, shape));
        }
        return d;
    }

    static void outputSize(String operation, int height, int width) {
        if (height < 1 || width < 1) {
            throw new ShapeException(
                    "%s: the output must be at least 1 x 1, not %d x %d".formatted(operation, height, width));
        }
    }

    /** An image whose planes have at least one pixel to read from. */
    static void image(String operation, Shape x) {
        rank(operation, "input", x, 4, "[N, C, H, W]");
        if (x.dim(2) == 0 || x.dim(3) == 0) {
            throw new ShapeException("%s: the planes of input %s have no pixels".formatted(operation, x));
        }
    }
}

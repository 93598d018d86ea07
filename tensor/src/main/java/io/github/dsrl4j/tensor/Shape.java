package io.github.dsrl4j.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The immutable extents of a tensor, outermost dimension first. Images are {@code [N, C, H, W]}; a scalar has rank 0 and
 * size 1.
 */
public final class Shape {
    private final int[] dims;
    private final int size;

    private Shape(int[] dims) {
        this.dims = dims;
        long product = 1;
        for (int dim : dims) {
            if (dim < 0) {
                throw new ShapeException("shape: a dimension cannot be negative: " + Arrays.toString(dims));
            }
            // Capped above the limit, so that it cannot overflow and a later extent of 0 still counts.
            product = Math.min(product * dim, Integer.MAX_VALUE);
        }
        if (product > Integer.MAX_VALUE - 8) {
            throw new ShapeException(
                    "shape: " + Arrays.toString(dims) + " has more elements than a tensor can hold, 2^31 - 9");
        }
        this.size = (int) product;
    }

    /** The shape with these extents; no extents give the shape of a scalar. */
    public static Shape of(int... dims) {
        return new Shape(dims.clone());
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** The number of elements: the product of all extents. */
    public int size() {
        return size;
    }

    /**
     * The extent of one dimension.
     *
     * @param index from 0; a negative index counts from the end, -1 being the innermost dimension
     */
    public int dim(int index) {
        int i = index < 0 ? index + dims.length : index;
        if (i < 0 || i >= dims.length) {
            throw new ShapeException("shape: no dimension " + index + " in " + this);
        }
        return dims[i];
    }

    /** All extents, as a copy. */
    public int[] dims() {
        return dims.clone();
    }

    /** This shape with one extent replaced. */
    public Shape with(int index, int extent) {
        int[] changed = dims.clone();
        dim(index);
        changed[index < 0 ? index + dims.length : index] = extent;
        return new Shape(changed);
    }

    /** The product of the extents from dimension {@code from} (inclusive) to {@code to} (exclusive). */
    public int span(int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= dims[i];
        }
        return product;
    }

    /** The distance in elements between neighbours along each dimension of a contiguous row-major tensor. */
    public int[] strides() {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }

    /**
     * The shape that two operands broadcast to: shapes are aligned at the innermost dimension, and an extent of 1
     * stretches.
     *
     * @throws ShapeException if two extents differ and neither is 1
     */
    public static Shape broadcast(String operation, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        int[] result = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException("%s: shapes %s and %s do not broadcast: dimension %d from the end is %d and %d"
                        .formatted(operation, a, b, i, x, y));
            }
            result[rank - i] = x == 1 ? y : x;
        }
        return new Shape(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}

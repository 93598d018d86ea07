package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A box of indices with the strides of two arrays, brought into the four dimensions that the device walks: dimensions of extent 1
 * fall away, those that both arrays run through without a gap become one, and what is then still too many is left to the host.
 */
final class Box {
    /** Dimensions that a launch can have. */
    static final int DIMENSIONS = 4;

    private record Dimension(int extent, int a, int b) {}

    /** Where a launch begins in the arrays. */
    interface Corner {
        void at(int a, int b, int index);
    }

    private final List<Dimension> inner = new ArrayList<>();
    private final List<Dimension> outer = new ArrayList<>();

    private Box(List<Dimension> dimensions) {
        int host = Math.max(0, dimensions.size() - DIMENSIONS);
        outer.addAll(dimensions.subList(0, host));
        inner.addAll(dimensions.subList(host, dimensions.size()));
        while (inner.size() < DIMENSIONS) {
            inner.addFirst(new Dimension(1, 0, 0));
        }
    }

    /** A box whose elements are numbered in the order of {@code dims}. */
    static Box inOrder(int[] dims, int[] aStrides, int[] bStrides) {
        return new Box(merged(dimensions(dims, aStrides, bStrides)));
    }

    /** A box whose elements may be visited in any order: neighbours in b come one after the other. */
    static Box inAnyOrder(int[] dims, int[] aStrides, int[] bStrides) {
        List<Dimension> dimensions = dimensions(dims, aStrides, bStrides);
        dimensions.sort(Comparator.comparingInt((Dimension d) -> Math.abs(d.b)).reversed());
        return new Box(merged(dimensions));
    }

    private static List<Dimension> dimensions(int[] dims, int[] aStrides, int[] bStrides) {
        List<Dimension> dimensions = new ArrayList<>();
        for (int d = 0; d < dims.length; d++) {
            if (dims[d] != 1) {
                dimensions.add(new Dimension(dims[d], aStrides[d], bStrides[d]));
            }
        }
        return dimensions;
    }

    private static List<Dimension> merged(List<Dimension> dimensions) {
        List<Dimension> merged = new ArrayList<>();
        for (Dimension d : dimensions) {
            Dimension last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.a == d.extent * d.a && last.b == d.extent * d.b) {
                merged.removeLast();
                merged.add(new Dimension(last.extent * d.extent, d.a, d.b));
            } else {
                merged.add(d);
            }
        }
        return merged;
    }

    /** Elements of a launch. */
    int size() {
        return inner.stream().mapToInt(Dimension::extent).reduce(1, Math::multiplyExact);
    }

    /** Extents, strides of a and strides of b: twelve numbers. */
    int[] numbers() {
        int[] numbers = new int[3 * DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            numbers[d] = inner.get(d).extent;
            numbers[DIMENSIONS + d] = inner.get(d).a;
            numbers[2 * DIMENSIONS + d] = inner.get(d).b;
        }
        return numbers;
    }

    /** Visits each launch that the box takes. */
    void forEachLaunch(Corner corner) {
        visit(0, 0, 0, 0, corner);
    }

    private void visit(int d, int a, int b, int index, Corner corner) {
        if (d == outer.size()) {
            corner.at(a, b, index);
            return;
        }
        Dimension dimension = outer.get(d);
        for (int i = 0; i < dimension.extent; i++) {
            visit(d + 1, a + i * dimension.a, b + i * dimension.b, index * dimension.extent + i, corner);
        }
    }
}

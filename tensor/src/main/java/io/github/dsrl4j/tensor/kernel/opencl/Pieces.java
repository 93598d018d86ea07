package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * How a reduction is cut: the {@code length} neighbours of a piece are one work item's, and each of the independent results has
 * {@code count} pieces. On a processor there are as many items as keep the cores busy; on a graphics processor as many as short
 * pieces allow.
 */
record Pieces(int count, int length) {
    private static final int SHORTEST_ON_CPU = 4096;

    private static final int SHORTEST_ON_GPU = 64;
    private static final int MOST_ON_GPU = 256;

    /** For so many results, each of so many terms. */
    static Pieces of(OpenClContext context, int results, int terms) {
        int wanted = context.gpu() ? MOST_ON_GPU : Math.ceilDiv(context.pieces(), Math.max(1, results));
        int shortest = context.gpu() ? SHORTEST_ON_GPU : SHORTEST_ON_CPU;
        int count = Math.clamp(terms / shortest, 1, wanted);
        int length = Math.max(1, Math.ceilDiv(terms, count));
        length = Math.ceilDiv(length, Arena.ALIGNMENT) * Arena.ALIGNMENT;
        return new Pieces(Math.max(1, Math.ceilDiv(terms, length)), length);
    }
}

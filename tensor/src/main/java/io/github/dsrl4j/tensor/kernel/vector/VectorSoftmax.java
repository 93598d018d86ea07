package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Softmax;

/**
 * Softmax and cross entropy: shares out strips of neighbouring positions, which are the lanes of vectors in {@link SoftmaxLoops}
 * and {@link CrossEntropyLoops}. Where the classes of a position lie side by side ({@code inner == 1}), a strip is transposed
 * into working memory first and its result is transposed back.
 */
final class VectorSoftmax implements Softmax {
    /** Positions of a strip: its classes stay in the first-level cache, and its losses may be added in float. */
    private static final int STRIP = 256;

    /** Elements of a transposed strip, so that it stays in the cache with any number of classes. */
    private static final int TRANSPOSED = 1 << 13;

    private final Parallel parallel;
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer losses = new ThreadBuffer();
    private final ThreadBuffer work = new ThreadBuffer();
    private final ThreadBuffer transposedA = new ThreadBuffer();
    private final ThreadBuffer transposedB = new ThreadBuffer();
    private final ThreadBuffer transposedOut = new ThreadBuffer();

    VectorSoftmax(Parallel parallel) {
        this.parallel = parallel;
    }

    /** A tensor's data. */
    private record Part(float[] array, int offset) {}

    /** A strip: {@code count} positions from {@code position} on, the classes of each {@code stride} apart. */
    private record Strip(int number, int position, int count, int stride) {}

    /** Work on a strip of up to two inputs and an output, whose class 0 begins at the given indices. */
    @FunctionalInterface
    private interface Loop {
        void run(Strip strip, float[] a, int aFrom, float[] b, int bFrom, float[] out, int outFrom);
    }

    @Override
    public void forward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        strips(
                g,
                new Part(x, xOffset),
                null,
                new Part(y, yOffset),
                (s, a, aFrom, b, bFrom, out, outFrom) ->
                        SoftmaxLoops.forward(s.count, g.classes(), s.stride, a, aFrom, out, outFrom));
    }

    @Override
    public void backward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        strips(
                g,
                new Part(y, yOffset),
                new Part(dy, dyOffset),
                new Part(dx, dxOffset),
                (s, a, aFrom, b, bFrom, out, outFrom) ->
                        SoftmaxLoops.backward(s.count, g.classes(), s.stride, a, aFrom, b, bFrom, out, outFrom));
    }

    @Override
    public void logForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        strips(
                g,
                new Part(x, xOffset),
                null,
                new Part(y, yOffset),
                (s, a, aFrom, b, bFrom, out, outFrom) ->
                        SoftmaxLoops.logForward(s.count, g.classes(), s.stride, a, aFrom, out, outFrom));
    }

    @Override
    public void logBackward(Geometry g, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        strips(
                g,
                new Part(y, yOffset),
                new Part(dy, dyOffset),
                new Part(dx, dxOffset),
                (s, a, aFrom, b, bFrom, out, outFrom) ->
                        SoftmaxLoops.logBackward(s.count, g.classes(), s.stride, a, aFrom, b, bFrom, out, outFrom));
    }

    @Override
    public void crossEntropyForward(
            Geometry g,
            int ignoreIndex,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] result,
            int resultOffset) {
        int strips = stripCount(g);
        double[] sums = losses.doubles(2 * strips);
        strips(g, new Part(x, xOffset), null, null, (s, a, aFrom, b, bFrom, out, outFrom) -> {
            float[] buffer = lanes.floats(2 * LANES);
            CrossEntropyLoops.forward(
                    s.count,
                    g.classes(),
                    s.stride,
                    ignoreIndex,
                    a,
                    aFrom,
                    labels,
                    labelsOffset + s.position,
                    classWeights,
                    classWeightsOffset,
                    work.floats(CrossEntropyLoops.workingMemory(s.count, g.classes())),
                    buffer);
            sums[2 * s.number] = Sums.ofLanes(buffer);
            sums[2 * s.number + 1] = Sums.ofLanes(buffer, LANES);
        });
        double loss = 0;
        double weights = 0;
        for (int strip = 0; strip < strips; strip++) {
            loss += sums[2 * strip];
            weights += sums[2 * strip + 1];
        }
        result[resultOffset] = (float) loss;
        result[resultOffset + 1] = (float) weights;
        result[resultOffset + 2] = weights == 0 ? 0 : (float) (1 / weights);
    }

    @Override
    public void crossEntropyBackward(
            Geometry g,
            int ignoreIndex,
            float[] scale,
            int scaleOffset,
            float[] x,
            int xOffset,
            float[] labels,
            int labelsOffset,
            float[] classWeights,
            int classWeightsOffset,
            float[] dx,
            int dxOffset) {
        float factor = scale[scaleOffset];
        strips(
                g,
                new Part(x, xOffset),
                null,
                new Part(dx, dxOffset),
                (s, a, aFrom, b, bFrom, out, outFrom) -> CrossEntropyLoops.backward(
                        s.count,
                        g.classes(),
                        s.stride,
                        ignoreIndex,
                        factor,
                        a,
                        aFrom,
                        labels,
                        labelsOffset + s.position,
                        classWeights,
                        classWeightsOffset,
                        work.floats(CrossEntropyLoops.workingMemory(s.count, g.classes())),
                        out,
                        outFrom));
    }

    private static int stripLength(Geometry g) {
        return g.inner() > 1
                ? Math.min(STRIP, g.inner())
                : Math.clamp(TRANSPOSED / Math.max(1, g.classes()), LANES, STRIP);
    }

    private static int stripCount(Geometry g) {
        if (g.inner() == 0 || g.classes() == 0) {
            return 0;
        }
        int length = stripLength(g);
        return g.inner() > 1 ? g.outer() * Math.ceilDiv(g.inner(), length) : Math.ceilDiv(g.outer(), length);
    }

    private void strips(Geometry g, Part a, Part b, Part out, Loop loop) {
        int length = stripLength(g);
        Pieces.run(parallel, stripCount(g), 4L * g.classes() * length, (from, to) -> {
            for (int number = from; number < to; number++) {
                if (g.inner() > 1) {
                    runInPlace(g, number, length, a, b, out, loop);
                } else {
                    runTransposed(g, number, length, a, b, out, loop);
                }
            }
        });
    }

    private static void runInPlace(Geometry g, int number, int length, Part a, Part b, Part out, Loop loop) {
        int across = Math.ceilDiv(g.inner(), length);
        int image = number / across;
        int column = number % across * length;
        int first = image * g.classes() * g.inner() + column;
        var strip = new Strip(number, image * g.inner() + column, Math.min(length, g.inner() - column), g.inner());
        loop.run(
                strip,
                a.array,
                a.offset + first,
                b == null ? null : b.array,
                b == null ? 0 : b.offset + first,
                out == null ? null : out.array,
                out == null ? 0 : out.offset + first);
    }

    private void runTransposed(Geometry g, int number, int length, Part a, Part b, Part out, Loop loop) {
        int position = number * length;
        int count = Math.min(length, g.outer() - position);
        int classes = g.classes();
        int first = position * classes;
        float[] columnsA = transposedA.floats(count * classes);
        float[] columnsB = transposedB.floats(count * classes);
        float[] columnsOut = transposedOut.floats(count * classes);
        transpose(count, classes, a.array, a.offset + first, columnsA, 0);
        if (b != null) {
            transpose(count, classes, b.array, b.offset + first, columnsB, 0);
        }
        loop.run(new Strip(number, position, count, count), columnsA, 0, columnsB, 0, columnsOut, 0);
        if (out != null) {
            transpose(classes, count, columnsOut, 0, out.array, out.offset + first);
        }
    }

    private static void transpose(int rows, int columns, float[] x, int xFrom, float[] y, int yFrom) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                y[yFrom + j * rows + i] = x[xFrom + i * columns + j];
            }
        }
    }
}

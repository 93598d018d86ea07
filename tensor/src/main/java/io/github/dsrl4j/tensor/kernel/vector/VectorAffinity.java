package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Parallel;

/**
 * The affinity loss in tiles. S_a - S_b is symmetric, so each unordered pair of blocks of positions is computed once: its signs s
 * serve the gradients of both blocks ({@code d[I] += s u[J]}, {@code d[J] += s' u[I]}), and its losses count twice.
 *
 * <p>Two pairs that share a block must not add to its gradient at the same time, nor in an order that depends on the threads. So
 * the pairs are played like a tournament: in each round every block meets at most one other, the pairs of a round run in
 * parallel, and the rounds follow each other. No partial gradients need to be kept, and memory stays at the size of the
 * features.
 */
final class VectorAffinity implements Affinity {
    /** Rows and columns of the tile of signs that is in the first-level cache. */
    private static final int TILE = 64;

    private final Parallel parallel;
    private final ThreadBuffer byChannel = new ThreadBuffer();
    private final ThreadBuffer byPosition = new ThreadBuffer();
    private final ThreadBuffer gradients = new ThreadBuffer();
    private final ThreadBuffer inverses = new ThreadBuffer();
    private final ThreadBuffer losses = new ThreadBuffer();
    private final ThreadBuffer tiles = new ThreadBuffer();
    private final ThreadBuffer lanes = new ThreadBuffer();

    VectorAffinity(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void lossAndGradient(
            Geometry g,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] loss,
            int lossOffset,
            float[] da,
            int daOffset,
            float[] db,
            int dbOffset) {
        int width = AffinityFeatures.paddedWidth(g);
        int quantity = AffinityFeatures.paddedQuantity(g);
        boolean gradient = da != null || db != null;
        var features = new AffinityFeatures(
                g,
                width,
                quantity,
                byChannel.floats(g.batch() * (g.channelsA() + g.channelsB()) * width),
                byPosition.floats(g.batch() * width * quantity),
                gradient ? gradients.floats(g.batch() * width * quantity) : null,
                inverses.doubles(2 * g.batch() * width));
        int strips = features.strips();
        long stripCost = 4L * AffinityFeatures.STRIP * quantity;
        Pieces.run(parallel, g.batch() * strips, stripCost, (from, to) -> {
            for (int item = from; item < to; item++) {
                features.normalize(item / strips, item % strips, a, aOffset, b, bOffset);
                if (gradient) {
                    features.clear(item / strips, item % strips);
                }
            }
        });
        double scale = 1 / ((double) g.batch() * g.positions() * g.positions());
        loss[lossOffset] = (float) (scale * playAll(features));
        if (!gradient) {
            return;
        }
        Pieces.run(parallel, g.batch() * strips, stripCost, (from, to) -> {
            double[] along = lanes.doubles(AffinityFeatures.STRIP);
            for (int item = from; item < to; item++) {
                if (da != null) {
                    features.denormalize(item / strips, item % strips, 0, 2 * scale, da, daOffset, along);
                }
                if (db != null) {
                    features.denormalize(item / strips, item % strips, 1, -2 * scale, db, dbOffset, along);
                }
            }
        });
    }

    /** Positions of a block: enough blocks for many threads, and each large enough to be worth a thread's while. */
    private static int blockSize(Geometry g) {
        return g.positions() <= 4096 ? 2 * TILE : 4 * TILE;
    }

    /** All pairs of blocks of all images; returns the sum of {@code |S_a - S_b|}. */
    private double playAll(AffinityFeatures features) {
        int batch = features.g().batch();
        int size = blockSize(features.g());
        int blocks = Math.ceilDiv(features.width(), size);
        // An odd number of blocks gets a phantom to meet, whose opponent rests.
        int players = blocks + blocks % 2;
        int tables = players / 2;
        double[] sums = losses.doubles(Math.max(blocks, tables) * batch);
        long cost = (long) size * size * features.quantity() / 8;
        Pieces.run(parallel, batch * blocks, cost, (from, to) -> {
            for (int item = from; item < to; item++) {
                sums[item] = play(features, item / blocks, item % blocks, item % blocks, size);
            }
        });
        double total = sum(sums, batch * blocks);
        for (int round = 0; round < players - 1; round++) {
            int number = round;
            Pieces.run(parallel, batch * tables, cost, (from, to) -> {
                for (int item = from; item < to; item++) {
                    int table = item % tables;
                    int one = table == 0 ? players - 1 : (number + table) % (players - 1);
                    int other = Math.floorMod(number - table, players - 1);
                    boolean rests = one >= blocks || other >= blocks;
                    sums[item] = rests
                            ? 0
                            : play(features, item / tables, Math.min(one, other), Math.max(one, other), size);
                }
            });
            total += 2 * sum(sums, batch * tables);
        }
        return total;
    }

    private static double sum(double[] values, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += values[i];
        }
        return sum;
    }

    /** One pair of blocks of image n, tile by tile; returns the sum of {@code |S_a - S_b|} over the pair. */
    private double play(AffinityFeatures features, int n, int blockI, int blockJ, int size) {
        float[] signs = tiles.floats(TILE * TILE);
        float[] buffer = lanes.floats(LANES);
        double sum = 0;
        int endI = Math.min(features.width(), (blockI + 1) * size);
        int endJ = Math.min(features.width(), (blockJ + 1) * size);
        for (int i = blockI * size; i < endI; i += TILE) {
            int rows = Math.min(TILE, endI - i);
            for (int j = blockJ * size; j < endJ; j += TILE) {
                int columns = Math.min(TILE, endJ - j);
                sum += signs(features, n, i, rows, j, columns, signs, buffer);
                if (features.gradient() != null) {
                    addGradient(features, n, i, rows, j, columns, TILE, 1, signs);
                    if (blockI != blockJ) {
                        addGradient(features, n, j, columns, i, rows, 1, TILE, signs);
                    }
                }
            }
        }
        return sum;
    }

    private static double signs(
            AffinityFeatures f, int n, int i, int rows, int j, int columns, float[] signs, float[] buffer) {
        int channels = f.g().channelsA() + f.g().channelsB();
        double sum = 0;
        for (int row = 0; row < rows; row += AffinityLoops.ROWS) {
            AffinityLoops.signs(
                    f.g().channelsA(),
                    f.g().channelsB(),
                    f.byPosition(),
                    (n * f.width() + i + row) * f.quantity(),
                    f.quantity(),
                    f.byChannel(),
                    n * channels * f.width() + j,
                    f.width(),
                    columns,
                    signs,
                    row * TILE,
                    TILE,
                    buffer);
            sum += Sums.ofLanes(buffer);
        }
        return sum;
    }

    /** Adds to the gradient of {@code rows} positions from {@code i} on what {@code terms} positions from {@code k} on give. */
    private static void addGradient(
            AffinityFeatures f, int n, int i, int rows, int k, int terms, int signsRow, int signsTerm, float[] signs) {
        for (int row = 0; row < rows; row += AffinityLoops.ROWS) {
            AffinityLoops.gradient(
                    terms,
                    signs,
                    row * signsRow,
                    signsRow,
                    signsTerm,
                    f.byPosition(),
                    (n * f.width() + k) * f.quantity(),
                    f.gradient(),
                    (n * f.width() + i + row) * f.quantity(),
                    f.quantity());
        }
    }
}

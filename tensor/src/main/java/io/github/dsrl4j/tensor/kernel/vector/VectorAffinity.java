package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.AffinityLoops.TILE;
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
    private final Parallel parallel;
    private final ThreadBuffer byChannel = new ThreadBuffer();
    private final ThreadBuffer byPosition = new ThreadBuffer();
    private final ThreadBuffer gradients = new ThreadBuffer();
    private final ThreadBuffer inverses = new ThreadBuffer();
    private final ThreadBuffer losses = new ThreadBuffer();
    private final ThreadBuffer tiles = new ThreadBuffer();
    private final ThreadBuffer otherTiles = new ThreadBuffer();
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
                byChannel.floats(g.batch() * (g.channelsA() + g.channelsB()) * Math.ceilDiv(width, TILE) * TILE),
                byPosition.floats(g.batch() * width * quantity),
                gradient ? gradients.floats(g.batch() * width * quantity) : null,
                inverses.doubles(2 * g.batch() * width));
        int tileCount = features.tiles();
        long tileCost = 4L * TILE * quantity;
        Pieces.run(parallel, g.batch() * tileCount, tileCost, (from, to) -> {
            for (int item = from; item < to; item++) {
                features.normalize(item / tileCount, item % tileCount, a, aOffset, b, bOffset);
                if (gradient) {
                    features.clear(item / tileCount, item % tileCount);
                }
            }
        });
        double scale = 1 / ((double) g.batch() * g.positions() * g.positions());
        loss[lossOffset] = (float) (scale * playAll(features));
        if (!gradient) {
            return;
        }
        Pieces.run(parallel, g.batch() * tileCount, tileCost, (from, to) -> {
            double[] along = lanes.doubles(TILE);
            for (int item = from; item < to; item++) {
                if (da != null) {
                    features.denormalize(item / tileCount, item % tileCount, 0, 2 * scale, da, daOffset, along);
                }
                if (db != null) {
                    features.denormalize(item / tileCount, item % tileCount, 1, -2 * scale, db, dbOffset, along);
                }
            }
        });
    }

    /** Tiles of a block, a side: enough blocks for many threads, and each large enough to be worth a thread's while. */
    private static int blockSize(Geometry g) {
        return g.positions() <= 4096 ? 2 : 4;
    }

    /** All pairs of blocks of all images; returns the sum of {@code |S_a - S_b|}. */
    private double playAll(AffinityFeatures features) {
        int batch = features.g().batch();
        int size = blockSize(features.g());
        int blocks = Math.ceilDiv(features.tiles(), size);
        // An odd number of blocks gets a phantom to meet, whose opponent rests.
        int players = blocks + blocks % 2;
        int tables = players / 2;
        double[] sums = losses.doubles(Math.max(blocks, tables) * batch);
        long cost = (long) size * size * TILE * TILE * features.quantity() / 8;
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
                    sums[item] =
                            rests ? 0 : play(features, item / tables, Math.min(one, other), Math.max(one, other), size);
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
        float[] similaritiesB = otherTiles.floats(TILE * TILE);
        float[] buffer = lanes.floats(LANES);
        double sum = 0;
        int endI = Math.min(features.tiles(), (blockI + 1) * size);
        int endJ = Math.min(features.tiles(), (blockJ + 1) * size);
        for (int i = blockI * size; i < endI; i++) {
            for (int j = blockJ * size; j < endJ; j++) {
                sum += signs(features, n, i, j, signs, similaritiesB, buffer);
                if (features.gradient() != null) {
                    addGradients(features, n, i, j, blockI != blockJ, signs);
                }
            }
        }
        return sum;
    }

    private static double signs(
            AffinityFeatures f, int n, int tileI, int tileJ, float[] signs, float[] similaritiesB, float[] buffer) {
        int rows = f.positions(tileI);
        int columns = f.positions(tileJ);
        int i = f.tileByChannel(n, tileI);
        int j = f.tileByChannel(n, tileJ);
        int channelsA = f.g().channelsA();
        int behindA = channelsA * TILE;
        AffinityLoops.similarities(channelsA, rows, columns, f.byChannel(), i, j, signs);
        AffinityLoops.similarities(
                f.g().channelsB(), rows, columns, f.byChannel(), i + behindA, j + behindA, similaritiesB);
        return AffinityLoops.signs(rows, columns, signs, similaritiesB, buffer);
    }

    /** Inside a block each ordered pair of tiles is met, so that only the rows' gradients are due. */
    private static void addGradients(
            AffinityFeatures f, int n, int tileI, int tileJ, boolean bothSides, float[] signs) {
        int rows = f.positions(tileI);
        int columns = f.positions(tileJ);
        int i = f.tileByPosition(n, tileI);
        int j = f.tileByPosition(n, tileJ);
        AffinityLoops.addToRows(rows, columns, signs, f.byPosition(), j, f.gradient(), i, f.quantity());
        if (bothSides) {
            AffinityLoops.addToColumns(rows, columns, signs, f.byPosition(), i, f.gradient(), j, f.quantity());
        }
    }
}

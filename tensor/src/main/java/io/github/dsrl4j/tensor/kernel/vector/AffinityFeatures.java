package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.AffinityLoops.TILE;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Affinity;
import java.util.Arrays;

/**
 * The unit vectors of both features of a batch, in the layouts that {@link AffinityLoops} reads, and the gradient with respect to
 * them. Positions are padded with zero vectors, whose similarities are all 0 and add nothing.
 *
 * @param width positions of an image, padded to whole register tiles
 * @param quantity channels of a and b together, padded to two vectors
 * @param byChannel {@code [batch, tiles, channelsA + channelsB, TILE]}: tile by tile, since rows as long as an image would lie
 *     powers of two apart and evict each other from the cache
 * @param byPosition {@code [batch, width, quantity]}
 * @param gradient {@code [batch, width, quantity]}, of a; that of b is negative
 * @param inverse {@code [batch, 2, width]}: 1 / norm of a, then of b; 0 where there is no direction
 */
record AffinityFeatures(
        Affinity.Geometry g,
        int width,
        int quantity,
        float[] byChannel,
        float[] byPosition,
        float[] gradient,
        double[] inverse) {
    private static final double SMALLEST_NORM = 1e-12;

    static int paddedWidth(Affinity.Geometry g) {
        int unit = Math.max(2 * LANES, AffinityLoops.ROWS);
        return Math.ceilDiv(g.positions(), unit) * unit;
    }

    static int paddedQuantity(Affinity.Geometry g) {
        return Math.ceilDiv(g.channelsA() + g.channelsB(), 2 * LANES) * 2 * LANES;
    }

    /** The number of tiles of an image. */
    int tiles() {
        return Math.ceilDiv(width, TILE);
    }

    /** Where a tile begins in {@link #byChannel}. */
    int tileByChannel(int n, int tile) {
        return (n * tiles() + tile) * (g.channelsA() + g.channelsB()) * TILE;
    }

    /** Where a tile begins in {@link #byPosition} and {@link #gradient}. */
    int tileByPosition(int n, int tile) {
        return (n * width + tile * TILE) * quantity;
    }

    /** How many positions of a tile are to be worked on. */
    int positions(int tile) {
        return Math.min(TILE, width - tile * TILE);
    }

    /** Divides the features of a tile of positions of image n by their norms. */
    void normalize(int n, int tile, float[] a, int aOffset, float[] b, int bOffset) {
        int from = tile * TILE;
        int to = Math.min(width, from + TILE);
        Arrays.fill(byPosition, (n * width + from) * quantity, (n * width + to) * quantity, 0);
        normalize(n, tile, a, aOffset + n * g.channelsA() * g.positions(), g.channelsA(), 0, 0);
        normalize(n, tile, b, bOffset + n * g.channelsB() * g.positions(), g.channelsB(), g.channelsA(), 1);
    }

    private void normalize(int n, int tile, float[] x, int xFrom, int channels, int firstChannel, int side) {
        int from = tile * TILE;
        int to = Math.min(width, from + TILE);
        int inside = Math.clamp(g.positions() - from, 0, to - from);
        int scale = (2 * n + side) * width + from;
        Arrays.fill(inverse, scale, scale + to - from, 0);
        for (int c = 0; c < channels; c++) {
            int at = xFrom + c * g.positions() + from;
            for (int i = 0; i < inside; i++) {
                inverse[scale + i] += (double) x[at + i] * x[at + i];
            }
        }
        for (int i = 0; i < inside; i++) {
            double norm = Math.sqrt(inverse[scale + i]);
            inverse[scale + i] = norm < SMALLEST_NORM ? 0 : 1 / norm;
        }
        for (int c = 0; c < channels; c++) {
            int at = xFrom + c * g.positions() + from;
            int channel = tileByChannel(n, tile) + (firstChannel + c) * TILE;
            int position = (n * width + from) * quantity + firstChannel + c;
            for (int i = 0; i < inside; i++) {
                float unit = (float) (x[at + i] * inverse[scale + i]);
                byChannel[channel + i] = unit;
                byPosition[position + i * quantity] = unit;
            }
            Arrays.fill(byChannel, channel + inside, channel + to - from, 0);
        }
    }

    /** Forgets the gradient of a tile of positions. */
    void clear(int n, int tile) {
        int from = n * width + tile * TILE;
        int to = n * width + Math.min(width, (tile + 1) * TILE);
        Arrays.fill(gradient, from * quantity, to * quantity, 0);
    }

    /**
     * The gradient of a tile of positions with respect to the features, {@code (d - u (u . d)) / norm}, where d is {@code scale}
     * times the gradient with respect to the unit vectors u.
     *
     * @param side 0 for a, 1 for b
     */
    void denormalize(int n, int tile, int side, double scale, float[] dx, int dxOffset, double[] along) {
        int from = tile * TILE;
        int inside = Math.clamp(g.positions() - from, 0, TILE);
        int channels = side == 0 ? g.channelsA() : g.channelsB();
        int firstChannel = side == 0 ? 0 : g.channelsA();
        int position = (n * width + from) * quantity + firstChannel;
        for (int i = 0; i < inside; i++) {
            double sum = 0;
            for (int c = position + i * quantity; c < position + i * quantity + channels; c++) {
                sum += (double) byPosition[c] * gradient[c];
            }
            along[i] = sum;
        }
        for (int c = 0; c < channels; c++) {
            int to = dxOffset + (n * channels + c) * g.positions() + from;
            for (int i = 0; i < inside; i++) {
                int at = position + i * quantity + c;
                double across = gradient[at] - byPosition[at] * along[i];
                dx[to + i] = (float) (scale * across * inverse[(2 * n + side) * width + from + i]);
            }
        }
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Affinity;

/**
 * Launches of {@link AffinityCode} and of the tiles in {@link AffinityTileCode} or {@link AffinityLocalCode}. Scratch memory is some
 * multiple of the features'; no matrix of positions by positions exists.
 */
final class OpenClAffinity implements Affinity {
    /** Rows and columns of a tile, and to what the channels are padded. */
    private static final int CPU_ROWS = 8;

    private static final int CPU_COLUMNS = 24;
    private static final int CHANNELS = 16;
    private static final int GPU_TILE = 64;
    private static final int GPU_GROUP = 256;

    private final OpenClContext context;

    OpenClAffinity(OpenClContext context) {
        this.context = context;
    }

    /** One feature map, padded, in scratch memory: unit vectors in both layouts, 1 / norm, and sums for the gradient. */
    private final class Features implements AutoCloseable {
        private final Geometry g;
        private final int channels;
        private final boolean gradient;
        private final int paddedPositions;
        private final int paddedChannels;
        private final Block scratch;

        Features(Geometry g, int channels, boolean gradient) {
            int unit = context.gpu() ? GPU_TILE : CPU_COLUMNS;
            this.g = g;
            this.channels = channels;
            this.gradient = gradient;
            this.paddedPositions = Math.ceilDiv(g.positions(), unit) * unit;
            this.paddedChannels = Math.ceilDiv(channels, CHANNELS) * CHANNELS;
            this.scratch = context.scratch(sums() + (gradient ? positions() * paddedChannels : 0));
        }

        private int positions() {
            return g.batch() * paddedPositions;
        }

        // Where the four lie, one after the other.
        private int byPosition() {
            return positions() * channels;
        }

        private int inverse() {
            return byPosition() + positions() * paddedChannels;
        }

        private int sums() {
            return inverse() + positions();
        }

        private Launch at(Launch launch, int part) {
            return launch.at(scratch.array(), scratch.offset() + part);
        }

        Launch atByChannel(Launch launch) {
            return at(launch, 0);
        }

        Launch atByPosition(Launch launch) {
            return at(launch, byPosition());
        }

        /** Null where no gradient is wanted. */
        Launch atSums(Launch launch) {
            return gradient ? at(launch, sums()) : launch.at(null, 0);
        }

        private int run(int positions) {
            return context.gpu() ? 1 : Math.ceilDiv(positions, context.pieces());
        }

        void normalise(float[] x, int xOffset) {
            int run = run(positions());
            Launch launch = context.launch(Op.AFFINITY_UNITS).at(x, xOffset);
            at(atByPosition(atByChannel(launch)), inverse())
                    .ints(g.batch(), g.positions(), paddedPositions, channels, paddedChannels, run)
                    .over(Math.ceilDiv(positions(), run));
        }

        void writeGradient(float scale, float[] dx, int dxOffset) {
            if (!gradient) {
                return;
            }
            int positions = g.batch() * g.positions();
            int run = run(positions);
            at(atByPosition(atSums(context.launch(Op.AFFINITY_GRADIENT))), inverse())
                    .at(dx, dxOffset)
                    .ints(g.batch(), g.positions(), paddedPositions, channels, paddedChannels, run)
                    .floats(scale)
                    .over(Math.ceilDiv(positions, run));
        }

        @Override
        public void close() {
            scratch.close();
        }
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
        double scale = 1 / ((double) g.batch() * g.positions() * g.positions());
        try (var featuresA = new Features(g, g.channelsA(), da != null);
                var featuresB = new Features(g, g.channelsB(), db != null)) {
            featuresA.normalise(a, aOffset);
            featuresB.normalise(b, bOffset);
            int rows = context.gpu() ? GPU_TILE : CPU_ROWS;
            int items = g.batch() * Math.ceilDiv(g.positions(), rows);
            try (Block partial = context.scratch(items)) {
                tiles(g, featuresA, featuresB, partial, items);
                context.launch(Op.AFFINITY_LOSS)
                        .at(partial)
                        .at(loss, lossOffset)
                        .ints(items)
                        .floats((float) scale)
                        .over(1);
            }
            featuresA.writeGradient((float) (2 * scale), da, daOffset);
            featuresB.writeGradient((float) (-2 * scale), db, dbOffset);
        }
    }

    private void tiles(Geometry g, Features a, Features b, Block partial, int items) {
        Launch launch = context.launch(Op.AFFINITY_TILES);
        b.atByChannel(a.atByChannel(launch));
        b.atByPosition(a.atByPosition(launch));
        b.atSums(a.atSums(launch));
        launch.at(partial)
                .ints(g.batch(), g.positions(), a.paddedPositions, a.channels, a.paddedChannels)
                .ints(b.channels, b.paddedChannels);
        if (context.gpu()) {
            launch.groups(items, GPU_GROUP);
        } else {
            launch.over(items);
        }
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.WinogradGradientPlan.VECTORS;
import static io.github.dsrl4j.tensor.kernel.vector.WinogradGradientPlan.WIDTH;

import io.github.dsrl4j.tensor.kernel.Parallel;

/**
 * Runs a {@link WinogradGradientPlan}: the weight gradient of a 3 x 3 convolution with 4/9 of its multiplications. The adjoint of what
 * {@link WinogradConvolution} does: inputs are transformed as there, gradients of outputs by the adjoint of the transform of the outputs;
 * the products over tiles are 16 matrix products, and the adjoint of the filters' transform makes the gradient of them.
 */
final class WinogradGradient {
    private static final int[] COLUMNS = {0, LANES};

    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch;

    WinogradGradient(Parallel parallel, ThreadLocal<Scratch> scratch) {
        this.parallel = parallel;
        this.scratch = scratch;
    }

    void run(
            WinogradGradientPlan plan,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        float[] sums = scratch.get().floats(Scratch.Use.PARTIAL_SUMS, plan.chunks * plan.sumsLength());
        parallel.forEach(plan.items, item -> {
            int chunk = item % plan.chunks;
            new Item(plan, scratch.get(), item / plan.chunks, sums, chunk * plan.sumsLength())
                    .run(chunk, x, xOffset, dy, dyOffset);
        });
        int channels = plan.geometry.inChannels();
        long cost = (long) plan.chunks * WinogradPlan.POINTS * channels;
        Pieces.run(parallel, plan.geometry.outChannels(), cost, (from, end) -> {
            float[] taps = scratch.get().floats(Scratch.Use.TILE, WinogradLoops.GRADIENT_VECTORS * LANES);
            for (int o = from; o < end; o++) {
                int to = dweightOffset + o * channels * WinogradLoops.TAPS;
                for (int c = 0; c < channels; c += LANES) {
                    int at = plan.sumOffset(c / WIDTH, o) + c % WIDTH;
                    WinogradLoops.weightGradient(sums, at, plan.sumPointStride, plan.chunks, plan.sumsLength(), taps);
                    store(taps, Math.min(LANES, channels - c), dweight, to + c * WinogradLoops.TAPS);
                }
            }
        });
    }

    private static void store(float[] taps, int channels, float[] dweight, int to) {
        for (int t = 0; t < WinogradLoops.TAPS; t++) {
            for (int c = 0; c < channels; c++) {
                dweight[to + c * WinogradLoops.TAPS + t] = taps[t * LANES + c];
            }
        }
    }

    /** The sums over one chunk of the units, for a block of the lanes. */
    private static final class Item {
        private final WinogradGradientPlan plan;
        private final Scratch scratch;
        private final int firstPanel;
        private final int endPanel;
        private final float[] sums;
        private final int sumsOffset;
        private final float[] inputs;
        private final float[] gradients;

        Item(WinogradGradientPlan plan, Scratch scratch, int panelBlock, float[] sums, int sumsOffset) {
            this.plan = plan;
            this.scratch = scratch;
            this.firstPanel = panelBlock * plan.panelBlock;
            this.endPanel = Math.min(plan.panels, firstPanel + plan.panelBlock);
            this.sums = sums;
            this.sumsOffset = sumsOffset;
            inputs = scratch.floats(Scratch.Use.PANEL, WinogradPlan.POINTS * plan.inputPointStride);
            gradients = scratch.floats(Scratch.Use.RESULTS, WinogradPlan.POINTS * plan.gradientPointStride);
        }

        void run(int chunk, float[] x, int xOffset, float[] dy, int dyOffset) {
            var g = plan.geometry;
            int begin = (int) ((long) plan.units() * chunk / plan.chunks);
            int end = (int) ((long) plan.units() * (chunk + 1) / plan.chunks);
            for (int unit = begin; unit < end; unit++) {
                int image = unit / plan.imageUnits;
                int firstBand = unit % plan.imageUnits * plan.unitBands;
                int bands = Math.min(plan.unitBands, plan.bands - firstBand);
                transformInputs(x, xOffset + image * g.inChannels() * g.inArea(), firstBand, bands);
                transformGradients(dy, dyOffset + image * g.outChannels() * g.outArea(), firstBand, bands);
                multiply(bands * plan.bandRows(), unit > begin);
            }
        }

        private void transformInputs(float[] x, int image, int firstBand, int bands) {
            var g = plan.geometry;
            var slab = plan.inputs;
            int rows = plan.inputRows(bands);
            int firstRow = firstBand * plan.period - g.paddingHeight();
            float[] pixels = scratch.floats(Scratch.Use.SLAB, plan.inputRows(plan.unitBands) * slab.rowStep());
            for (int panel = firstPanel; panel < endPanel; panel++) {
                for (int lane = 0; lane < WIDTH; lane += LANES) {
                    int c = panel * WIDTH + lane;
                    int channels = Math.clamp(g.inChannels() - (long) c, 0, LANES);
                    slab.fill(scratch.transposer, x, image + c * g.inArea(), channels, firstRow, rows, pixels, lane);
                }
                int to = (panel - firstPanel) * plan.panelStride();
                for (int q = 0; q < bands * plan.bandRows(); q++) {
                    int from = plan.imageRow(q) * slab.rowStep() + plan.column(q) * WIDTH;
                    transformInputRow(pixels, from, to + q * plan.rowTiles * WIDTH);
                }
            }
        }

        private void transformInputRow(float[] pixels, int from, int to) {
            int step = plan.dilation * WIDTH;
            int rowStep = plan.dilation * plan.inputs.rowStep();
            for (int i = 0; i < plan.rowTiles; i++) {
                int tile = from + i * 2 * step;
                for (int lane = 0; lane < WIDTH; lane += LANES) {
                    WinogradLoops.input(
                            pixels,
                            tile + lane,
                            rowStep,
                            0,
                            step,
                            2 * step,
                            3 * step,
                            inputs,
                            to + i * WIDTH + lane,
                            plan.inputPointStride);
                }
            }
        }

        private void transformGradients(float[] dy, int image, int firstBand, int bands) {
            var g = plan.geometry;
            var slab = plan.gradients;
            float[] rows = scratch.floats(Scratch.Use.LINES, slab.length(1));
            int down = plan.dilation * slab.rowStride();
            for (int o = 0; o < g.outChannels(); o++) {
                int plane = image + o * g.outArea();
                slab.fill(dy, plane, 1, firstBand * plan.period, bands * plan.period, rows, 0);
                for (int q = 0; q < bands * plan.bandRows(); q++) {
                    int row = plan.imageRow(q) * slab.rowStride();
                    int left = row + slab.columnOffset(plan.column(q));
                    int right = row + slab.columnOffset(plan.column(q) + plan.dilation);
                    int to = o * OuterKernels.LINE + plan.gradientOffset(q);
                    for (int i = 0; i < plan.rowTiles; i += LANES) {
                        WinogradLoops.gradient(
                                rows, left + i, right + i, down, gradients, to + i, plan.gradientPointStride);
                    }
                }
            }
        }

        private void multiply(int rows, boolean addAll) {
            for (int point = 0; point < WinogradPlan.POINTS; point++) {
                boolean add = addAll;
                for (int q = 0; q < rows; q += plan.stretchRows) {
                    int tiles = Math.min(plan.stretchRows, rows - q) * plan.rowTiles;
                    for (int panel = firstPanel; panel < endPanel; panel++) {
                        multiply(point, panel, q, tiles, add);
                    }
                    add = true;
                }
            }
        }

        /** All output channels by one panel over one stretch. */
        private void multiply(int point, int panel, int q, int tiles, boolean add) {
            var target = scratch.target;
            int a = point * plan.gradientPointStride + plan.gradientOffset(q);
            int b = point * plan.inputPointStride
                    + (panel - firstPanel) * plan.panelStride()
                    + q * plan.rowTiles * WIDTH;
            int to = sumsOffset + point * plan.sumPointStride;
            for (int o = 0; o < plan.paddedRows; o += OuterKernels.rows(VECTORS)) {
                target.to(sums, to + plan.sumOffset(panel, o), WIDTH, COLUMNS, 0, add);
                OuterKernels.run(VECTORS, 1, tiles, gradients, a + o * OuterKernels.LINE, inputs, b, 0, WIDTH, target);
            }
        }
    }
}

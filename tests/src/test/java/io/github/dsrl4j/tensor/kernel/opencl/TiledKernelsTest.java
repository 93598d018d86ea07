package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract of all kernels does not ask: scratch memory, the ends of the device's memory, and the same bits again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TiledKernelsTest {
    private static final long ARENA = 32L << 20;

    /** Channels that fill neither a tile nor a block, rows longer than a tile, batch of several images. */
    private static final ConvolutionGeometry CONVOLUTION =
            new ConvolutionGeometry(3, 27, 30, 41, 26, 15, 21, 3, 3, 2, 2, 1, 1, 1, 1, 1);

    private final Map<OpenClOptions.Variant, OpenClContext> contexts = new EnumMap<>(OpenClOptions.Variant.class);

    private OpenClContext open(OpenClOptions.Variant variant) {
        OpenCl.Devices devices = OpenCl.devices();
        assumeTrue(!devices.list().isEmpty(), devices::reason);
        return contexts.computeIfAbsent(variant, v -> OpenCl.open(0, new OpenClOptions(ARENA, v)));
    }

    @AfterAll
    void close() {
        contexts.values().forEach(OpenClContext::close);
    }

    private static float[] normal(int seed, int length) {
        var random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Block upload(OpenClContext context, float[] values) {
        Block block = context.allocate(values.length);
        context.upload(values, 0, block.array(), block.offset(), values.length);
        return block;
    }

    private static float[] download(OpenClContext context, Block block) {
        float[] values = new float[block.floats()];
        context.download(block.array(), block.offset(), values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @EnumSource(names = {"CPU", "GPU"})
    void theSameBitsAgainAndNoScratchLeft(OpenClOptions.Variant variant) {
        OpenClContext context = open(variant);
        Kernels kernels = new OpenClKernels(context);
        ConvolutionGeometry g = CONVOLUTION;
        Block x = upload(context, normal(1, g.batch() * g.inChannels() * g.inArea()));
        Block y = upload(context, normal(2, g.batch() * g.outChannels() * g.outArea()));
        Block first = context.allocate(g.outChannels() * g.inChannels() * g.kernelArea());
        Block second = context.allocate(first.floats());
        var a = new Affinity.Geometry(2, 205, 12, 7);
        Block features = upload(context, normal(3, 2 * 205 * 12));
        Block others = upload(context, normal(4, 2 * 205 * 7));
        Block[] gradients = {context.allocate(features.floats()), context.allocate(features.floats())};
        Block[] losses = {context.allocate(1), context.allocate(1)};
        long before = context.usedBytes();
        for (int run = 0; run < 2; run++) {
            Block target = run == 0 ? first : second;
            kernels.convolution()
                    .backwardWeight(g, x.array(), x.offset(), y.array(), y.offset(), target.array(), target.offset());
            kernels.affinity()
                    .lossAndGradient(
                            a,
                            features.array(),
                            features.offset(),
                            others.array(),
                            others.offset(),
                            losses[run].array(),
                            losses[run].offset(),
                            gradients[run].array(),
                            gradients[run].offset(),
                            null,
                            0);
            assertEquals(before, context.usedBytes(), "scratch is given back");
        }
        assertArrayEquals(download(context, first), download(context, second));
        assertArrayEquals(download(context, losses[0]), download(context, losses[1]));
        assertArrayEquals(download(context, gradients[0]), download(context, gradients[1]));
    }

    /** Tiles reach past the edges of an image; at either end of the device's memory there is nothing that they may read. */
    @ParameterizedTest
    @EnumSource(names = {"CPU", "GPU"})
    void imagesAtTheEndsOfTheMemory(OpenClOptions.Variant variant) {
        OpenClContext context = open(variant);
        Kernels kernels = new OpenClKernels(context);
        var dense = new ConvolutionGeometry(1, 3, 9, 20, 5, 9, 20, 3, 3, 1, 1, 2, 2, 2, 2, 1);
        var depthwise = new ConvolutionGeometry(1, 4, 9, 20, 4, 9, 20, 3, 3, 1, 1, 2, 2, 2, 2, 4);
        for (ConvolutionGeometry g : new ConvolutionGeometry[] {dense, depthwise}) {
            float[] x = normal(5, g.inChannels() * g.inArea());
            float[] w = normal(6, g.outChannels() * g.inChannelsPerGroup() * g.kernelArea());
            Block weight = upload(context, w);
            Block y = context.allocate(g.outChannels() * g.outArea());
            Block dw = context.allocate(w.length);
            float[] memory = y.array();
            float[] expected = new float[y.floats()];
            float[] expectedWeight = new float[w.length];
            Convolution scalar = new ScalarKernels().convolution();
            scalar.forward(g, x, 0, w, 0, null, 0, expected, 0);
            scalar.backwardWeight(g, x, 0, expected, 0, expectedWeight, 0);
            int end = memory.length - x.length;
            context.upload(x, 0, memory, end, x.length);
            Convolution convolution = kernels.convolution(g);
            convolution.forward(g, memory, end, weight.array(), weight.offset(), null, 0, memory, y.offset());
            assertArrayEquals(expected, download(context, y), 1e-4f);
            convolution.backwardWeight(g, memory, end, memory, y.offset(), memory, dw.offset());
            assertArrayEquals(expectedWeight, download(context, dw), 1e-2f);
        }
    }

    /** The matrices of similarities alone would take 256 MiB each, four times the whole memory of the device. */
    @ParameterizedTest
    @EnumSource(names = "CPU")
    void affinityNeedsNoMatrixOfAllPairs(OpenClOptions.Variant variant) {
        OpenClContext context = open(variant);
        var g = new Affinity.Geometry(1, 8192, 4, 3);
        float[] a = normal(7, 8192 * 4);
        float[] b = normal(8, 8192 * 3);
        Block features = upload(context, a);
        Block others = upload(context, b);
        Block loss = context.allocate(1);
        Block da = context.allocate(features.floats());
        Block db = context.allocate(others.floats());
        long before = context.usedBytes();
        new OpenClKernels(context)
                .affinity()
                .lossAndGradient(
                        g,
                        features.array(),
                        features.offset(),
                        others.array(),
                        others.offset(),
                        loss.array(),
                        loss.offset(),
                        da.array(),
                        da.offset(),
                        db.array(),
                        db.offset());
        long scratch = context.peakBytes() - before;
        assertTrue(scratch < 4L << 20, () -> "scratch of " + scratch + " bytes");
        // Directions are random: differences of the cosines of 4 and of 3 dimensions have a mean size of 0.62 (400,000
        // sampled pairs).
        float value = download(context, loss)[0];
        assertTrue(value > 0.5 && value < 0.7, () -> "loss " + value);
    }
}

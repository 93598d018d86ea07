package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;

/**
 * The convolution and its adjoints, one row of the result at a time. All three are sums over the same set: pairs of an output
 * pixel (i, j) and a tap (k, l) whose input pixel
 * {@code (i stride + k dilation - padding, j stride + l dilation - padding)} lies in the image.
 */
final class ScalarConvolution implements Convolution {
    @Override
    public void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        double[] sums = new double[g.outWidth()];
        for (int n = 0; n < g.batch(); n++) {
            for (int o = 0; o < g.outChannels(); o++) {
                for (int i = 0; i < g.outHeight(); i++) {
                    Arrays.fill(sums, bias == null ? 0 : bias[biasOffset + o]);
                    for (int c = 0; c < g.inChannelsPerGroup(); c++) {
                        for (int k = 0; k < g.kernelHeight(); k++) {
                            int row = i * g.strideHeight() + k * g.dilationHeight() - g.paddingHeight();
                            if (row >= 0 && row < g.inHeight()) {
                                int xRow = xOffset + xRow(g, n, o, c, row);
                                addRow(g, x, xRow, weight, weightOffset + weightRow(g, o, c, k), sums);
                            }
                        }
                    }
                    store(sums, y, yOffset + yRow(g, n, o, i));
                }
            }
        }
    }

    private static void addRow(ConvolutionGeometry g, float[] x, int xRow, float[] weight, int wRow, double[] sums) {
        for (int l = 0; l < g.kernelWidth(); l++) {
            double w = weight[wRow + l];
            int source = xRow + shift(g, l);
            int end = endColumn(g, l);
            for (int j = firstColumn(g, l); j < end; j++) {
                sums[j] += w * x[source + j * g.strideWidth()];
            }
        }
    }

    @Override
    public void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset) {
        double[] sums = new double[g.inWidth()];
        for (int n = 0; n < g.batch(); n++) {
            for (int channel = 0; channel < g.inChannels(); channel++) {
                int group = channel / g.inChannelsPerGroup();
                int c = channel % g.inChannelsPerGroup();
                for (int row = 0; row < g.inHeight(); row++) {
                    Arrays.fill(sums, bias == null ? 0 : bias[biasOffset + channel]);
                    for (int q = 0; q < g.outChannelsPerGroup(); q++) {
                        int o = group * g.outChannelsPerGroup() + q;
                        for (int k = 0; k < g.kernelHeight(); k++) {
                            int strides = row + g.paddingHeight() - k * g.dilationHeight();
                            int i = strides / g.strideHeight();
                            if (strides >= 0 && strides % g.strideHeight() == 0 && i < g.outHeight()) {
                                int dyRow = dyOffset + yRow(g, n, o, i);
                                spreadRow(g, dy, dyRow, weight, weightOffset + weightRow(g, o, c, k), sums);
                            }
                        }
                    }
                    store(sums, dx, dxOffset + ((n * g.inChannels() + channel) * g.inHeight() + row) * g.inWidth());
                }
            }
        }
    }

    private static void spreadRow(
            ConvolutionGeometry g, float[] dy, int dyRow, float[] weight, int wRow, double[] sums) {
        for (int l = 0; l < g.kernelWidth(); l++) {
            double w = weight[wRow + l];
            int shift = shift(g, l);
            int end = endColumn(g, l);
            for (int j = firstColumn(g, l); j < end; j++) {
                sums[j * g.strideWidth() + shift] += w * dy[dyRow + j];
            }
        }
    }

    @Override
    public void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        for (int o = 0; o < g.outChannels(); o++) {
            for (int c = 0; c < g.inChannelsPerGroup(); c++) {
                for (int k = 0; k < g.kernelHeight(); k++) {
                    for (int l = 0; l < g.kernelWidth(); l++) {
                        dweight[dweightOffset + weightRow(g, o, c, k) + l] =
                                (float) correlation(g, x, xOffset, dy, dyOffset, o, c, k, l);
                    }
                }
            }
        }
    }

    /** The sum over n, i, j of dy[n, o, i, j] and the x that tap (k, l) of channel c sees there. */
    private static double correlation(
            ConvolutionGeometry g, float[] x, int xOffset, float[] dy, int dyOffset, int o, int c, int k, int l) {
        int first = firstColumn(g, l);
        int end = endColumn(g, l);
        double sum = 0;
        for (int n = 0; n < g.batch(); n++) {
            for (int i = 0; i < g.outHeight(); i++) {
                int row = i * g.strideHeight() + k * g.dilationHeight() - g.paddingHeight();
                if (row >= 0 && row < g.inHeight()) {
                    int source = xOffset + xRow(g, n, o, c, row) + shift(g, l);
                    int dyRow = dyOffset + yRow(g, n, o, i);
                    for (int j = first; j < end; j++) {
                        sum += (double) dy[dyRow + j] * x[source + j * g.strideWidth()];
                    }
                }
            }
        }
        return sum;
    }

    private static void store(double[] sums, float[] target, int offset) {
        for (int j = 0; j < sums.length; j++) {
            target[offset + j] = (float) sums[j];
        }
    }

    /** Where a row of x begins: channel c of the group that output channel o belongs to. */
    private static int xRow(ConvolutionGeometry g, int n, int o, int c, int row) {
        int channel = o / g.outChannelsPerGroup() * g.inChannelsPerGroup() + c;
        return ((n * g.inChannels() + channel) * g.inHeight() + row) * g.inWidth();
    }

    private static int yRow(ConvolutionGeometry g, int n, int o, int i) {
        return ((n * g.outChannels() + o) * g.outHeight() + i) * g.outWidth();
    }

    private static int weightRow(ConvolutionGeometry g, int o, int c, int k) {
        return ((o * g.inChannelsPerGroup() + c) * g.kernelHeight() + k) * g.kernelWidth();
    }

    /** The input column that tap l sees at output column 0; may be negative. */
    private static int shift(ConvolutionGeometry g, int l) {
        return l * g.dilationWidth() - g.paddingWidth();
    }

    /** The first output column at which tap l lies inside the image: {@code j stride + shift >= 0}. */
    private static int firstColumn(ConvolutionGeometry g, int l) {
        return Math.max(0, Math.ceilDiv(-shift(g, l), g.strideWidth()));
    }

    /** The output column from which tap l lies outside the image: {@code j stride + shift >= inWidth}. */
    private static int endColumn(ConvolutionGeometry g, int l) {
        return Math.min(g.outWidth(), Math.ceilDiv(g.inWidth() - shift(g, l), g.strideWidth()));
    }
}

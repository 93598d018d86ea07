package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Place;
import java.util.List;

/**
 * Batch normalisation with PReLU. Where a channel fits into a core's cache, one thread takes it through both of its passes, so that
 * each tensor is read from memory once and written once; else each pass is shared out by planes. The loops are in
 * {@link NormalizationLoops} and {@link NormalizedActivationLoops}.
 */
final class VectorNormalizedActivation implements NormalizedActivation {
    /** So many elements of three tensors stay in a core's second-level cache from the first pass to the second. */
    private static final int CACHED = 1 << 17;

    /** With fewer channels there would be too little to share out. */
    private static final int FEW = 8;

    private final Parallel parallel;
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer planeSums = new ThreadBuffer();

    VectorNormalizedActivation(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public boolean placesChannels() {
        return true;
    }

    @Override
    public int workingMemory(Geometry g, int parts) {
        return 0;
    }

    @Override
    public void forward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            Place mean,
            Place variance,
            List<Channels> z,
            Place work) {
        var sums = planeSums.doubles(2 * g.batch() * g.channels());
        var pass = new Forward(
                g,
                new Coefficients(epsilon, mean, variance, weight, bias, slope),
                Planes.of(g, x),
                Planes.of(g, residual),
                Planes.of(g, z),
                sums);
        run(g, 3, pass::sum, pass::finish, pass::write);
    }

    @Override
    public void backward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place mean,
            Place variance,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            List<Channels> dz,
            List<Channels> dx,
            List<Channels> dresidual,
            Place dweight,
            Place dbias,
            Place dslope,
            Place work) {
        var sums = planeSums.doubles(3 * g.batch() * g.channels());
        var pass = new Backward(
                g,
                new Coefficients(epsilon, mean, variance, weight, bias, slope),
                Planes.of(g, x),
                Planes.of(g, residual),
                Planes.of(g, dz),
                Planes.of(g, dx),
                Planes.of(g, dresidual),
                dweight,
                dbias,
                dslope,
                sums);
        run(g, 4, pass::sum, pass::finish, pass::write);
    }

    /** What is done with a plane in the first pass. */
    @FunctionalInterface
    private interface Sum {
        void run(int n, int c, float[] lanes);
    }

    /** What is done with a channel between the passes. */
    @FunctionalInterface
    private interface Finish {
        void run(int c);
    }

    /** What is done with a plane in the second pass. */
    @FunctionalInterface
    private interface Write {
        void run(int n, int c);
    }

    /** First {@code sum} on all planes of a channel, then {@code finish} on it, then {@code write} on its planes. */
    private void run(Geometry g, int tensors, Sum sum, Finish finish, Write write) {
        int channels = g.channels();
        long count = (long) g.batch() * g.area();
        if (count <= CACHED && channels >= FEW) {
            Pieces.run(parallel, channels, tensors * count, (from, to) -> {
                float[] buffer = lanes.floats(NormalizedActivationLoops.SUMS);
                for (int c = from; c < to; c++) {
                    for (int n = 0; n < g.batch(); n++) {
                        sum.run(n, c, buffer);
                    }
                    finish.run(c);
                    for (int n = 0; n < g.batch(); n++) {
                        write.run(n, c);
                    }
                }
            });
            return;
        }
        Pieces.run(parallel, g.batch() * channels, (long) tensors * g.area(), (from, to) -> {
            float[] buffer = lanes.floats(NormalizedActivationLoops.SUMS);
            for (int plane = from; plane < to; plane++) {
                sum.run(plane / channels, plane % channels, buffer);
            }
        });
        for (int c = 0; c < channels; c++) {
            finish.run(c);
        }
        Pieces.run(parallel, g.batch() * channels, (long) tensors * g.area(), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                write.run(plane / channels, plane % channels);
            }
        });
    }

    /** Where the planes of each channel lie, whatever part it belongs to. */
    private record Planes(float[][] arrays, int[] firsts, int[] strides) {
        /** Null for null. */
        static Planes of(Geometry g, List<Channels> parts) {
            if (parts == null) {
                return null;
            }
            var planes = new Planes(new float[g.channels()][], new int[g.channels()], new int[g.channels()]);
            int c = 0;
            for (Channels part : parts) {
                for (int own = 0; own < part.channels(); own++, c++) {
                    planes.arrays[c] = part.array();
                    planes.firsts[c] = part.offset() + own * g.area();
                    planes.strides[c] = part.stride();
                }
            }
            return planes;
        }

        float[] array(int c) {
            return arrays[c];
        }

        int from(int n, int c) {
            return firsts[c] + n * strides[c];
        }
    }

    private static float get(Place place, int c) {
        return place.array()[place.offset() + c];
    }

    private static void set(Place place, int c, double value) {
        place.array()[place.offset() + c] = (float) value;
    }

    /** What is known of each channel. */
    private record Coefficients(float epsilon, Place mean, Place variance, Place weight, Place bias, Place slope) {
        double deviation(int c) {
            return Math.sqrt((double) get(variance, c) + epsilon);
        }

        float meanOf(int c) {
            return get(mean, c);
        }

        float scale(int c) {
            return (float) (get(weight, c) / deviation(c));
        }

        float biasOf(int c) {
            return get(bias, c);
        }

        float slopeOf(int c) {
            return slope == null ? 1 : get(slope, c);
        }
    }

    private record Forward(Geometry g, Coefficients known, Planes x, Planes residual, Planes z, double[] sums) {
        void sum(int n, int c, float[] lanes) {
            NormalizationLoops.moments(x.array(c), x.from(n, c), g.area(), lanes, sums, 2 * (n * g.channels() + c));
        }

        void finish(int c) {
            NormalizationLoops.merge(
                    g,
                    c,
                    sums,
                    known.mean.array(),
                    known.mean.offset(),
                    known.variance.array(),
                    known.variance.offset());
        }

        void write(int n, int c) {
            float mean = known.meanOf(c);
            float scale = known.scale(c);
            float[] from = x.array(c);
            int first = x.from(n, c);
            if (residual != null) {
                NormalizedActivationLoops.activateWithResidual(
                        g.area(),
                        mean,
                        scale,
                        known.biasOf(c),
                        known.slopeOf(c),
                        from,
                        first,
                        residual.array(c),
                        residual.from(n, c),
                        z.array(c),
                        z.from(n, c));
            } else if (known.slope != null) {
                NormalizedActivationLoops.activate(
                        g.area(),
                        mean,
                        scale,
                        known.biasOf(c),
                        known.slopeOf(c),
                        from,
                        first,
                        z.array(c),
                        z.from(n, c));
            } else {
                NormalizationLoops.normalize(
                        g.area(), mean, scale, known.biasOf(c), from, first, z.array(c), z.from(n, c));
            }
        }
    }

    private record Backward(
            Geometry g,
            Coefficients known,
            Planes x,
            Planes residual,
            Planes dz,
            Planes dx,
            Planes dresidual,
            Place dweight,
            Place dbias,
            Place dslope,
            double[] sums) {
        void sum(int n, int c, float[] lanes) {
            int plane = n * g.channels() + c;
            if (residual == null) {
                NormalizedActivationLoops.gradientSums(
                        g.area(),
                        known.meanOf(c),
                        known.scale(c),
                        known.biasOf(c),
                        known.slopeOf(c),
                        x.array(c),
                        x.from(n, c),
                        dz.array(c),
                        dz.from(n, c),
                        lanes,
                        sums,
                        3 * plane);
                return;
            }
            NormalizedActivationLoops.gradientSumsWithResidual(
                    g.area(),
                    known.meanOf(c),
                    known.scale(c),
                    known.biasOf(c),
                    known.slopeOf(c),
                    x.array(c),
                    x.from(n, c),
                    residual.array(c),
                    residual.from(n, c),
                    dz.array(c),
                    dz.from(n, c),
                    gradientArray(c),
                    gradientFrom(n, c),
                    lanes,
                    sums,
                    3 * plane);
        }

        /** Where dp is kept from the first pass to the second: in its place, or in that of dx. */
        private float[] gradientArray(int c) {
            return dresidual == null ? dx.array(c) : dresidual.array(c);
        }

        private int gradientFrom(int n, int c) {
            return dresidual == null ? dx.from(n, c) : dresidual.from(n, c);
        }

        void finish(int c) {
            double sum = 0;
            double product = 0;
            double forSlope = 0;
            for (int plane = c; plane < g.batch() * g.channels(); plane += g.channels()) {
                sum += sums[3 * plane];
                product += sums[3 * plane + 1];
                forSlope += sums[3 * plane + 2];
            }
            sums[3 * c] = sum;
            sums[3 * c + 1] = product;
            set(dbias, c, sum);
            set(dweight, c, product / known.deviation(c));
            if (dslope != null) {
                set(dslope, c, forSlope);
            }
        }

        void write(int n, int c) {
            double deviation = known.deviation(c);
            double scale = get(known.weight, c) / deviation;
            double count = (double) g.batch() * g.area();
            float shift = (float) (-scale * sums[3 * c] / count);
            float factor = (float) (-scale * sums[3 * c + 1] / (count * deviation * deviation));
            if (residual == null) {
                NormalizedActivationLoops.gradient(
                        g.area(),
                        known.meanOf(c),
                        known.scale(c),
                        known.biasOf(c),
                        known.slopeOf(c),
                        factor,
                        shift,
                        x.array(c),
                        x.from(n, c),
                        dz.array(c),
                        dz.from(n, c),
                        dx.array(c),
                        dx.from(n, c));
                return;
            }
            NormalizationLoops.gradient(
                    g.area(),
                    known.meanOf(c),
                    known.scale(c),
                    factor,
                    shift,
                    x.array(c),
                    x.from(n, c),
                    gradientArray(c),
                    gradientFrom(n, c),
                    dx.array(c),
                    dx.from(n, c));
        }
    }
}

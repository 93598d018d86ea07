package io.github.dsrl4j.dsrl.dataset.street;

import java.util.Arrays;

/**
 * Draws a street as a camera in a car would see it, with a class for every pixel.
 *
 * <p>A scene of flat surfaces is built from random numbers, rasterised with a depth buffer at 2 x 2 samples a pixel, and
 * shaded once a sample from the surface's own coordinates. A pixel's colour is the mean of its samples, with haze, vignette
 * and sensor noise; its label is the one that most samples have, the nearest one where two are equal. Only exactly rounded
 * arithmetic ({@code + - * / sqrt} and {@link StrictMath}) is used, so that every machine makes the same bytes.
 */
public final class StreetRenderer {
    private static final int SAMPLES = 2;

    private final int width;
    private final int height;
    private final Scene scene;
    private final Raster raster;
    private final Sky sky;
    private final long noiseSeed;
    private final double noise;
    private final double vignette;
    private final double saturation;

    /**
     * A rendered picture.
     *
     * @param rgb interleaved RGB, three bytes a pixel
     * @param labels CamVid's class ids, one byte a pixel
     */
    @SuppressWarnings("ArrayRecordComponent") // two buffers on their way to the caller
    public record Picture(byte[] rgb, byte[] labels) {}

    private StreetRenderer(int width, int height, long seed) {
        this.width = width;
        this.height = height;
        var dice = new Dice(seed);
        var plan = new Plan(dice.fork(1));
        var light = new Light(dice.fork(2));
        var view = dice.fork(3);
        double lane = (plan.keepLeft ? -1 : 1) * plan.kerb(plan.keepLeft ? -1 : 1) * view.between(0.35, 0.5);
        var eye = new Vec(lane, view.between(1.25, 1.75), 0);
        double focal = SAMPLES * height * view.between(1.1, 1.4);
        double yaw = view.between(-0.06, 0.06) + 25 * plan.bend;
        double pitch = view.between(-0.03, 0.035);
        double roll = view.between(-0.012, 0.012);
        var camera = new Camera(eye, yaw, pitch, roll, focal, SAMPLES * width / 2.0, SAMPLES * height * 0.485);
        raster = new Raster(SAMPLES * width, SAMPLES * height, camera);
        scene = new Scene(camera, light, raster);
        sky = new Sky(light, dice.fork(4));
        double green = dice.fork(5).between(0, 1);
        Ground.add(scene, plan, dice.fork(6));
        Buildings.add(scene, plan, dice.fork(7), 0.95 - 0.5 * green);
        Trees.add(scene, plan, dice.fork(8), 0.5 * green);
        Furniture.add(scene, plan, dice.fork(9));
        Vehicles.add(scene, plan, dice.fork(10), lane);
        People.add(scene, plan, dice.fork(11));
        var lens = dice.fork(12);
        noiseSeed = lens.next();
        noise = lens.between(1, 4);
        vignette = lens.between(0.05, 0.3);
        saturation = lens.between(0.65, 0.95);
    }

    /** Draws the street of a seed. */
    public static Picture render(int width, int height, long seed) {
        var renderer = new StreetRenderer(width, height, seed);
        renderer.raster.draw(renderer.scene.surfaces);
        return new Picture(renderer.colors(), renderer.labels());
    }

    private byte[] colors() {
        var rgb = new byte[3 * width * height];
        var shade = new Shade();
        var sum = new double[3];
        for (int y = 0, to = 0; y < height; y++) {
            for (int x = 0; x < width; x++, to += 3) {
                Arrays.fill(sum, 0);
                if (isSky(x, y)) {
                    sky(
                            SAMPLES * x + (SAMPLES - 1) / 2.0,
                            SAMPLES * y + (SAMPLES - 1) / 2.0,
                            SAMPLES * SAMPLES,
                            shade,
                            sum);
                } else {
                    samples(x, y, shade, sum);
                }
                expose(x, y, sum, rgb, to);
            }
        }
        return rgb;
    }

    /** Whether a pixel is sky all over: clouds are soft, one sample is enough for them. */
    private boolean isSky(int x, int y) {
        int at = SAMPLES * y * raster.width + SAMPLES * x;
        for (int sy = 0; sy < SAMPLES; sy++, at += raster.width) {
            for (int sx = 0; sx < SAMPLES; sx++) {
                if (raster.surface[at + sx] != Raster.SKY) {
                    return false;
                }
            }
        }
        return true;
    }

    private void sky(double column, double row, double weight, Shade shade, double[] sum) {
        sky.shade(scene.camera.ray(raster.rayX(column), raster.rayY(row)), shade);
        sum[0] += weight * shade.glowR;
        sum[1] += weight * shade.glowG;
        sum[2] += weight * shade.glowB;
    }

    private void samples(int x, int y, Shade shade, double[] sum) {
        for (int row = SAMPLES * y; row < SAMPLES * (y + 1); row++) {
            for (int column = SAMPLES * x; column < SAMPLES * (x + 1); column++) {
                int index = raster.surface[row * raster.width + column];
                if (index == Raster.SKY) {
                    sky(column, row, 1, shade, sum);
                } else {
                    surface(scene.surfaces.get(index), column, row, shade, sum);
                }
            }
        }
    }

    private void surface(Surface s, int column, int row, Shade shade, double[] sum) {
        double x = raster.rayX(column);
        double y = raster.rayY(row);
        shade.reset();
        double z = 1 / (s.depthX * x + s.depthY * y + s.depth0);
        double u = z * (s.u.x() * x + s.u.y() * y + s.u.z()) - s.uOrigin;
        double v = z * (s.v.x() * x + s.v.y() * y + s.v.z()) - s.vOrigin;
        s.material.shade(u, v, z / scene.camera.focal, raster.shadow[row * raster.width + column], shade);
        var light = scene.light;
        double sun = Math.max(0, shade.sun);
        double open = shade.sun < 0 ? 0.3 : 1;
        double clear = light.hazeDistance / (light.hazeDistance + z);
        double haze = 1 - clear;
        double mirror = shade.gloss * (1.1 - 0.1 * sun);
        sum[0] +=
                clear * (shade.r * (open * s.ambient.r() + sun * s.sun.r()) + mirror * light.horizon.r() + shade.glowR)
                        + haze * light.horizon.r();
        sum[1] +=
                clear * (shade.g * (open * s.ambient.g() + sun * s.sun.g()) + mirror * light.horizon.g() + shade.glowG)
                        + haze * light.horizon.g();
        sum[2] +=
                clear * (shade.b * (open * s.ambient.b() + sun * s.sun.b()) + mirror * light.horizon.b() + shade.glowB)
                        + haze * light.horizon.b();
    }

    private void expose(int x, int y, double[] sum, byte[] rgb, int to) {
        double dx = 2.0 * x / width - 1;
        double dy = 2.0 * y / height - 1;
        double gain = scene.light.exposure * (1 - vignette * 0.5 * (dx * dx + dy * dy)) / (SAMPLES * SAMPLES);
        double grey = (1 - saturation) * (0.3 * sum[0] + 0.59 * sum[1] + 0.11 * sum[2]);
        long bits = Dice.mix(noiseSeed + (long) y * width + x);
        for (int c = 0; c < 3; c++) {
            double light = (saturation * sum[c] + grey) * gain;
            // Three bytes add up to nearly a bell curve, mean 0, deviation 128.
            long dots = (bits & 0xFF) + (bits >>> 8 & 0xFF) + (bits >>> 16 & 0xFF) - 382;
            bits >>>= 20;
            double value = 255 * Math.sqrt(film(light)) + noise * dots / 128.0;
            rgb[to + c] = (byte) Noise.clamp(value + 0.5, 0, 255);
        }
    }

    /** The response of film: dark stays dark, bright runs into white gently (fit by Narkowicz 2015 to the ACES curve). */
    private static double film(double light) {
        double value = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14);
        return Math.min(value, 1);
    }

    private byte[] labels() {
        var labels = new byte[width * height];
        var votes = new int[Label.UNLABELLED + 1];
        var nearest = new float[Label.UNLABELLED + 1];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                labels[y * width + x] = (byte) vote(SAMPLES * x, SAMPLES * y, votes, nearest);
            }
        }
        return labels;
    }

    private int vote(int column, int row, int[] votes, float[] nearest) {
        int first = row * raster.width + column;
        int label = raster.label[first];
        if (label == raster.label[first + 1]
                && label == raster.label[first + raster.width]
                && label == raster.label[first + raster.width + 1]) {
            return label;
        }
        Arrays.fill(votes, 0);
        Arrays.fill(nearest, -1);
        int best = label;
        for (int i = 0; i < SAMPLES * SAMPLES; i++) {
            int at = first + i / SAMPLES * raster.width + i % SAMPLES;
            int candidate = raster.label[at];
            votes[candidate]++;
            nearest[candidate] = Math.max(nearest[candidate], raster.depth[at]);
            if (votes[candidate] > votes[best]
                    || (votes[candidate] == votes[best] && nearest[candidate] > nearest[best])) {
                best = candidate;
            }
        }
        return best;
    }
}

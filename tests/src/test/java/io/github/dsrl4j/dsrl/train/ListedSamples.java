package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A data set of samples that a test made. */
record ListedSamples(String name, List<Sample> samples) implements Dataset {
    /** Random images and labels of all CamVid classes, some of them ignored, each its own mirror image. */
    static ListedSamples symmetric(String name, int count, int width, int height, long seed) {
        var random = new SplittableRandom(seed);
        var samples = new ArrayList<Sample>();
        for (int s = 0; s < count; s++) {
            byte[] rgb = new byte[3 * width * height];
            byte[] labels = new byte[width * height];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width / 2; x++) {
                    int left = y * width + x;
                    int right = y * width + width - 1 - x;
                    int label = (x / 8 + 3 * (y / 8) + 5 * s) % 12;
                    // Not all classes as often as each other.
                    labels[left] = (byte) (label < 4 && 2 * y < height ? 3 : label);
                    labels[right] = labels[left];
                    for (int c = 0; c < 3; c++) {
                        rgb[3 * left + c] = (byte) (20 * labels[left] + random.nextInt(30));
                        rgb[3 * right + c] = rgb[3 * left + c];
                    }
                }
            }
            samples.add(new Sample(name + s, new ColorImage(width, height, rgb), new LabelMap(width, height, labels)));
        }
        return new ListedSamples(name, samples);
    }

    @Override
    public ClassSet classes() {
        return ClassSet.CAMVID;
    }

    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public Sample get(int index) {
        return samples.get(index);
    }

    @Override
    public String fingerprint() {
        return name + samples.hashCode();
    }
}

package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every image of a batch stands at its place, in all three tensors. */
final class BatchTest {
    private static final int HEIGHT = 4;
    private static final int WIDTH = 6;
    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] STD = {0.229, 0.224, 0.225};

    private final List<Sample> samples = samples();

    private static List<Sample> samples() {
        var random = new SplittableRandom(4);
        var samples = new ArrayList<Sample>();
        for (int s = 0; s < 3; s++) {
            byte[] rgb = new byte[3 * 4 * HEIGHT * WIDTH];
            random.nextBytes(rgb);
            byte[] labels = new byte[4 * HEIGHT * WIDTH];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) random.nextInt(12);
            }
            labels[0] = (byte) 255;
            samples.add(new Sample(
                    "s" + s, new ColorImage(2 * WIDTH, 2 * HEIGHT, rgb), new LabelMap(2 * WIDTH, 2 * HEIGHT, labels)));
        }
        return samples;
    }

    private List<Example> examples() {
        return samples.stream().map(sample -> Example.of(sample, HEIGHT, WIDTH)).toList();
    }

    private float[] large(int sample) {
        float[] values = new float[3 * 4 * HEIGHT * WIDTH];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 4 * HEIGHT * WIDTH; i++) {
                int value = samples.get(sample).image().rgb()[3 * i + c] & 0xff;
                values[c * 4 * HEIGHT * WIDTH + i] = (float) ((value / 255.0 - MEAN[c]) / STD[c]);
            }
        }
        return values;
    }

    private static float[] halved(float[] large) {
        float[] values = new float[large.length / 4];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 2 * HEIGHT; y++) {
                for (int x = 0; x < 2 * WIDTH; x++) {
                    values[(c * HEIGHT + y / 2) * WIDTH + x / 2] += large[(c * 2 * HEIGHT + y) * 2 * WIDTH + x] / 4;
                }
            }
        }
        return values;
    }

    @Test
    void imagesAreStackedInTheirOrder() {
        Batch batch = Batch.of(examples(), HEIGHT, WIDTH, 2);
        assertEquals(Shape.of(3, 3, HEIGHT, WIDTH), batch.input().shape());
        assertEquals(Shape.of(3, 3, 2 * HEIGHT, 2 * WIDTH), batch.large().shape());
        assertEquals(Shape.of(3, 2 * HEIGHT, 2 * WIDTH), batch.labels().shape());
        for (int s = 0; s < 3; s++) {
            assertArrayEquals(large(s), batch.large().slice(s, s + 1).toArray(), 1e-6f, "large image " + s);
            assertArrayEquals(halved(large(s)), batch.input().slice(s, s + 1).toArray(), 1e-6f, "input " + s);
            float[] labels = batch.labels().slice(s, s + 1).toArray();
            for (int i = 0; i < labels.length; i++) {
                assertEquals(samples.get(s).labels().labels()[i] & 0xff, labels[i], "label " + i + " of " + s);
            }
        }
        assertArrayEquals(
                batch.input().toArray(), Batch.inputs(examples(), HEIGHT, WIDTH).toArray());
    }

    @Test
    void labelsComeToTheSizeOfThePrediction() {
        float[] labels = Batch.of(examples(), HEIGHT, WIDTH, 1).labels().toArray();
        for (int s = 0; s < 3; s++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    // The pixel in which the centre of this one lies.
                    assertEquals(
                            samples.get(s).labels().label(2 * x + 1, 2 * y + 1),
                            labels[(s * HEIGHT + y) * WIDTH + x],
                            "image %d, (%d, %d)".formatted(s, x, y));
                }
            }
        }
    }

    @Test
    void oneImageChangesNoOther() {
        Batch all = Batch.of(examples(), HEIGHT, WIDTH, 2);
        for (int s = 0; s < 3; s++) {
            Batch alone = Batch.of(examples().subList(s, s + 1), HEIGHT, WIDTH, 2);
            assertArrayEquals(
                    alone.large().toArray(), all.large().slice(s, s + 1).toArray());
            assertArrayEquals(
                    alone.input().toArray(), all.input().slice(s, s + 1).toArray());
        }
        assertEquals(
                3,
                Arrays.stream(new int[] {0, 1, 2})
                        .map(s -> Arrays.hashCode(large(s)))
                        .distinct()
                        .count());
    }
}

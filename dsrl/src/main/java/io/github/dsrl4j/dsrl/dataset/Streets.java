package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.dsrl.dataset.street.StreetRenderer;
import java.util.Objects;

/**
 * A generator of synthetic street scenes with the classes of CamVid, so that everything can be tried without a download:
 * a road in perspective with its markings, pavements, buildings, sky, trees, poles, signs, fences, cars, pedestrians and
 * bicyclists, in sun and under cloud, with thin and small things that need resolution. A sample depends on seed, split,
 * index and size alone, and has the same bytes on every machine.
 */
public final class Streets {
    /** Changes whenever a seed gives other pictures: part of the fingerprint. */
    private static final int VERSION = 1;

    private Streets() {}

    /**
     * A data set of generated scenes; samples are made when asked for.
     *
     * @param size how many samples
     * @param width of image and labels, at least 16
     * @param height of image and labels, at least 16
     * @param seed another seed, other streets
     * @param split streets of different splits never coincide
     */
    public static Dataset of(int size, int width, int height, long seed, Split split) {
        return new Generated(size, width, height, seed, split);
    }

    /** As above, with other classes for the labels 0..10 of {@link ClassSet#CAMVID} and the ignored 11. */
    public static Dataset of(int size, int width, int height, long seed, Split split, Labelling labelling) {
        return new RelabelledDataset(of(size, width, height, seed, split), labelling);
    }

    private record Generated(int size, int width, int height, long seed, Split split) implements Dataset {
        Generated {
            Objects.requireNonNull(split, "split");
            if (size < 1) {
                throw new DatasetException("streets: %d samples; at least 1 is expected".formatted(size));
            }
            if (width < 16 || height < 16 || 12L * width * height > Integer.MAX_VALUE) {
                throw new DatasetException("streets: size %d x %d; at least 16 x 16 and at most %d pixels are expected"
                        .formatted(width, height, Integer.MAX_VALUE / 12));
            }
        }

        @Override
        public String name() {
            return "streets/" + split.key();
        }

        @Override
        public ClassSet classes() {
            return ClassSet.CAMVID;
        }

        @Override
        public Sample get(int index) {
            Objects.checkIndex(index, size);
            // Odd multipliers spread seed, split and index over all bits before the generator mixes them again.
            long street = seed * 0xD1342543DE82EF95L
                    + split.key().hashCode() * 0xAF251AF3B0F025B5L
                    + (index + 1) * 0x9E3779B97F4A7C15L;
            var picture = StreetRenderer.render(width, height, street);
            return new Sample(
                    split.key() + "_" + index,
                    new ColorImage(width, height, picture.rgb()),
                    new LabelMap(width, height, picture.labels()));
        }

        @Override
        public String fingerprint() {
            return new FileHash()
                    .text("streets version " + VERSION + ", " + size + " samples of " + width + " x " + height
                            + ", seed " + seed + ", " + split.key())
                    .hex();
        }
    }
}

package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.plan.PlanCache;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A trained model, ready to segment images; safe for use by many threads at once.
 *
 * <pre>{@code
 * var model = Segmenter.load(Path.of("runs/camvid"));
 * var result = model.segment(ImageIO.read(photo));
 * ImageIO.write(result.overlay(), "png", out);
 * }</pre>
 *
 * The network sees an image at the image's own size, and a model with super-resolution labels it at twice that size. Sides that
 * are no multiple of 16, which is how much the networks reduce an image, are filled up on the right and at the bottom by
 * repeating the last pixel, and the labels are cut back; an image of the size that the model was trained for goes in as it is,
 * as in training and evaluation.
 */
public final class Segmenter {
    private static final int MULTIPLE = 16;
    /** Two positions at the lowest resolution, which the networks need to have something to interpolate between. */
    private static final int LEAST = 32;

    private static final String BEST = "best.safetensors";

    /** What messages call a model that has no file. */
    private static final String STREAM = "model stream";

    /** About as many runs as the Java machine compiles in. */
    private static final int WARM_UP_RUNS = 12;

    private final ModelDescription description;
    private final DualSuperResolution model;
    private final Device device;
    private final PlanCache plans;

    private Segmenter(ModelDescription description, DualSuperResolution model) {
        this.description = description;
        this.model = model;
        this.device = model.device();
        this.plans = new PlanCache(model, PlanCache.defaultBytes());
    }

    /**
     * Reads a model.
     *
     * @param model a file that {@link ModelFile#read} knows, or the folder of a training run, whose best model is taken
     * @throws CheckpointException if there is none, or it is broken
     */
    public static Segmenter load(Path model) {
        ModelFile.Loaded loaded = ModelFile.read(Files.isDirectory(model) ? model.resolve(BEST) : model);
        return of(loaded.description(), loaded.model());
    }

    /**
     * Reads a model from a stream, to its end, such as that of a resource on the class path:
     *
     * <pre>{@code
     * try (var in = App.class.getResourceAsStream("/model.safetensors")) {
     *     var model = Segmenter.load(in);
     * }
     * }</pre>
     *
     * @param model the bytes of a file that {@link ModelFile#read} knows; not closed
     * @throws CheckpointException if the stream is null, as that of a resource that is missing, or
     *     broken, or cannot be read
     */
    public static Segmenter load(InputStream model) {
        if (model == null) {
            throw new CheckpointException(
                    STREAM + ": is null; a resource of this name is missing, or its package is not open to the caller");
        }
        byte[] bytes;
        try {
            bytes = model.readAllBytes();
        } catch (IOException e) {
            throw new CheckpointException(STREAM + ": cannot be read: " + e.getMessage(), e);
        }
        ModelFile.Loaded loaded = ModelFile.read(STREAM, bytes);
        return of(loaded.description(), loaded.model());
    }

    /** Wraps a model, wherever its weights come from, and switches it to inference; it must not be trained meanwhile. */
    public static Segmenter of(ModelDescription description, DualSuperResolution model) {
        model.eval();
        return new Segmenter(description, model);
    }

    /** This model on another device, to which it is moved: only the segmenter that is returned may be used from now on. */
    public Segmenter on(Device other) {
        model.moveTo(other);
        return new Segmenter(description, model);
    }

    /** What the model is, and what it was trained for. */
    public ModelDescription description() {
        return description;
    }

    /** What the labels mean. */
    public ClassSet classes() {
        return description.classes();
    }

    /** How many times larger, a side, the labels are than the image: 2 with super-resolution, else 1. */
    public int factor() {
        return description.options().variant().factor();
    }

    /**
     * Labels an image.
     *
     * @throws io.github.dsrl4j.dsrl.dataset.DatasetException where it has channels that are no grey or RGB
     */
    public Segmentation segment(BufferedImage image) {
        return segment(ColorImage.of(image));
    }

    /**
     * Labels the image in a file; {@link ColorImage#read} says which are read.
     *
     * @throws io.github.dsrl4j.dsrl.dataset.DatasetException naming the file, where it is missing, broken, or no image
     */
    public Segmentation segment(Path image) {
        return segment(ColorImage.read(image));
    }

    /**
     * Gets ready for images of a size, so that the first real one is as fast as later ones: compiles the model for that size, and runs
     * it until the Java machine has compiled the code, too.
     *
     * @return this
     */
    public Segmenter warmUp(int width, int height) {
        var image = new ColorImage(width, height, new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))]);
        for (int i = 0; i < WARM_UP_RUNS; i++) {
            segment(image);
        }
        return this;
    }

    /** Labels an image. The first of each size takes longer, since the model is compiled for that size; see {@link #warmUp}. */
    public Segmentation segment(ColorImage image) {
        long start = System.nanoTime();
        ColorImage fed = fed(image);
        Tensor input = Tensor.of(Shape.of(1, 3, fed.height(), fed.width()), fed.toPlanar(Normalization.IMAGENET));
        LabelMap all = predict(input);
        LabelMap labels = crop(all, factor() * image.width(), factor() * image.height());
        return new Segmentation(image, labels, classes(), Duration.ofNanos(System.nanoTime() - start));
    }

    /** In memory that is free again at once. */
    private LabelMap predict(Tensor input) {
        try {
            return new StepMemory()
                    .run(() -> Predictions.of(
                                    plans.run(input.to(device)), classes().count())
                            .getFirst());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The image as the network gets it. */
    private ColorImage fed(ColorImage image) {
        boolean asTrained = image.height() == description.inputHeight() && image.width() == description.inputWidth();
        int width = asTrained ? image.width() : filledUp(image.width());
        int height = asTrained ? image.height() : filledUp(image.height());
        if (width == image.width() && height == image.height()) {
            return image;
        }
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int y = 0; y < height; y++) {
            int from = 3 * image.width() * Math.min(y, image.height() - 1);
            int to = 3 * width * y;
            System.arraycopy(image.rgb(), from, rgb, to, 3 * image.width());
            int last = from + 3 * (image.width() - 1);
            for (int x = image.width(); x < width; x++) {
                System.arraycopy(image.rgb(), last, rgb, to + 3 * x, 3);
            }
        }
        return new ColorImage(width, height, rgb);
    }

    private static int filledUp(int side) {
        return Math.max(LEAST, Math.ceilDiv(side, MULTIPLE) * MULTIPLE);
    }

    private static LabelMap crop(LabelMap map, int width, int height) {
        if (map.width() == width && map.height() == height) {
            return map;
        }
        byte[] labels = new byte[width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(map.labels(), y * map.width(), labels, y * width, width);
        }
        return new LabelMap(width, height, labels);
    }
}

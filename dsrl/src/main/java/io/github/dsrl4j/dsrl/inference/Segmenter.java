package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.awt.image.BufferedImage;
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

    private final ModelDescription description;
    private final DualSuperResolution model;
    private final Device device;
    private final Plans plans;
    /** Null for a model that is compiled; else model and plans are. */
    private final OnnxSegmentation onnx;

    private Segmenter(ModelDescription description, DualSuperResolution model) {
        this.description = description;
        this.model = model;
        this.device = model.device();
        this.plans = new Plans(model);
        this.onnx = null;
    }

    private Segmenter(OnnxSegmentation onnx) {
        this.description = onnx.description();
        this.model = null;
        this.device = Device.cpu();
        this.plans = null;
        this.onnx = onnx;
    }

    /**
     * Reads a model.
     *
     * @param model a file that {@link ModelFile#read} knows, the folder of a training run, whose best model is taken, or an ONNX file that
     *     {@link OnnxFile#write} wrote
     * @throws io.github.dsrl4j.nn.checkpoint.CheckpointException if there is none, or it is broken
     */
    public static Segmenter load(Path model) {
        if (OnnxSegmentation.isOnnx(model) && !Files.isDirectory(model)) {
            return new Segmenter(OnnxSegmentation.load(model));
        }
        ModelFile.Loaded loaded = ModelFile.read(Files.isDirectory(model) ? model.resolve(BEST) : model);
        return of(loaded.description(), loaded.model());
    }

    /** Wraps a model, wherever its weights come from, and switches it to inference; it must not be trained meanwhile. */
    public static Segmenter of(ModelDescription description, DualSuperResolution model) {
        model.eval();
        return new Segmenter(description, model);
    }

    /** This model on another device, to which it is moved: only the segmenter that is returned may be used from now on. */
    public Segmenter on(Device other) {
        if (onnx != null) {
            if (!other.equals(Device.cpu())) {
                throw new IllegalArgumentException("an ONNX file runs on the CPU, not on " + other);
            }
            return this;
        }
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

    /** Labels an image. The first of each size takes longer, since the model is compiled for that size. */
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
                    .run(() -> Predictions.of(scores(input), classes().count()).getFirst());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Tensor scores(Tensor input) {
        return onnx == null ? plans.run(input.to(device)) : onnx.run(input);
    }

    /** The image as the network gets it. */
    private ColorImage fed(ColorImage image) {
        boolean asTrained = (image.height() == description.inputHeight() && image.width() == description.inputWidth())
                || (onnx != null && image.height() == onnx.height() && image.width() == onnx.width());
        int width = asTrained ? image.width() : filledUp(image.width());
        int height = asTrained ? image.height() : filledUp(image.height());
        if (onnx != null) {
            onnx.checkSize(image, height, width);
        }
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

package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Fixed;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Limits;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A model in an ONNX file that {@link OnnxFile} wrote, run as the file says, on the CPU; safe for use by many threads at once.
 *
 * @param file for messages
 * @param height the only height of images that it takes, or 0 for any; {@code width} likewise
 */
record OnnxSegmentation(Path file, ModelDescription description, OnnxModel model, int height, int width)
        implements Scorer {
    /** Whether a file is one of ONNX by its name; its contents have no mark of their own. */
    static boolean isOnnx(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    /**
     * Reads a file.
     *
     * @throws CheckpointException if it cannot be read or run, or does not say what its outputs mean
     */
    static OnnxSegmentation load(Path file) {
        try {
            ModelProto proto = ModelProto.read(file);
            String described = proto.metadata().get(ModelFile.MODEL);
            if (described == null) {
                throw new CheckpointException(
                        "%s: does not say how to prepare an image and what its outputs mean (metadata %s);"
                                        .formatted(file, ModelFile.MODEL)
                                + " only ONNX files that 'dsrl export' wrote can be used here, others with OnnxModel");
            }
            ModelDescription description = ModelFile.description(file.toString(), described);
            OnnxModel model = OnnxModel.of(proto, Limits.ofHeap());
            List<Dimension> extents = extents(file, model);
            return new OnnxSegmentation(file, description, model, fixed(extents.get(2)), fixed(extents.get(3)));
        } catch (OnnxException e) {
            String message = e.getMessage();
            throw new CheckpointException(message.startsWith(file.toString()) ? message : file + ": " + message, e);
        }
    }

    private static List<Dimension> extents(Path file, OnnxModel model) {
        List<ValueInfoProto> inputs = model.inputs();
        List<Dimension> extents = inputs.size() == 1 ? inputs.getFirst().shape().orElse(List.of()) : List.of();
        boolean fits = extents.size() == 4
                && fixed(extents.get(0)) <= 1
                && (fixed(extents.get(1)) == 3 || fixed(extents.get(1)) == 0)
                && model.outputs().size() == 1;
        if (!fits) {
            throw new CheckpointException(
                    "%s: takes %s and gives %s, but a model here takes one image at a time, [1, 3, H, W], and gives its scores"
                            .formatted(file, inputs, model.outputs()));
        }
        return extents;
    }

    private static int fixed(Dimension extent) {
        return extent instanceof Fixed(long size) && size > 0 ? (int) Math.min(size, Integer.MAX_VALUE) : 0;
    }

    @Override
    public boolean takesAsItIs(int imageHeight, int imageWidth) {
        return (imageHeight == description.inputHeight() && imageWidth == description.inputWidth())
                || (imageHeight == height && imageWidth == width);
    }

    @Override
    public void checkSize(ColorImage image, int fedHeight, int fedWidth) {
        if ((height != 0 && height != fedHeight) || (width != 0 && width != fedWidth)) {
            throw new IllegalArgumentException(
                    "%s: takes images of %s x %s pixels (height x width), and this one has %d x %d: scale it, or export the model"
                                    .formatted(file, text(height), text(width), image.height(), image.width())
                            + " with --input %dx%d or --dynamic".formatted(fedHeight, fedWidth));
        }
    }

    private static String text(int extent) {
        return extent == 0 ? "any" : Integer.toString(extent);
    }

    /**
     * As described there.
     *
     * @throws CheckpointException if they are not what the description says
     */
    @Override
    public Tensor scores(Tensor input) {
        Tensor scores;
        try {
            scores = model.run(input);
        } catch (OnnxException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
        int factor = description.options().variant().factor();
        var expected = Shape.of(
                1,
                description.outputs(),
                factor * input.shape().dim(2),
                factor * input.shape().dim(3));
        if (!scores.shape().equals(expected)) {
            throw new CheckpointException("%s: makes %s of an image %s, but its description says %s"
                    .formatted(file, scores.shape(), input.shape(), expected));
        }
        return scores;
    }

    @Override
    public Scorer on(Device device) {
        if (!device.equals(Device.cpu())) {
            throw new IllegalArgumentException(file + ": an ONNX file runs on the CPU, not on " + device);
        }
        return this;
    }
}

package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.DatasetException;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.inference.Segmentation;
import io.github.dsrl4j.dsrl.inference.Segmenter;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsrl segment}. */
@Command(
        name = "segment",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Labels the pixels of images of any size. Writes, at the image's size times the model's factor,",
            "NAME.mask.png (class colours), NAME.overlay.png (colours over the image) and NAME.index.png (class ids)."
        })
final class SegmentCommand implements Callable<Integer> {
    private static final double MOST_SCALE = 16;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "PNG or JPEG files.")
    private List<Path> images;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "RUN|FILE",
            description = "Folder of a run, or a model file such as best.safetensors.")
    private Path model;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; made if need be.")
    private Path out;

    @Option(names = "--alpha", paramLabel = "A", description = "Opacity of the colours in the overlay, 0 to 1.")
    private double alpha = 0.5;

    @Option(
            names = "--scale",
            paramLabel = "S",
            description =
                    "Show the network the image at S times its size: it does best on things as large as those it learnt from.")
    private double scale = 1;

    @Option(
            names = "--image-size",
            description = "Write masks at the size of the image, not at that times the model's factor.")
    private boolean imageSize;

    @Option(
            names = "--keep-going",
            description = {
                "Go on past images that cannot be read, and name them; the exit status is then 1.",
                "Without it all images are read first, and nothing is written if one is broken."
            })
    private boolean keepGoing;

    @Option(names = "--force", description = "Replace files beside the images, too.")
    private boolean force;

    @Mixin
    @SuppressWarnings("UnusedVariable") // for its options alone
    private Machine machine;

    @Mixin
    private DeviceOption deviceOption;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() {
        Pictures pictures = pictures();
        Segmenter loaded = Segmenter.load(model);
        if (!keepGoing) {
            pictures.check();
        }
        Segmenter segmenter = loaded.on(deviceOption.open());
        create(out);
        var results = new ArrayList<Map<String, Object>>();
        var failures = new ArrayList<Map<String, Object>>();
        pictures.files().forEach((name, file) -> {
            try {
                results.add(segment(segmenter, pictures.read(file), file, SegmentationFiles.in(out, name))
                        .toJson());
            } catch (DatasetException e) {
                if (!keepGoing) {
                    throw e;
                }
                failures.add(failure(file, e));
            }
        });
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(summary(segmenter, results, failures)));
        }
        if (!failures.isEmpty()) {
            System.err.printf(
                    "dsrl: %d of %d images could not be segmented%n",
                    failures.size(), pictures.files().size());
        }
        return failures.isEmpty() ? 0 : 1;
    }

    private static Map<String, Object> failure(Path file, DatasetException reason) {
        System.err.println("dsrl: " + reason.getMessage());
        var failure = new LinkedHashMap<String, Object>();
        failure.put("image", file.toString());
        failure.put("error", reason.getMessage());
        return failure;
    }

    /** The images; options are checked, and that nothing gets lost. */
    private Pictures pictures() {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new ParameterException(spec.commandLine(), "--alpha must lie between 0 and 1, not " + alpha);
        }
        if (!(scale > 0 && scale <= MOST_SCALE)) {
            throw new ParameterException(
                    spec.commandLine(), "--scale must lie between 0 and %.0f, not %s".formatted(MOST_SCALE, scale));
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException(out + ": is a file; --out names a folder");
        }
        try {
            Pictures pictures = Pictures.of(images);
            pictures.requireNothingLost(out, force);
            return pictures;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException(folder + ": cannot be made: " + e.getMessage(), e);
        }
    }

    private SegmentedFile segment(Segmenter segmenter, ColorImage original, Path file, SegmentationFiles written) {
        ColorImage seen =
                scale == 1 ? original : original.resizeBilinear(scaled(original.width()), scaled(original.height()));
        Segmentation result = segmenter.segment(seen);
        LabelMap labels =
                imageSize ? result.labels().resizeNearest(original.width(), original.height()) : result.labels();
        var segmented = new SegmentedFile(file, original, result, labels, written);
        segmented.write(alpha);
        if (!json) {
            spec.commandLine().getOut().print(segmented.toText());
            spec.commandLine().getOut().flush();
        }
        return segmented;
    }

    private int scaled(int side) {
        return Math.max(1, (int) Math.round(scale * side));
    }

    private Map<String, Object> summary(
            Segmenter segmenter, List<Map<String, Object>> results, List<Map<String, Object>> failures) {
        var classes = new ArrayList<Map<String, Object>>();
        for (int c = 0; c < segmenter.classes().count(); c++) {
            ClassInfo info = segmenter.classes().classes().get(c);
            classes.add(Map.of("id", c, "name", info.name(), "color", "#%06x".formatted(info.color())));
        }
        var summary = new LinkedHashMap<String, Object>();
        summary.put("model", model.toString());
        summary.put("variant", segmenter.description().options().variant().label());
        summary.put("factor", segmenter.factor());
        summary.put("classes", classes);
        summary.put("images", results);
        summary.put("failures", failures);
        return summary;
    }
}

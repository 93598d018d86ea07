package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Own images with own classes, from the first command to a labelled picture. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OwnDataTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 64;

    /** Three classes of CamVid's eleven; road is 3, sky 0, all else is one. */
    private static final String BY_VALUE = """
            {"name": "road and sky",
             "classes": [{"name": "road", "color": "#010203"}, {"name": "sky", "color": [0, 0, 255]},
                         {"name": "other", "color": [255, 255, 0]}],
             "map": {"3": "road", "0": "sky", "1": 2, "2": 2, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 2, "10": 2, "11": "ignore"}}
            """;

    /** The same classes from masks in CamVid's own colours. */
    private static final String BY_COLOR = """
            {"name": "road and sky",
             "classes": [{"name": "road", "color": "#804080"}, {"name": "sky", "color": "#808080"}, {"name": "other", "color": "#800000"}],
             "labels": "colors",
             "colors": {"#C0C080": 2, "#3C28DE": 2, "#808000": 2, "#C08080": 2, "#404080": 2, "#400080": 2,
                        "#404000": 2, "#0080C0": 2, "#000000": "ignore"}}
            """;

    @TempDir
    private static Path folder;

    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        for (var split : Split.values()) {
            var streets = Streets.of(split == Split.TRAIN ? 4 : 2, WIDTH, HEIGHT, 8, split);
            var list = new StringBuilder();
            for (int i = 0; i < streets.size(); i++) {
                var sample = streets.get(i);
                for (var layout : List.of("camvid", "masks")) {
                    var images = Files.createDirectories(
                            folder.resolve(layout).resolve(layout.equals("masks") ? "images" : split.key()));
                    sample.image().write(images.resolve(sample.name() + ".png"));
                }
                var values = Files.createDirectories(folder.resolve("camvid/" + split.key() + "annot"));
                sample.labels().write(values.resolve(sample.name() + ".png"));
                var colors = Files.createDirectories(folder.resolve("masks/masks"));
                ClassSet.CAMVID.colorize(sample.labels()).write(colors.resolve(sample.name() + ".png"));
                list.append(sample.name()).append(".png\n");
            }
            Files.writeString(folder.resolve("masks/" + split.key() + ".txt"), list);
            Files.writeString(
                    folder.resolve("camvid/" + split.key() + ".txt"),
                    list.toString().replaceAll("(?m)^", split.key() + "/"));
        }
        Files.writeString(folder.resolve("values.json"), BY_VALUE);
        Files.writeString(folder.resolve("colors.json"), BY_COLOR);
        run = folder.resolve("run");
        train("camvid", "values.json", run).expect(0);
    }

    private static Dsrl.Result train(String layout, String classes, Path out, String... more) {
        var words = List.of(
                "train",
                "--dataset",
                layout,
                "--data",
                folder.resolve(layout).toString(),
                "--classes",
                folder.resolve(classes).toString(),
                "--variant",
                "sssr",
                "--input",
                "32x32",
                "--epochs",
                "1",
                "--batch-size",
                "2",
                "--out",
                out.toString());
        return Dsrl.run(Stream.concat(words.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private static Map<String, Integer> bits(Path directory) {
        var hashes = new TreeMap<String, Integer>();
        try (Safetensors content = Safetensors.open(directory.resolve("last.safetensors"))) {
            content.tensors().forEach((name, tensor) -> hashes.put(name, Arrays.hashCode(tensor.toArray())));
        }
        return hashes;
    }

    @Test
    void classesAreKeptWithTheRunAndItsModel(@TempDir Path place) throws IOException {
        var description = Files.readString(run.resolve("run.json"));
        var model = (Map<?, ?>) Json.parseObject(description).get("model");
        assertEquals("road and sky", model.get("class_set"));
        assertEquals(3L, model.get("outputs"));
        assertEquals(255L, model.get("ignore_index"));
        var image = folder.resolve("camvid/test/test_0.png").toString();
        var result = Dsrl.run("segment", image, "--model", run.toString(), "--out", place.toString())
                .expect(0);
        assertTrue(Stream.of("road", "sky", "other").anyMatch(result.out()::contains), result.out());
        var index = LabelMap.read(place.resolve("test_0.index.png"));
        var mask = ColorImage.read(place.resolve("test_0.mask.png"));
        var colors = List.of(0x010203, 0x0000FF, 0xFFFF00);
        for (int x = 0; x < index.width(); x++) {
            assertEquals(colors.get(index.label(x, 9)), mask.pixel(x, 9));
        }
        var page = Files.readString(run.resolve("report.html"));
        assertTrue(page.contains("--classes " + folder.resolve("values.json")), "the command that makes it again");
        assertTrue(page.contains("one that is predicted but does not occur counts as 0"), "what the mean is over");
    }

    @Test
    void masksByColourAreTheSameSamples() {
        var other = folder.resolve("by-color");
        train("masks", "colors.json", other).expect(0);
        assertEquals(bits(run), bits(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "20k", "1G"})
    void theCacheChangesNoBit(String size, @TempDir Path place) {
        train("camvid", "values.json", place.resolve("run"), "--cache", size).expect(0);
        assertEquals(bits(run), bits(place.resolve("run")));
    }

    @Test
    void resumingTakesTheClassesFromTheRun() throws IOException {
        Dsrl.run("train", "--resume", "--out", run.toString()).expect(0);
        Dsrl.run(
                        "train",
                        "--resume",
                        "--out",
                        run.toString(),
                        "--dataset",
                        "camvid",
                        "--classes",
                        folder.resolve("values.json").toString())
                .expect(0);
        var other = Files.writeString(folder.resolve("other.json"), BY_VALUE.replace("\"0\": \"sky\"", "\"0\": 2"));
        var refused = Dsrl.run("train", "--resume", "--out", run.toString(), "--classes", other.toString())
                .expect(2);
        assertTrue(
                refused.err()
                        .contains("--classes: " + other
                                + " has other classes than the run began with; a run goes on as it began"),
                refused.err());
        assertEquals(1, refused.errorLines().size());
    }

    @Test
    void evaluationKeepsTheMatrixTheDataAndEveryImage() throws IOException {
        var json = Dsrl.run("eval", run.toString(), "--split", "train", "--per-image", "--json")
                .expect(0)
                .json();
        assertEquals("train", json.get("split"));
        var provenance = (Map<?, ?>)
                Json.parseObject(Files.readString(run.resolve("run.json"))).get("provenance");
        assertEquals(provenance.get("training_data_sha256"), json.get("data_sha256"));
        var full = (Map<?, ?>) json.get("full_resolution");
        assertEquals(Set.of("road", "sky", "other"), ((Map<?, ?>) full.get("iou")).keySet());
        var confusion = (List<?>) full.get("confusion");
        long right = 0;
        long all = 0;
        for (int truth = 0; truth < 3; truth++) {
            for (int predicted = 0; predicted < 3; predicted++) {
                long count = (long) ((List<?>) confusion.get(truth)).get(predicted);
                right += truth == predicted ? count : 0;
                all += count;
            }
        }
        assertEquals(right / (double) all, full.get("pixel_accuracy"));
        var images = (List<?>) json.get("per_image");
        assertEquals(
                List.of("train_0", "train_1", "train_2", "train_3"),
                images.stream().map(image -> ((Map<?, ?>) image).get("image")).toList());
        assertEquals(json, Json.parseObject(Files.readString(run.resolve("eval-train.json"))));
        var text = Dsrl.run("eval", run.toString(), "--per-image").expect(0).out();
        assertTrue(
                text.contains(
                        "mIoU: the mean over the classes that occur in truth or prediction; one that is predicted but does not occur counts as 0"),
                text);
        assertTrue(text.contains("val_0") && text.contains("val_1"), text);
        assertFalse(Dsrl.run("eval", run.toString()).expect(0).out().contains("val_0"));
    }

    @Test
    void aBadLabelOfEitherSplitIsFoundBeforeAnythingIsWritten(@TempDir Path place) throws IOException {
        for (var split : List.of("train", "val")) {
            var label = folder.resolve("camvid/" + split + "annot/" + split + "_1.png");
            var good = Files.readAllBytes(label);
            new LabelMap(1, 1, new byte[] {77}).write(label);
            try {
                var out = place.resolve(split);
                var result = train("camvid", "values.json", out).expect(1);
                assertTrue(
                        result.err()
                                .contains(label
                                        + ": value 77 at pixel (x 0, y 0) is not in the map of the classes 'road and sky'"
                                        + " (it maps 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) (line 2 of " + split
                                        + ".txt)"),
                        result.err());
                assertFalse(Files.exists(out), "nothing is left behind");
            } finally {
                Files.write(label, good);
            }
        }
    }
}

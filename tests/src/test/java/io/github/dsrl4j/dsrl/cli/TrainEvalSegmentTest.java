package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.Evaluator;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job on a very small scale: train, resume, evaluate, segment. */
final class TrainEvalSegmentTest {
    private static final List<String> TRAIN = List.of(
            "train", "--dataset", "streets:8", "--input", "32x48", "--epochs", "1", "--batch-size", "4", "--seed", "3");

    @TempDir
    private static Path folder;

    private static Path run;
    private static Dsrl.Result trained;

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        trained = Dsrl.run(train("--out", run.toString(), "--json")).expect(0);
    }

    private static String[] train(String... more) {
        return Stream.concat(TRAIN.stream(), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void trainingLeavesARunAndOneJsonObject() throws IOException {
        Map<String, Object> json = trained.json();
        assertEquals(true, json.get("finished"));
        assertEquals(1L, json.get("epochs"));
        assertEquals(run.resolve("best.safetensors").toString(), json.get("best_model"));
        for (String file :
                List.of("run.json", "metrics.jsonl", "last.safetensors", "best.safetensors", "report.html")) {
            assertTrue(Files.isRegularFile(run.resolve(file)), file);
        }
        assertTrue(trained.err().contains("epoch 1"), trained.err());
        try (Stream<Path> files = Files.list(run)) {
            assertEquals(
                    List.of(),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.matches(
                                    "(run|eval-.*)\\.json|metrics\\.jsonl|(last|best)\\.safetensors|report\\.html"))
                            .toList(),
                    "no temporary file is left");
        }
    }

    @Test
    void reportStandsAlone() throws IOException {
        String page = Files.readString(run.resolve("report.html"));
        assertFalse(page.contains("src=\"http"), "no image from elsewhere");
        assertFalse(page.contains("<link"), "no style from elsewhere");
        assertFalse(page.contains("<script"), "no script");
        assertTrue(
                page.contains(
                        "dsrl train --dataset streets:8 --batch-size 4 --epochs 1 --input 32x48 --network espnetv2 --seed 3"
                                + " --variant dsrl --width 0.5 --out "),
                "the command that makes it again");
        for (String part : List.of("Truth", "Image branch", "Validation mIoU", "Class by class", "What it cost")) {
            assertTrue(page.contains(part), part);
        }
    }

    @Test
    void aRunIsNotOverwritten() {
        var again = Dsrl.run(train("--out", run.toString())).expect(2);
        assertTrue(again.err().contains("there is a run already; go on with --resume"), again.err());
        assertEquals(1, again.errorLines().size());
    }

    @Test
    void resumingAFinishedRunChangesNoWeights() throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("last.safetensors"));
        Dsrl.run(train("--out", run.toString(), "--resume")).expect(0);
        assertTrue(Arrays.equals(before, Files.readAllBytes(run.resolve("last.safetensors"))));
    }

    @Test
    void aProfileIsATableOfOperationsAndChangesNoWeights() throws IOException {
        Path profiled = folder.resolve("profiled");
        String told = Dsrl.run(train("--out", profiled.toString(), "--profile"))
                .expect(0)
                .err();
        for (String part : List.of(
                "operation  ",
                "GFLOP/s",
                "GB/s",
                "allocated",
                "conv2d 3x3",
                "backward",
                " more)",
                "total of one in 1 ")) {
            assertTrue(told.contains(part), () -> part + " is missing in " + told);
        }
        String file = Files.readString(profiled.resolve("profile.txt"));
        assertTrue(file.startsWith("cpu: "), file);
        assertTrue(file.contains("featureAffinity"), file);
        assertTrue(file.contains("base_net.level1.conv"), "the second table is by layer: " + file);
        assertEquals(
                bits(run.resolve("last.safetensors")),
                bits(profiled.resolve("last.safetensors")),
                "the weights are those of the run that was not watched");
    }

    private static Map<String, Integer> bits(Path file) {
        var hashes = new TreeMap<String, Integer>();
        try (Safetensors content = Safetensors.open(file)) {
            content.tensors().forEach((name, tensor) -> hashes.put(name, Arrays.hashCode(tensor.toArray())));
        }
        return hashes;
    }

    @Test
    void evaluationProfilesThePlan() {
        String told = Dsrl.run("eval", run.toString(), "--profile", "--json")
                .expect(0)
                .err();
        assertTrue(told.contains("conv2d 3x3 stride 2 + batchNorm + prelu"), told);
        assertTrue(told.contains("total of one in 20 "), told);
    }

    static Stream<Arguments> otherOptions() {
        return Stream.of(
                arguments("--epochs", "2", "--epochs: the run began with epochs = 1, not 2"),
                arguments("--input", "32x64", "--input: the run began with input_width = 48, not 64"),
                arguments("--variant", "sssr", "--variant: the run began with variant = dsrl, not sssr"),
                arguments("--width", "1.0", "--width: the run began with width = 0.5, not 1.0"),
                arguments("--variant", "other", "there is no 'other'"));
    }

    @ParameterizedTest
    @MethodSource("otherOptions")
    void resumingWithOtherOptionsIsWrongUsage(String option, String value, String message) {
        var result = Dsrl.run("train", "--resume", "--out", run.toString(), option, value)
                .expect(2);
        assertTrue(result.err().contains(message), result.err());
        assertEquals(1, result.errorLines().size());
    }

    @Test
    void evaluationGivesBothProtocolsAndIsKept() throws IOException {
        var result =
                Dsrl.run("eval", run.toString(), "--split", "test", "--json").expect(0);
        Map<String, Object> json = result.json();
        assertEquals("test", json.get("split"));
        assertEquals(2L, json.get("images"));
        for (String protocol : List.of("full_resolution", "prediction_resolution")) {
            assertEquals(11, ((Map<?, ?>) ((Map<?, ?>) json.get(protocol)).get("iou")).size());
        }
        assertTrue(((Number) json.get("images_per_second")).doubleValue() > 0);
        assertTrue((long) json.get("multiply_adds") > 0);
        assertFalse(json.containsKey("psnr"), "the best model has no image branch");
        Map<String, Object> kept = Json.parseObject(Files.readString(run.resolve("eval-test.json")));
        assertEquals(json, kept);
    }

    /** The images are generated here, apart from the command, and scored by the evaluator, which is tested by hand. */
    @ParameterizedTest
    @CsvSource({"train, 8", "val, 2", "test, 2"})
    void evaluationScoresTheImagesOfItsSplit(String split, int images) throws Exception {
        Dataset dataset = Datasets.open("streets:8", null, Split.parse(split), 96, 64);
        var model = ModelFile.read(run.resolve("best.safetensors")).model();
        Evaluation expected = new Evaluator(dataset, 32, 48, 1).evaluate(model, false, Progress.NONE);
        Map<String, Object> json = Dsrl.run("eval", run.toString(), "--split", split, "--json", "--per-image")
                .expect(0)
                .json();
        assertEquals((long) images, json.get("images"));
        assertEquals(expected.fullResolution().meanIou(), miou(json, "full_resolution"));
        assertEquals(expected.predictionResolution().meanIou(), miou(json, "prediction_resolution"));
        var shares = new TreeMap<String, Double>();
        expected.perImage().forEach(score -> shares.put(score.image(), score.pixelAccuracy()));
        var told = new TreeMap<String, Double>();
        for (Object line : (List<?>) json.get("per_image")) {
            Map<?, ?> score = (Map<?, ?>) line;
            told.put((String) score.get("image"), ((Number) score.get("pixel_accuracy")).doubleValue());
        }
        assertEquals(shares, told);
    }

    private static double miou(Map<?, ?> json, String protocol) {
        return ((Number) ((Map<?, ?>) json.get(protocol)).get("miou")).doubleValue();
    }

    @Test
    void evaluationIsTheOneThatTrainingSaw() {
        // One epoch, so best and last are the same weights, and validation was on the same images.
        double validation =
                ((Number) ((Map<?, ?>) trained.json().get("last_epoch")).get("validation_miou")).doubleValue();
        for (String weights : List.of("best", "last")) {
            Map<String, Object> json = Dsrl.run(
                            "eval", run.toString(), "--weights", weights, "--batch-size", "1", "--json")
                    .expect(0)
                    .json();
            assertEquals(validation, ((Number) ((Map<?, ?>) json.get("full_resolution")).get("miou")).doubleValue());
            assertEquals(weights.equals("last"), json.containsKey("psnr"));
        }
        String table =
                Dsrl.run("eval", run.toString(), "--weights", "last").expect(0).out();
        assertTrue(table.contains("bicyclist") && table.contains("PSNR"), table);
    }

    static Stream<Arguments> sizes() {
        return Stream.of(arguments(1, 1), arguments(33, 31), arguments(48, 32), arguments(17, 80));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void segmentsImagesOfAnySize(int width, int height, @TempDir Path place) {
        Path image = place.resolve("street.photo.png");
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31);
        }
        new ColorImage(width, height, rgb).write(image);
        Path out = place.resolve("deep/out");
        var result = Dsrl.run("segment", image.toString(), "--model", run.toString(), "--out", out.toString(), "--json")
                .expect(0);
        assertEquals(2L, result.json().get("factor"));
        LabelMap index = LabelMap.read(out.resolve("street.photo.index.png"));
        assertEquals(2 * width, index.width());
        assertEquals(2 * height, index.height());
        for (byte label : index.labels()) {
            assertTrue(label >= 0 && label < 11);
        }
        for (String kind : List.of("mask", "overlay")) {
            ColorImage picture = ColorImage.read(out.resolve("street.photo." + kind + ".png"));
            assertEquals(2 * width, picture.width());
            assertEquals(2 * height, picture.height());
        }
    }

    @Test
    void segmentPrintsTheClassesThatItSaw(@TempDir Path place) {
        Path image = place.resolve("a.png");
        new ColorImage(40, 40, new byte[3 * 40 * 40]).write(image);
        Path best = run.resolve("best.safetensors");
        var result = Dsrl.run(
                        "segment",
                        image.toString(),
                        "--model",
                        best.toString(),
                        "--out",
                        place.toString(),
                        "--alpha",
                        "1")
                .expect(0);
        assertTrue(result.out().contains("40x40 pixels, labelled at 80x80"), result.out());
        assertTrue(result.out().contains(" %"), result.out());
        assertEquals(
                ColorImage.read(place.resolve("a.mask.png")),
                ColorImage.read(place.resolve("a.overlay.png")),
                "an opaque overlay is the mask");
    }

    @Test
    void aScaleChangesWhatTheNetworkSeesAndTheLabelsSize(@TempDir Path place) {
        Path image = place.resolve("a.png");
        byte[] rgb = new byte[3 * 80 * 60];
        Arrays.fill(rgb, (byte) 200);
        new ColorImage(80, 60, rgb).write(image);
        var result = Dsrl.run(
                        "segment",
                        image.toString(),
                        "--model",
                        run.toString(),
                        "--out",
                        place.toString(),
                        "--scale",
                        "0.5",
                        "--alpha",
                        "0",
                        "--json")
                .expect(0);
        Map<?, ?> entry = (Map<?, ?>) ((List<?>) result.json().get("images")).getFirst();
        assertEquals(
                List.of(80L, 60L, 80L, 60L),
                List.of(
                        entry.get("width"),
                        entry.get("height"),
                        entry.get("labels_width"),
                        entry.get("labels_height")));
        assertEquals(
                new ColorImage(80, 60, rgb),
                ColorImage.read(place.resolve("a.overlay.png")),
                "a transparent overlay is the original, not what the network saw");
    }

    @Test
    void oneBrokenImageKeepsAllFromBeingWritten(@TempDir Path place) throws IOException {
        Path good = place.resolve("good.png");
        new ColorImage(40, 40, new byte[3 * 40 * 40]).write(good);
        Path bad = Files.writeString(place.resolve("bad.png"), "no image");
        Path out = place.resolve("out");
        var result = Dsrl.run(
                        "segment", good.toString(), bad.toString(), "--model", run.toString(), "--out", out.toString())
                .expect(1);
        assertTrue(result.err().contains("bad.png: is no image"), result.err());
        assertEquals(1, result.errorLines().size());
        assertFalse(Files.exists(out));
    }

    @Test
    void evaluationOfABrokenRunSaysWhatIsWrong(@TempDir Path place) throws IOException {
        Files.copy(run.resolve("run.json"), place.resolve("run.json"));
        var missing = Dsrl.run("eval", place.toString()).expect(1);
        assertTrue(missing.err().contains("best.safetensors"), missing.err());
        Files.writeString(place.resolve("run.json"), "{");
        var broken = Dsrl.run("eval", place.toString()).expect(1);
        assertTrue(broken.err().contains("run.json"), broken.err());
        assertEquals(1, broken.errorLines().size());
    }

    @Test
    void longMessagesAreCut(@TempDir Path place) {
        // A model of ours that lacks nearly all of its weights differs in hundreds of names.
        Path best = run.resolve("best.safetensors");
        Path cut = place.resolve("cut.safetensors");
        try (Safetensors file = Safetensors.open(best)) {
            Safetensors.write(cut, Map.of("other", Tensor.scalar(1)), file.metadata());
        }
        Path image = place.resolve("image.png");
        new ColorImage(8, 8, new byte[192]).write(image);
        var result = Dsrl.run(
                        "segment",
                        image.toString(),
                        "--model",
                        cut.toString(),
                        "--out",
                        place.resolve("o").toString())
                .expect(1);
        assertEquals(1, result.errorLines().size(), result.err());
        assertTrue(result.err().length() < 600, result.err());
        assertTrue(result.err().contains("nothing was loaded"), result.err());
        assertFalse(Files.exists(place.resolve("o")));
    }
}

package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says and leaves behind when it is used wrongly, and its commands that need no training. */
final class CommandLineTest {
    /** Blanks separate arguments; OUT stands for a place that does not exist. */
    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                arguments("", "choose a command: demo, train, eval, segment, summary, convert, export, doctor"),
                arguments("trian", "'trian'; did you mean train?"),
                arguments("train", "Missing required option: '--out=RUN'"),
                arguments(
                        "train --out OUT --dataset kitti",
                        "there is no data set 'kitti'; choose camvid, cityscapes, cityscapes-coarse, masks, streets"),
                arguments("train --out OUT --dataset streets:0", "there is no data set 'streets:0'"),
                arguments("train --out OUT --dataset camvid", "the data set camvid needs its folder: --data DIR"),
                arguments(
                        "train --out OUT --dataset masks --data OUT",
                        "the data set masks has no classes of its own; --classes FILE names them"),
                arguments("train --out OUT --classes OUT.json", "out.json: no such file"),
                arguments(
                        "train --out OUT --cache lots",
                        "'lots' is no size; bytes with k, m or g behind are expected, e.g. 512m, or 0"),
                arguments("train --out OUT --network unet", "network: there is no 'unet'; choose espnetv2"),
                arguments("train --out OUT --width 0.7", "there is no width 0.7; choose 0.5, 1.0, 1.25, 1.5 or 2.0"),
                arguments(
                        "train --out OUT --variant fast",
                        "there is no 'fast'; choose baseline, sssr, sssr+sisr or dsrl"),
                arguments("train --out OUT --input 180", "'180' is no size; write HEIGHTxWIDTH, such as 180x240"),
                arguments("train --out OUT --input 16x240", "'16x240' is too small; each side needs at least 32"),
                arguments("train --out OUT --epochs 0", "epochs (0) and batch size (8) must be at least 1"),
                arguments("train --out OUT --epochs many", "Invalid value for option '--epochs': 'many' is not an int"),
                arguments("train --out OUT --optimizer lion", "there is no 'lion'; choose adam, adamw, sgd"),
                arguments("train --out OUT --schedule step", "there is no 'step'; choose poly, cosine, constant"),
                arguments("train --out OUT --class-weights some", "there is no 'some'; choose enet, median, none"),
                arguments(
                        "train --out OUT --learning-rate 0", "the learning rate must be positive and finite, not 0.0"),
                arguments("train --out OUT --scale-min 2 --scale-max 1", "scales must be 0 < least <= largest"),
                arguments("train --out OUT --affinity-subsampling 0", "subsampling (0)"),
                arguments("train --out OUT --threads 0", "--threads must lie between 1 and 1024, not 0"),
                arguments("train --out OUT --threads 1000000", "--threads must lie between 1 and 1024, not 1000000"),
                arguments(
                        "train --out OUT --clip-norm Infinity",
                        "the clip norm must be 0 or more and finite, not Infinity"),
                arguments(
                        "train --out OUT --weight-decay NaN", "the weight decay must be 0 or more and finite, not NaN"),
                arguments(
                        "train --out OUT --warmup Infinity", "the warm-up must be 0 or more and finite, not Infinity"),
                arguments(
                        "train --out OUT --scale-max 50",
                        "scales must be 0 < least <= largest <= 16, not 0.5 and 50.0"),
                arguments(
                        "train --out OUT --matrix-product mkl",
                        "--matrix-product: there is no 'mkl'; choose own or jblas"),
                arguments("train --out OUT --colour red", "Unknown options: '--colour', 'red'"),
                arguments("eval", "Missing required parameter: 'RUN'"),
                arguments("eval OUT --split all", "--split: there is no 'all'; choose train, val or test"),
                arguments("eval OUT --weights worst", "Invalid value for option '--weights'"),
                arguments("eval OUT --batch-size 0", "--batch-size must be at least 1, not 0"),
                arguments("segment --model OUT --out OUT", "Missing required parameter: 'IMAGE'"),
                arguments("segment a.png --out OUT", "Missing required option: '--model=RUN|FILE'"),
                arguments(
                        "segment a.png --model OUT --out OUT --alpha 1.5", "--alpha must lie between 0 and 1, not 1.5"),
                arguments(
                        "segment a.png --model OUT --out OUT --scale 0", "--scale must lie between 0 and 16, not 0.0"),
                arguments("segment a/x.png b/x.jpg --model OUT --out OUT", "would both be written as x.mask.png"),
                arguments("export --model OUT --onnx OUT", "Missing required option: '--input=HxW'"),
                arguments(
                        "export --model OUT --onnx OUT --input 16x64",
                        "'16x64' is too small; each side needs at least 32"),
                arguments("summary --width 3", "there is no width 3.0"),
                arguments("summary --classes 1", "at least 2 classes are needed"),
                arguments("summary --depth -1", "--depth cannot be negative"),
                arguments("demo --seconds 5", "--seconds must be at least 20, not 5"),
                arguments("demo --images 1", "--images 4 to 1000"),
                arguments("doctor now", "Unmatched argument at index 1: 'now'"));
    }

    @ParameterizedTest(name = "dsrl {0}")
    @MethodSource("wrongUsage")
    void wrongUsageIsOneLineAndStatus2(String line, String message, @TempDir Path folder) {
        Path out = folder.resolve("out");
        var result = Dsrl.run(words(line, out)).expect(2);
        assertEquals("", result.out());
        assertEquals(1, result.errorLines().size(), result.err());
        assertTrue(result.err().startsWith("dsrl: "), result.err());
        assertTrue(result.err().contains(message), result.err());
        assertTrue(result.err().contains("--help')"), result.err());
        assertFalse(Files.exists(out), "nothing is left behind");
    }

    /** OUT stands for a place that does not exist, DIR for an empty folder, TEXT for a file that is no image and no model. */
    static Stream<Arguments> failures() {
        return Stream.of(
                arguments("train --dataset camvid --data OUT/camvid --out OUT", "out/camvid: no such folder; CamVid"),
                arguments("train --dataset camvid --data DIR --out OUT", "train.txt: no such list"),
                arguments("train --dataset cityscapes --data DIR --out OUT", "leftImg8bit"),
                arguments(
                        "train --dataset streets:4 --input 32x48 --batch-size 8 --out OUT",
                        "4 images, fewer than a batch of 8"),
                arguments("train --out TEXT", "text.png: is a file; --out names the folder of the run"),
                arguments("train --resume --out OUT", "out: no run here (no run.json)"),
                arguments("eval OUT", "out: no run here (no run.json)"),
                arguments("segment TEXT --model OUT --out OUT", "out: "),
                arguments("segment TEXT --model DIR --out OUT", "best.safetensors"),
                arguments("segment TEXT --model TEXT --out OUT", "text.png: "),
                arguments("convert OUT OUT.safetensors", "out: "),
                arguments("export --model OUT --onnx OUT.onnx --input 64x64", "out: "),
                arguments("export --model TEXT --onnx OUT.onnx --input 64x64", "text.png: "),
                arguments("convert TEXT OUT", "text.png: the format is not known"));
    }

    @ParameterizedTest(name = "dsrl {0}")
    @MethodSource("failures")
    void failuresAreOneLineAndStatus1(String line, String message, @TempDir Path folder) throws IOException {
        Path out = folder.resolve("out");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path text = Files.writeString(folder.resolve("text.png"), "this is no image, and no model either");
        String filled = line.replace("DIR", empty.toString()).replace("TEXT", text.toString());
        var result = Dsrl.run(words(filled, out)).expect(1);
        assertEquals("", result.out());
        String last = result.errorLines().getLast();
        assertTrue(last.startsWith("dsrl: "), result.err());
        assertTrue(last.contains(message), result.err());
        // Kernels are announced first where the failure shows only after the data were opened.
        assertTrue(result.errorLines().size() == 1 || result.err().startsWith("cpu: "), result.err());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of("empty", "text.png"),
                    left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    private static String[] words(String line, Path out) {
        return line.isEmpty()
                ? new String[0]
                : line.replace("OUT", out.toString()).split(" ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "train", "eval", "segment", "summary", "convert", "export", "doctor", "demo"})
    void helpAndVersionGoToStandardOutput(String command) {
        String[] help = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        var result = Dsrl.run(help).expect(0);
        assertEquals("", result.err());
        assertTrue(result.out().startsWith("Usage: dsrl"), result.out());
        String[] version = command.isEmpty() ? new String[] {"--version"} : new String[] {command, "--version"};
        assertTrue(Dsrl.run(version).expect(0).out().startsWith("dsrl4j "));
    }

    @Test
    void completionOffersWhatThereIs() {
        String script = Dsrl.run("generate-completion").expect(0).out();
        for (String word : List.of("camvid", "espnetv2", "sssr+sisr", "adamw", "cosine", "median")) {
            assertTrue(script.contains("\"" + word + "\""), word);
        }
    }

    @Test
    void doctorSaysWhatItFound() {
        var result = Dsrl.run("doctor", "--json").expect(0);
        assertEquals("", result.err());
        Map<String, Object> json = result.json();
        assertEquals(true, json.get("ok"));
        assertEquals(Runtime.version().toString(), ((Map<?, ?>) json.get("java")).get("version"));
        Map<?, ?> kernels = (Map<?, ?>) json.get("kernels");
        assertTrue(((Number) kernels.get("vector_lanes")).intValue() >= 1);
        assertTrue(((Number) kernels.get("threads")).intValue() >= 1);
        assertTrue(kernels.get("reason").toString().startsWith("cpu: "), kernels.toString());
        var selfCheck = ((List<?>) json.get("findings"))
                .stream()
                        .map(finding -> (Map<?, ?>) finding)
                        .filter(finding -> "self-check".equals(finding.get("name")))
                        .findFirst()
                        .orElseThrow();
        assertEquals("ok", selfCheck.get("status"), selfCheck.toString());

        String text = Dsrl.run("doctor").expect(0).out();
        assertTrue(text.contains("self-check"), text);
    }

    @Test
    void summaryCountsWhatTheModelHas() {
        Map<String, Object> used =
                Dsrl.run("summary", "--input", "32x64", "--json").expect(0).json();
        Map<String, Object> trained = Dsrl.run("summary", "--input", "32x64", "--training", "--json")
                .expect(0)
                .json();
        assertTrue((long) used.get("parameters") < (long) trained.get("parameters"));
        assertTrue((long) used.get("multiply_adds") < (long) trained.get("multiply_adds"));
        long baseline = (long) Dsrl.run("summary", "--input", "32x64", "--variant", "baseline", "--json")
                .expect(0)
                .json()
                .get("parameters");
        // At least two transposed convolutions of 11 to 11 channels, each with batch normalisation and PReLU.
        assertTrue((long) used.get("parameters") >= baseline + 2 * (11 * 11 * 9 + 3 * 11));
        assertTrue(Dsrl.run("summary", "--input", "32x64", "--depth", "0")
                .expect(0)
                .out()
                .contains("base_net.level1.conv"));
    }

    @Test
    void convertKeepsValuesAndMetadata(@TempDir Path folder) {
        Path in = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        Safetensors.write(in, Map.of("w", Tensor.of(Shape.of(3), 1, -0.5f, 1024)), Map.of("kept", "yes"));
        String said = Dsrl.run("convert", in.toString(), out.toString(), "--dtype", "F16")
                .expect(0)
                .out();
        assertTrue(said.contains("1 tensors, 3 values"), said);
        try (Safetensors file = Safetensors.open(out)) {
            assertEquals(Map.of("kept", "yes", "format", "pt"), file.metadata());
            assertEquals("F16", file.entry("w").dtype().name());
            assertArrayEquals(new float[] {1, -0.5f, 1024}, file.tensor("w").toArray());
        }
        var again = Dsrl.run("convert", in.toString(), out.toString()).expect(2);
        assertTrue(again.err().contains("exists; --force replaces it"), again.err());
        Dsrl.run("convert", in.toString(), out.toString(), "--force").expect(0);
    }
}

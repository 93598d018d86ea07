package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.nn.checkpoint.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Own classes: what a file of them means, what is refused, and how label files are read with them. */
final class LabellingTest {
    private static final String TWO =
            "\"classes\": [{\"name\": \"road\", \"color\": [128, 64, 128]}, {\"name\": \"car\", \"color\": \"#400080\"}]";

    @TempDir
    Path folder;

    private Labelling parse(String more) {
        return Labelling.read(file("{" + TWO + more + "}"));
    }

    private Path file(String json) {
        var file = folder.resolve("own.json");
        Pictures.text(file, json);
        return file;
    }

    @Test
    void theShortestFileIsNamesAlone() {
        var labelling = Labelling.read(file("\uFEFF{\"classes\": [\"road\", \" car \", {\"name\": \"sky\"}]}"));
        // The first colours of Pascal VOC after black.
        assertEquals(
                new ClassSet(
                        "own",
                        List.of(
                                new ClassInfo("road", 0x800000),
                                new ClassInfo("car", 0x008000),
                                new ClassInfo("sky", 0x808000)),
                        255),
                labelling.classes());
        assertEquals(Labelling.Form.AUTO, labelling.form());
        assertEquals(Map.of(), labelling.values());
        assertEquals(Map.of(), labelling.colors());
    }

    @Test
    void allFieldsAreRead() {
        var labelling = parse(", \"name\": \"mine\", \"ignore\": 11, \"labels\": \"colors\", \"unknown\": \"ignore\","
                + " \"map\": {\"7\": 0, \"26\": \"car\", \"0\": \"ignore\", \"9\": 11},"
                + " \"colors\": {\"#000000\": \"ignore\", \"1, 2,3\": \"road\", \"#ffFFff\": 1}");
        assertEquals(
                new Labelling(
                        new ClassSet(
                                "mine", List.of(new ClassInfo("road", 0x804080), new ClassInfo("car", 0x400080)), 11),
                        Labelling.Form.COLORS,
                        Map.of(7, 0, 26, 1, 0, 11, 9, 11),
                        Map.of(0x804080, 0, 0x400080, 1, 0, 11, 0x010203, 0, 0xFFFFFF, 1),
                        true),
                labelling);
    }

    static Stream<String> files() {
        return Stream.of(
                "{\"classes\": [\"a\", \"b\"]}",
                "{\"classes\": [\"a\", {\"name\": \"b\", \"color\": \"#800000\"}, \"c\"], \"name\": \"n\"}",
                "{" + TWO + ", \"map\": {\"3\": 1, \"4\": \"ignore\"}, \"unknown\": \"ignore\"}",
                "{" + TWO + ", \"labels\": \"values\", \"colors\": {\"#000000\": 0}}");
    }

    @ParameterizedTest
    @MethodSource("files")
    void whatIsWrittenIsReadAsTheSame(String json) {
        var labelling = Labelling.read(file(json));
        assertEquals(labelling, Labelling.fromJson("json", Json.parseObject(Json.write(labelling.toJson()))), json);
    }

    @Test
    void classesOfThisProgramSurviveTheirJson() {
        for (var classes : List.of(ClassSet.CAMVID, ClassSet.CITYSCAPES)) {
            var labelling = Labelling.of(classes);
            assertEquals(labelling, Labelling.fromJson("json", Json.parseObject(Json.write(labelling.toJson()))));
        }
    }

    static Stream<Arguments> wrongFiles() {
        var known = "known: name, classes, ignore, labels, map, colors, unknown";
        return Stream.of(
                arguments("", "JSON: line 1, column 1"),
                arguments(
                        "{}", "'classes' must be a list, e.g. [{\"name\": \"road\", \"color\": [128, 64, 128]}, ...]"),
                arguments("{\"classes\": []}", "'classes' has 0 entries; 1 to 255 are supported"),
                arguments(
                        "{" + TWO + ", \"ignored\": 3}",
                        "the file has a field 'ignored', which means nothing; did you mean 'ignore'? (" + known + ")"),
                arguments("{" + TWO + ", \"x\": 3}", "the file has a field 'x', which means nothing (" + known + ")"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"colour\": 1}]}",
                        "class 0 has a field 'colour', which means nothing; did you mean 'color'? (known: name, color, id)"),
                arguments("{\"classes\": [\"a\", \"b\", \"a\"]}", "classes 0 and 2 are both called 'a'"),
                arguments("{\"classes\": [\"a\", \"ignore\"]}", "class 1: 'ignore' cannot be the name of a class"),
                arguments("{\"classes\": [{\"color\": [1, 2, 3]}]}", "class 0, 'name' is missing"),
                arguments("{\"classes\": [{\"name\": 3}]}", "class 0, 'name' must be a text, not 3"),
                arguments("{\"classes\": [3]}", "class 0 must be an object, not 3"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"id\": 7}]}",
                        "class 0: its id says 7; ids follow the order of the list, and 'map' says which stored values they have"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"color\": \"#102030\"}, {\"name\": \"b\", \"color\": [16, 32, 48]}]}",
                        "classes 0 and 1 have one colour, #102030"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"color\": \"red\"}]}",
                        "class 0: \"red\" is no colour; [red, green, blue] of 0..255 or \"#RRGGBB\" is expected"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"color\": [1, 2]}]}",
                        "class 0: [1,2] is no colour; [red, green, blue] of 0..255 or \"#RRGGBB\" is expected"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"color\": [1, 2, 256]}]}",
                        "class 0: 256 is no part of a colour; 0..255 is expected"),
                arguments(
                        "{\"classes\": [{\"name\": \"a\", \"color\": [1, 2, 0.5]}]}",
                        "class 0, 'color' must be a whole number, not 0.5"),
                arguments(
                        "{" + TWO + ", \"ignore\": 1}",
                        "'ignore' is 1, but must lie in 2..255: 0..1 are the classes; to ignore a stored value that is lower, map it: \"map\": {\"0\": \"ignore\", \"1\": 0, ...}"),
                arguments(
                        "{" + TWO + ", \"ignore\": 256}",
                        "'ignore' is 256, but must lie in 2..255: 0..1 are the classes; to ignore a stored value that is lower, map it: \"map\": {\"0\": \"ignore\", \"1\": 0, ...}"),
                arguments("{" + TWO + ", \"ignore\": null}", "'ignore' must be a whole number, not null"),
                arguments(
                        "{" + TWO + ", \"map\": {\"256\": 0}}",
                        "'map': '256' is no value of a label file; 0..255 is expected"),
                arguments(
                        "{" + TWO + ", \"map\": {\"-1\": 0}}",
                        "'map': '-1' is no value of a label file; 0..255 is expected"),
                arguments(
                        "{" + TWO + ", \"map\": {\"1\": 2}}",
                        "'map': 1: id 2 is neither a class (0..1) nor the ignored id 255"),
                arguments(
                        "{" + TWO + ", \"map\": {\"1\": \"raod\"}}",
                        "'map': 1: there is no class 'raod'; did you mean 'road'?"),
                arguments("{" + TWO + ", \"map\": [0, 1]}", "'map' must be an object, not [0,1]"),
                arguments(
                        "{" + TWO + ", \"colors\": {\"#804080\": \"car\"}}",
                        "'colors': #804080 is the colour of class 'road' already"),
                arguments(
                        "{" + TWO + ", \"labels\": \"color\"}",
                        "'labels' is 'color'; one of values, colors, auto is expected; did you mean 'colors'?"),
                arguments(
                        "{" + TWO + ", \"unknown\": \"skip\"}",
                        "'unknown' is 'skip'; one of error, ignore is expected"),
                arguments(
                        "{\"classes\": [\"a\", \"b\"], \"labels\": \"colors\"}",
                        "labels are \"colors\", but 2 of 2 classes have none"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void whatIsWrongIsNamed(String json, String message) {
        var file = file(json);
        var error = assertThrows(DatasetException.class, () -> Labelling.read(file));
        assertEquals(
                file + ": " + message,
                json.isEmpty()
                        ? error.getMessage().substring(0, file.toString().length() + 2 + message.length())
                        : error.getMessage());
    }

    @Test
    void filesThatAreNoTextAreNamed() throws IOException {
        var file = folder.resolve("none.json");
        assertEquals(
                file + ": no such file",
                assertThrows(DatasetException.class, () -> Labelling.read(file)).getMessage());
        Files.write(file, "\uFEFF{}".getBytes(StandardCharsets.UTF_16LE));
        assertEquals(
                file + ": is UTF-16 text; save it as UTF-8",
                assertThrows(DatasetException.class, () -> Labelling.read(file)).getMessage());
    }

    private Path grey(int... values) {
        var file = folder.resolve("labels.png");
        new LabelMap(values.length, 1, bytes(values)).write(file);
        return file;
    }

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private Path colors(String format, int... colors) {
        var image = new BufferedImage(colors.length, 1, BufferedImage.TYPE_3BYTE_BGR);
        for (int x = 0; x < colors.length; x++) {
            image.setRGB(x, 0, colors[x]);
        }
        var file = folder.resolve("mask." + format);
        try {
            ImageIO.write(image, format, file.toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return file;
    }

    /** Additions to two classes, stored values, and their ids. */
    static Stream<Arguments> valueFiles() {
        return Stream.of(
                arguments("", new int[] {0, 1, 255}, new int[] {0, 1, 255}),
                arguments(", \"ignore\": 2", new int[] {0, 1, 2}, new int[] {0, 1, 2}),
                arguments(
                        ", \"map\": {\"7\": 0, \"26\": 1, \"33\": 1, \"0\": \"ignore\"}",
                        new int[] {26, 7, 0, 33, 255},
                        new int[] {1, 0, 255, 1, 255}),
                arguments(", \"map\": {\"255\": 1}", new int[] {255}, new int[] {1}),
                arguments(", \"map\": {\"1\": 0}, \"unknown\": \"ignore\"", new int[] {0, 1, 2, 254}, new int[] {
                    255, 0, 255, 255
                }),
                arguments(", \"unknown\": \"ignore\"", new int[] {0, 1, 2, 254}, new int[] {0, 1, 255, 255}));
    }

    @ParameterizedTest
    @MethodSource("valueFiles")
    void storedValuesBecomeIds(String more, int[] values, int[] ids) {
        assertArrayEquals(bytes(ids), parse(more).readLabels(grey(values)).labels(), more);
    }

    @Test
    void valuesWithoutAClassAreNamed() {
        var file = grey(0, 1, 34);
        assertEquals(
                file + ": label 34 at pixel (x 2, y 0) is neither a class (0..1) of own nor the ignore index 255",
                assertThrows(DatasetException.class, () -> parse("").readLabels(file))
                        .getMessage());
        assertEquals(
                file + ": value 1 at pixel (x 1, y 0) is not in the map of the classes 'own' (it maps 0, 34)",
                assertThrows(
                                DatasetException.class,
                                () -> parse(", \"map\": {\"34\": 1, \"0\": 0}").readLabels(file))
                        .getMessage());
    }

    @ParameterizedTest
    @MethodSource("colorFormats")
    void coloursBecomeIds(String more, String format) {
        var labelling = parse(", \"colors\": {\"#000000\": \"ignore\"}" + more);
        assertArrayEquals(
                bytes(0, 0, 1, 255, 0),
                labelling
                        .readLabels(colors(format, 0x804080, 0x804080, 0x400080, 0, 0x804080))
                        .labels());
    }

    static Stream<Arguments> colorFormats() {
        return Stream.of(
                arguments("", "png"),
                arguments(", \"labels\": \"colors\"", "png"),
                arguments(", \"labels\": \"colors\"", "bmp"));
    }

    @Test
    void coloursWithoutAClassAreNamedWithTheNearest() {
        var file = colors("png", 0x804080, 0x410081, 0x000000);
        assertEquals(
                file
                        + ": colour #410081 at pixel (x 1, y 0) is none of the classes 'own'; the nearest is #400080 (car)",
                assertThrows(DatasetException.class, () -> parse("").readLabels(file))
                        .getMessage());
        assertArrayEquals(
                bytes(0, 255, 255),
                parse(", \"unknown\": \"ignore\"").readLabels(file).labels());
        var names = Labelling.read(file("{\"classes\": [\"a\"]}"));
        assertEquals(
                file
                        + ": colour #804080 at pixel (x 0, y 0) is none of the classes 'own'; the classes file gives no colours",
                assertThrows(DatasetException.class, () -> names.readLabels(file))
                        .getMessage());
        var jpeg = colors("jpg", 0x804080);
        assertEquals(
                jpeg + ": is a JPEG, which does not keep colours exact; label maps must be PNGs",
                assertThrows(
                                DatasetException.class,
                                () -> parse(", \"labels\": \"colors\"").readLabels(jpeg))
                        .getMessage());
    }

    /** A palette image says labels twice, and tools that save colours as a palette number them as they like. */
    @Test
    void aPaletteThatContradictsItsValuesMustBeExplained() {
        var file = folder.resolve("palette.png");
        var swapped = new ClassSet("s", List.of(new ClassInfo("a", 0x400080), new ClassInfo("b", 0x804080)), 255);
        new LabelMap(2, 1, bytes(0, 1)).write(file, swapped);
        assertEquals(
                file
                        + ": its palette's values and colours say different classes; say \"labels\": \"values\" or \"labels\": \"colors\" in the classes file",
                assertThrows(DatasetException.class, () -> parse("").readLabels(file))
                        .getMessage());
        assertArrayEquals(
                bytes(0, 1), parse(", \"labels\": \"values\"").readLabels(file).labels());
        assertArrayEquals(
                bytes(1, 0), parse(", \"labels\": \"colors\"").readLabels(file).labels());
        assertEquals(
                file
                        + ": value 0 at pixel (x 0, y 0) is not in the map of the classes 'own' (it maps 5); its colours are those of classes: if they are meant, say \"labels\": \"colors\" in the classes file",
                assertThrows(
                                DatasetException.class,
                                () -> parse(", \"map\": {\"5\": 0}").readLabels(file))
                        .getMessage());
        new LabelMap(2, 1, bytes(0, 1)).write(file, parse("").classes());
        assertArrayEquals(bytes(0, 1), parse("").readLabels(file).labels());
        new LabelMap(2, 1, bytes(0, 1)).write(file, ClassSet.CAMVID);
        assertArrayEquals(bytes(0, 1), parse("").readLabels(file).labels(), "a palette of other colours says nothing");
    }

    @Test
    void generatedStreetsTakeOwnClassesByValue() {
        var dataset = Streets.of(
                1,
                32,
                16,
                1,
                Split.TRAIN,
                parse(", \"map\": {\"3\": \"road\", \"8\": \"car\"}, \"unknown\": \"ignore\""));
        var plain = Streets.of(1, 32, 16, 1, Split.TRAIN);
        var ids = dataset.get(0).labels().labels();
        var labels = plain.get(0).labels().labels();
        for (int i = 0; i < ids.length; i++) {
            assertEquals(labels[i] == 3 ? 0 : labels[i] == 8 ? 1 : 255, ids[i] & 0xFF);
        }
        assertEquals(
                "classes 'own': the labels of streets/train are values, not colours",
                assertThrows(
                                DatasetException.class,
                                () -> Streets.of(1, 32, 16, 1, Split.TRAIN, parse(", \"labels\": \"colors\"")))
                        .getMessage());
    }
}

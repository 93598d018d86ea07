package io.github.dsrl4j.dsrl.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists as people and their tools write them: the listed files are read, or the line is refused. */
final class CamVidListTest {
    /** Red of the image, and label, of each file that a list may name; every pair is its own. */
    private static final List<String> NAMES = List.of("a", "b", "my photo", "o'clock", "#1");

    @TempDir
    Path root;

    @BeforeEach
    void layout() {
        for (var name : NAMES) {
            pair(root, name, NAMES.indexOf(name));
        }
    }

    private static void pair(Path folder, String name, int label) {
        Pictures.folder(folder.resolve("train"));
        Pictures.folder(folder.resolve("trainannot"));
        Pictures.encode(Pictures.uniform(4, 3, label)).write(folder.resolve("train/" + name + ".png"));
        Pictures.uniform(4, 3, label).write(folder.resolve("trainannot/" + name + ".png"));
    }

    private Path list(byte[] bytes) {
        try {
            return Files.write(root.resolve("train.txt"), bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Dataset open(String text) {
        list(text.getBytes(UTF_8));
        return CamVid.open(root, Split.TRAIN);
    }

    /** What the samples' images say, which must be what their labels say. */
    private static List<Integer> labels(Dataset dataset) {
        return IntStream.range(0, dataset.size())
                .mapToObj(i -> {
                    var sample = dataset.get(i);
                    int label = sample.labels().label(0, 0);
                    assertEquals(20 * label + 5, sample.image().pixel(0, 0) >> 16, sample.name());
                    return label;
                })
                .toList();
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                arguments("LF", "train/a.png trainannot/a.png\ntrain/b.png trainannot/b.png\n", List.of(0, 1)),
                arguments("CRLF", "train/a.png trainannot/a.png\r\ntrain/b.png trainannot/b.png\r\n", List.of(0, 1)),
                arguments("CR", "train/a.png trainannot/a.png\rtrain/b.png trainannot/b.png\r", List.of(0, 1)),
                arguments("no end of line", "train/a.png trainannot/a.png", List.of(0)),
                arguments("mark", "\uFEFFtrain/a.png trainannot/a.png\n", List.of(0)),
                arguments("blank lines", "\n  \n\ttrain/a.png\t\ttrainannot/a.png  \n\n", List.of(0)),
                arguments("comments", "# of 2016\ntrain/a.png trainannot/a.png\n#train/b.png x\n", List.of(0)),
                arguments("no comment", "#1.png train/a.png\n", List.of()),
                arguments("name with #", "train/#1.png trainannot/#1.png", List.of(4)),
                arguments("quotes", "\"train/my photo.png\" 'trainannot/my photo.png'", List.of(2)),
                arguments("one in quotes", "train/a.png \"trainannot/a.png\"", List.of(0)),
                arguments("tab", "train/my photo.png\ttrainannot/my photo.png", List.of(2)),
                arguments("tab and quotes", "\"train/my photo.png\"\t\"trainannot/my photo.png\"", List.of(2)),
                arguments("apostrophe", "train/o'clock.png trainannot/o'clock.png", List.of(3)),
                arguments("dots", "./train/a.png train/../trainannot/./a.png", List.of(0)),
                arguments(
                        "Windows",
                        "train\\a.png trainannot\\a.png\r\n.\\train\\b.png trainannot\\b.png",
                        List.of(0, 1)),
                arguments("image alone", "train/b.png\ntrain\\a.png\n", List.of(1, 0)),
                arguments("twice", "train/a.png\ntrain/b.png\ntrain/a.png trainannot/a.png\n", List.of(0, 1, 0)),
                arguments("tutorial", "/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png", List.of(0)),
                arguments("tutorial, Windows", "C:\\CamVid\\train\\a.png C:/CamVid/trainannot/a.png", List.of(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void listedFilesAreRead(String what, String text, List<Integer> expected) {
        if (expected.isEmpty()) {
            // A line that begins with # and names no file is a comment.
            assertEquals(
                    root.resolve("train.txt") + ": lists no samples; lines of the form 'image annotation' are expected",
                    assertThrows(DatasetException.class, () -> open(text)).getMessage(),
                    what);
        } else {
            assertEquals(expected, labels(open(text)), what);
        }
    }

    @Test
    void aFileWhoseNameBeginsLikeACommentIsTaken() {
        Pictures.encode(Pictures.uniform(4, 3, 7)).write(root.resolve("#7.png"));
        Pictures.uniform(4, 3, 7).write(root.resolve("seven.png"));
        assertEquals(List.of(7), labels(open("#7.png seven.png")));
    }

    @Test
    void absolutePathsAreTheListedFilesEvenWhereTheRootHasSuchNamesToo(@TempDir Path elsewhere) {
        pair(elsewhere, "a", 9);
        var dataset = open(
                "%s/train/a.png %s/trainannot/a.png\ntrain/a.png trainannot/a.png\n".formatted(elsewhere, elsewhere));
        assertEquals(List.of(9, 0), labels(dataset));
        assertEquals(List.of(), dataset.notes());
        assertEquals(64, dataset.fingerprint().length());
    }

    @Test
    void theLastTwoNamesOfAPathThatDoesNotExistAreTakenAndTold() {
        var dataset = open("train/b.png\n/gone/train/a.png /gone/trainannot/a.png");
        assertEquals(List.of(1, 0), labels(dataset));
        assertEquals(
                List.of(
                        "%s: 2 absolute paths do not exist (/gone/train/a.png, line 2); the files of their last two names under %s are used instead"
                                .formatted(root.resolve("train.txt"), root)),
                dataset.notes());
    }

    @Test
    void aMissingFileOfAListOfThisMachineIsNotReplaced(@TempDir Path elsewhere) throws IOException {
        pair(elsewhere, "a", 9);
        Files.delete(elsewhere.resolve("trainannot/a.png"));
        assertEquals(
                "%s: 1 absolute paths do not exist (%s/trainannot/a.png, line 1), though others do, as %s/train/a.png; make the files, or take out the lines"
                        .formatted(root.resolve("train.txt"), elsewhere, elsewhere),
                assertThrows(
                                DatasetException.class,
                                () -> open("%s/train/a.png %s/trainannot/a.png".formatted(elsewhere, elsewhere)))
                        .getMessage());
    }

    @Test
    void aColourRenderingIsNoLabelMap() {
        Pictures.texture(4, 3).write(root.resolve("trainannot/a.png"));
        var dataset = open("train/a.png");
        assertEquals(
                root.resolve("trainannot/a.png")
                        + ": is a colour PNG, but class ids are expected (grey or palette); own classes can be read by colour (--classes)"
                        + " (line 1 of train.txt)",
                assertThrows(DatasetException.class, () -> dataset.get(0)).getMessage());
    }

    @Test
    void repetitionsAreTold() {
        assertEquals(
                List.of(
                        "camvid/train: 1 samples are listed again and count again; the first is %s (line 3 of train.txt)"
                                .formatted(root.resolve("train/a.png"))),
                open("train/a.png\ntrain/b.png\ntrain/a.png").notes());
    }

    static Stream<Arguments> wrongTexts() {
        return Stream.of(
                arguments(
                        "train/my photo.png trainannot/my photo.png",
                        "ROOT/train.txt: line 1 has 4 words, 'train/my photo.png trainannot/my photo.png'; 'image annotation' is expected"
                                + " (names with blanks need quotes, or a tab between the two)"),
                arguments(
                        "\ntrain/a.png \"trainannot/a.png",
                        "ROOT/train.txt: line 2 has a quotation mark \" without its partner: train/a.png \"trainannot/a.png"),
                arguments(
                        "train/a.png trainannot/c.png",
                        "ROOT/trainannot/c.png: no such label map file (line 1 of train.txt) (1 of 2 files of camvid/train are missing)"),
                arguments(
                        "train/a.png trainannot/A.PNG",
                        "ROOT/trainannot/A.PNG: no such label map file; there is a.png, in other letters (line 1 of train.txt)"
                                + " (1 of 2 files of camvid/train are missing)"),
                arguments(
                        "train trainannot/a.png",
                        "ROOT/train: is a folder; an image file is expected (line 1 of train.txt) (1 of 2 files of camvid/train are missing)"),
                arguments(
                        "/gone/train/z.png trainannot/a.png",
                        "/gone/train/z.png: no such image file (line 1 of train.txt) (1 of 2 files of camvid/train are missing)"),
                arguments(
                        "train/a.png trainannot/a.png\ntrain/a.png trainannot/b.png",
                        "ROOT/train/a.png: has two label maps, ROOT/trainannot/a.png (line 1 of train.txt) and ROOT/trainannot/b.png (line 2 of train.txt)"),
                arguments(
                        "train/a.png train/a.png",
                        "ROOT/train/a.png: is image and label map at once (line 1 of train.txt)"),
                arguments("", "ROOT/train.txt: lists no samples; lines of the form 'image annotation' are expected"));
    }

    @ParameterizedTest
    @MethodSource("wrongTexts")
    void wrongLinesAreRefused(String text, String message) {
        assertEquals(
                message.replace("ROOT", root.toString()),
                assertThrows(DatasetException.class, () -> open(text)).getMessage());
    }

    static Stream<Arguments> encodings() {
        var line = "train/a.png trainannot/a.png\n";
        return Stream.of(
                arguments(("\uFEFF" + line).getBytes(UTF_16LE), "is UTF-16 text; save it as UTF-8"),
                arguments(("\uFEFF" + line).getBytes(UTF_16BE), "is UTF-16 text; save it as UTF-8"),
                arguments(
                        line.getBytes(UTF_16LE),
                        "is no UTF-8 text (it has zero bytes, as UTF-16 has); save it as UTF-8"),
                arguments(
                        (line + "train/\u00e4.png trainannot/a.png\n").getBytes(ISO_8859_1),
                        "line 2 is not UTF-8 (byte 0xE4; Latin-1 or another old encoding?); save the file as UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void otherEncodingsAreNamed(byte[] bytes, String message) {
        var list = list(bytes);
        assertEquals(
                list + ": " + message,
                assertThrows(DatasetException.class, () -> CamVid.open(root, Split.TRAIN))
                        .getMessage());
    }

    @Test
    void listsFilesAndTheRootMayBeLinks(@TempDir Path elsewhere) throws IOException {
        pair(elsewhere, "a", 6);
        Files.writeString(elsewhere.resolve("list"), "train/l.png trainannot/l.png");
        Files.createSymbolicLink(root.resolve("train/l.png"), elsewhere.resolve("train/a.png"));
        Files.createSymbolicLink(root.resolve("trainannot/l.png"), elsewhere.resolve("trainannot/a.png"));
        Files.createSymbolicLink(root.resolve("train.txt"), elsewhere.resolve("list"));
        var link = Files.createSymbolicLink(elsewhere.resolve("root"), root);
        assertEquals(List.of(6), labels(CamVid.open(link, Split.TRAIN)));
        Files.delete(elsewhere.resolve("train/a.png"));
        assertEquals(
                "%s: is a symbolic link to %s, which does not exist (line 1 of train.txt) (1 of 2 files of camvid/train are missing)"
                        .formatted(link.resolve("train/l.png"), elsewhere.resolve("train/a.png")),
                assertThrows(DatasetException.class, () -> CamVid.open(link, Split.TRAIN))
                        .getMessage());
    }

    @Test
    void messagesAboutAFilesContentsNameItsLine() throws IOException {
        Files.write(root.resolve("train/b.png"), new byte[0]);
        var dataset = open("train/a.png\n\ntrain/b.png");
        assertEquals(
                root.resolve("train/b.png")
                        + ": is no image (the file is empty); PNG or JPEG is expected (line 3 of train.txt)",
                assertThrows(DatasetException.class, () -> dataset.get(1)).getMessage());
    }
}

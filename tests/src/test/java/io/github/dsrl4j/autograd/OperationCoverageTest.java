package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.SharedData;
import io.github.dsrl4j.autograd.op.Conv2d;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation there is has a gradient check, a test of its shape errors, and documentation. */
final class OperationCoverageTest {
    private static final String PACKAGE = "io.github.dsrl4j.autograd.op";

    /** What the comment of an operation must hold: the formula, the shapes, the cost, and the gradient. */
    private static final List<String> SECTIONS =
            List.of("<pre>[^<]*=[^<]*</pre>", "nput", "utput", "Cost:", "Backward:", "keeps|keep ");

    /** All classes of the package, found in the folder or archive that they were loaded from. */
    static List<Class<? extends Operation>> operations() throws IOException, URISyntaxException {
        Class<?> one = Conv2d.class;
        URI origin = one.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path place = Path.of(origin);
        if (Files.isDirectory(place)) {
            return operationsIn(place);
        }
        try (var archive = FileSystems.newFileSystem(place)) {
            return operationsIn(archive.getPath("/"));
        }
    }

    private static List<Class<? extends Operation>> operationsIn(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(PACKAGE.replace('.', '/')))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$"))
                    .sorted()
                    .map(OperationCoverageTest::load)
                    .filter(Operation.class::isAssignableFrom)
                    .<Class<? extends Operation>>map(type -> type.asSubclass(Operation.class))
                    .toList();
        }
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(PACKAGE + "." + file.substring(0, file.length() - ".class".length()));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void allFilesThatHoldOperationsAreFound() throws Exception {
        Path folder = SharedData.repository().resolve("autograd/src/main/java/" + PACKAGE.replace('.', '/'));
        var inSource = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(folder, "*.java")) {
            for (Path file : files) {
                if (Files.readString(file).contains("implements Operation")) {
                    inSource.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        inSource.sort(null);
        assertEquals(inSource, operations().stream().map(Class::getSimpleName).toList());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void hasAGradientCheck(Class<? extends Operation> operation) {
        assertTrue(
                GradientCases.ALL.stream().anyMatch(c -> c.operation() == operation),
                () -> operation + " has no case in GradientCases");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void hasATestOfItsShapeErrors(Class<? extends Operation> operation) {
        boolean ofAnyShape = ShapeErrorTest.OF_ANY_SHAPE.stream().anyMatch(o -> o.getClass() == operation);
        boolean refuses = ShapeErrorCases.ALL.stream().anyMatch(c -> c.operation() == operation);
        assertTrue(
                ofAnyShape != refuses,
                () -> operation + " has no case in ShapeErrorCases, and is not listed as taking any shape");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void isDocumented(Class<? extends Operation> operation) throws IOException {
        Path file = SharedData.repository()
                .resolve("autograd/src/main/java/" + operation.getName().replace('.', '/') + ".java");
        Matcher comment = Pattern.compile(
                        "/\\*\\*((?:(?!\\*/).)*)\\*/\\s+public record " + operation.getSimpleName(), Pattern.DOTALL)
                .matcher(Files.readString(file));
        assertTrue(comment.find(), () -> operation + " has no comment");
        for (String section : SECTIONS) {
            assertTrue(
                    Pattern.compile(section).matcher(comment.group(1)).find(),
                    () -> "the comment of " + operation + " says nothing of: " + section);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shapeErrorCasesAreOfTheOperationThatTheyName(Class<? extends Operation> operation) throws Exception {
        for (ShapeErrorCase c : ShapeErrorCases.ALL) {
            if (c.operation() == operation) {
                String name = c.message().substring(0, c.message().indexOf(':'));
                assertEquals(nameOf(operation), name);
            }
        }
    }

    /** The operation's name, from the source, as an instance needs options. */
    private static String nameOf(Class<? extends Operation> operation) throws IOException {
        Path file = SharedData.repository()
                .resolve("autograd/src/main/java/" + operation.getName().replace('.', '/') + ".java");
        Matcher name =
                Pattern.compile("String name\\(\\) \\{\\s+return \"(\\w+)\";").matcher(Files.readString(file));
        assertTrue(name.find(), () -> "no name in " + file);
        return name.group(1);
    }
}

package io.github.dsrl4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ShapeTest {
    private static final Shape IMAGES = Shape.of(2, 3, 4, 5);

    @Test
    void extentsAndSize() {
        assertEquals(4, IMAGES.rank());
        assertEquals(120, IMAGES.size());
        assertEquals(2, IMAGES.dim(0));
        assertEquals(5, IMAGES.dim(-1));
        assertEquals(2, IMAGES.dim(-4));
        assertEquals(12, IMAGES.span(1, 3));
        assertEquals(1, IMAGES.span(2, 2));
        assertArrayEquals(new int[] {60, 20, 5, 1}, IMAGES.strides());
        assertEquals("[2, 3, 4, 5]", IMAGES.toString());
    }

    @Test
    void scalarsAndEmptyTensors() {
        assertEquals(0, Shape.of().rank());
        assertEquals(1, Shape.of().size());
        assertEquals("[]", Shape.of().toString());
        assertArrayEquals(new int[0], Shape.of().strides());
        assertEquals(0, Shape.of(3, 0, 5).size());
        assertEquals(
                0,
                Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0)
                        .size());
    }

    @Test
    void equality() {
        assertEquals(Shape.of(2, 3), Shape.of(2, 3));
        assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
        assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
        assertNotEquals(Shape.of(2), Shape.of(2, 1));
    }

    @Test
    void doesNotShareItsExtents() {
        int[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 7;
        shape.dims()[1] = 7;
        assertEquals(Shape.of(2, 3), shape);
    }

    @Test
    void withOneExtentReplaced() {
        assertEquals(Shape.of(2, 9, 4, 5), IMAGES.with(1, 9));
        assertEquals(Shape.of(2, 3, 4, 9), IMAGES.with(-1, 9));
        assertEquals(Shape.of(2, 3, 4, 5), IMAGES);
    }

    static Stream<Arguments> broadcasts() {
        return Stream.of(
                Arguments.of(Shape.of(2, 3), Shape.of(2, 3), Shape.of(2, 3)),
                Arguments.of(Shape.of(2, 3), Shape.of(3), Shape.of(2, 3)),
                Arguments.of(Shape.of(2, 3), Shape.of(), Shape.of(2, 3)),
                Arguments.of(Shape.of(2, 1), Shape.of(1, 3), Shape.of(2, 3)),
                Arguments.of(Shape.of(5), Shape.of(2, 3, 1), Shape.of(2, 3, 5)),
                Arguments.of(Shape.of(1), Shape.of(0), Shape.of(0)),
                Arguments.of(Shape.of(2, 0), Shape.of(2, 1), Shape.of(2, 0)));
    }

    @ParameterizedTest
    @MethodSource
    void broadcasts(Shape a, Shape b, Shape expected) {
        assertEquals(expected, Shape.broadcast("add", a, b));
        assertEquals(expected, Shape.broadcast("add", b, a));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                error("shape: a dimension cannot be negative: [2, -1]", () -> Shape.of(2, -1)),
                error("shape: a dimension cannot be negative: [0, -1]", () -> Shape.of(0, -1)),
                error(
                        "shape: [65536, 32768] has more elements than a tensor can hold, 2^31 - 9",
                        () -> Shape.of(65536, 32768)),
                error(
                        "shape: [2147483647, 2147483647, 2147483647] has more elements than a tensor can hold, 2^31 - 9",
                        () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)),
                error("shape: no dimension 4 in [2, 3, 4, 5]", () -> IMAGES.dim(4)),
                error("shape: no dimension -5 in [2, 3, 4, 5]", () -> IMAGES.dim(-5)),
                error("shape: no dimension 0 in []", () -> Shape.of().dim(0)),
                error("shape: no dimension 4 in [2, 3, 4, 5]", () -> IMAGES.with(4, 1)),
                error("shape: a dimension cannot be negative: [-2, 3, 4, 5]", () -> IMAGES.with(0, -2)),
                error(
                        "add: shapes [2, 3] and [2, 4] do not broadcast: dimension 1 from the end is 3 and 4",
                        () -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2, 4))),
                error(
                        "add: shapes [5, 3] and [4, 2, 1] do not broadcast: dimension 2 from the end is 5 and 2",
                        () -> Shape.broadcast("add", Shape.of(5, 3), Shape.of(4, 2, 1))));
    }

    private static Arguments error(String message, Executable action) {
        return Arguments.of(message, action);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void errors(String message, Executable action) {
        assertEquals(message, assertThrows(ShapeException.class, action).getMessage());
    }
}

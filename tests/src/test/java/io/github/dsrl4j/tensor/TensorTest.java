package io.github.dsrl4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TensorTest {
    private static final Device OTHER = new CpuDevice(KernelChoice.scalar("a second device for tests"));

    private static Tensor counting(int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(Shape.of(dims), values);
    }

    @Test
    void takesACopyOfItsValues() {
        float[] values = {1, 2, 3, 4};
        Tensor tensor = Tensor.of(Shape.of(2, 2), values);
        values[0] = 9;
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toArray());
        tensor.toArray()[0] = 9;
        assertEquals(1, tensor.get(0, 0));
    }

    @Test
    void elementsLieInRowMajorOrder() {
        Tensor tensor = counting(2, 3, 4);
        assertEquals(23, tensor.get(1, 2, 3));
        assertEquals(12, tensor.get(1, 0, 0));
        assertEquals(4, tensor.get(0, 1, 0));
    }

    @Test
    void constants() {
        assertArrayEquals(new float[] {0, 0, 0}, Tensor.zeros(Shape.of(3)).toArray());
        assertArrayEquals(new float[] {7, 7}, Tensor.full(Shape.of(2, 1), 7).toArray());
        assertArrayEquals(new float[] {7, 7}, Tensor.full(OTHER, Shape.of(2), 7).toArray());
        assertEquals(-2.5f, Tensor.scalar(-2.5f).item());
        assertEquals(-2.5f, Tensor.scalar(-2.5f).get());
        assertEquals(0, Tensor.zeros(Shape.of(0, 3)).size());
    }

    @Test
    void randomTensorsDependOnTheSourceAlone() {
        Tensor tensor = Tensor.randn(new Random(3), 50, 40);
        assertArrayEquals(tensor.toArray(), Tensor.randn(new Random(3), 50, 40).toArray());
        double sum = 0;
        double squares = 0;
        for (float value : tensor.toArray()) {
            sum += value;
            squares += value * value;
        }
        // Standard errors of 2000 samples are 0.022 and 0.032.
        assertEquals(0, sum / 2000, 0.08);
        assertEquals(1, squares / 2000, 0.12);
    }

    @Test
    void reshapeAndSliceShareStorage() {
        Tensor tensor = counting(4, 3);
        Tensor rows = tensor.slice(1, 3);
        Tensor flat = rows.reshape(6);
        assertEquals(Shape.of(2, 3), rows.shape());
        assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, flat.toArray());
        assertEquals(7, rows.get(1, 1));
        assertSame(tensor.storage(), flat.storage());
        assertEquals(3, flat.offset());

        flat.copyFrom(new float[] {10, 20, 30, 40, 50, 60});
        assertArrayEquals(new float[] {0, 1, 2, 10, 20, 30, 40, 50, 60, 9, 10, 11}, tensor.toArray());
        assertEquals(Shape.of(0, 3), tensor.slice(4, 4).shape());
        assertEquals(Shape.of(0, 3), Tensor.zeros(Shape.of(0, 3)).slice(0, 0).shape());
    }

    @Test
    void copiesHaveTheirOwnStorage() {
        Tensor tensor = counting(4, 3);
        Tensor copy = tensor.slice(2, 4).copy();
        assertNotSame(tensor.storage(), copy.storage());
        tensor.copyFrom(new float[12]);
        assertArrayEquals(new float[] {6, 7, 8, 9, 10, 11}, copy.toArray());
    }

    @Test
    void versionsCountChangesInPlaceOfSharedStorage() {
        Tensor tensor = counting(4, 3);
        Tensor rows = tensor.slice(1, 3);
        int before = tensor.version();
        rows.copyFrom(new float[6]);
        assertEquals(before + 1, tensor.version());
        tensor.copyFrom(counting(4, 3));
        assertEquals(before + 2, rows.version());
        tensor.markModified();
        assertEquals(before + 3, rows.version());
        int copied = tensor.copy().version();
        tensor.toArray();
        assertEquals(before + 3, tensor.version());
        assertEquals(copied, tensor.copy().version());
    }

    @Test
    void movesBetweenDevices() {
        Tensor tensor = counting(4, 3);
        assertSame(tensor, tensor.to(Device.cpu()));
        Tensor moved = tensor.slice(1, 2).to(OTHER);
        assertSame(OTHER, moved.device());
        assertArrayEquals(new float[] {3, 4, 5}, moved.toArray());
        tensor.slice(3, 4).copyFrom(moved);
        assertArrayEquals(new float[] {3, 4, 5}, tensor.slice(3, 4).toArray());
    }

    @Test
    void showsItself() {
        assertEquals("Tensor[2] on cpu [0.0, 1.0]", counting(2).toString());
        assertEquals(
                "Tensor[17] on cpu [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, ...]",
                counting(17).toString());
    }

    static Stream<Arguments> errors() {
        Tensor tensor = counting(2, 3);
        return Stream.of(
                error("tensor: 2 values do not fill shape [3], which holds 3", () -> Tensor.of(Shape.of(3), 1, 2)),
                error("item: the tensor holds 6 values, not one; shape [2, 3]", tensor::item),
                error("get: index [1] has 1 entries, shape [2, 3] has 2", () -> tensor.get(1)),
                error("get: index [1, 3] lies outside shape [2, 3]", () -> tensor.get(1, 3)),
                error("get: index [-1, 0] lies outside shape [2, 3]", () -> tensor.get(-1, 0)),
                error("reshape: [2, 3] holds 6 elements, [4] holds 4", () -> tensor.reshape(4)),
                error("slice: no entries 1 to 3 in the leading dimension of [2, 3]", () -> tensor.slice(1, 3)),
                error("slice: no entries -1 to 1 in the leading dimension of [2, 3]", () -> tensor.slice(-1, 1)),
                error("slice: no entries 2 to 1 in the leading dimension of [2, 3]", () -> tensor.slice(2, 1)),
                error(
                        "slice: no entries 0 to 1 in the leading dimension of []",
                        () -> Tensor.scalar(1).slice(0, 1)),
                error(
                        "copyFrom: 1 values do not fill shape [2, 3], which holds 6",
                        () -> tensor.copyFrom(new float[1])),
                error(
                        "copyFrom: shape [2, 3] cannot take the values of shape [3, 2]",
                        () -> tensor.copyFrom(counting(3, 2))));
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

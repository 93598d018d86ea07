package io.github.dsrl4j.dsrl.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfusionMatrixTest {
    private static final int IGNORE = 255;

    private static ConfusionMatrix of(int[] truth, int[] predicted) {
        var matrix = new ConfusionMatrix(4, IGNORE);
        for (int i = 0; i < truth.length; i++) {
            matrix.add(truth[i], predicted[i]);
        }
        return matrix;
    }

    @Test
    void agreesWithAnExampleWorkedByHand() {
        // Class 0: TP 2, FP 1, FN 1; class 1: TP 1, FP 1, FN 2; class 2 only predicted; class 3 nowhere.
        var matrix = of(new int[] {0, 0, 0, 1, 1, 1, IGNORE}, new int[] {0, 0, 1, 1, 0, 2, 3});
        assertEquals(2 / 4.0, matrix.iou(0));
        assertEquals(1 / 4.0, matrix.iou(1));
        assertEquals(0.0, matrix.iou(2));
        assertTrue(Double.isNaN(matrix.iou(3)));
        assertEquals((2 / 4.0 + 1 / 4.0 + 0) / 3, matrix.meanIou(), 1e-15, "the mean is over classes 0, 1 and 2");
        assertEquals(3 / 6.0, matrix.pixelAccuracy(), 1e-15);
        assertEquals(1, matrix.count(1, 2));
        assertEquals(3, matrix.truthCount(1));
    }

    /** Truth, prediction, and the mean that the scripts of Cityscapes give for them. */
    static Stream<Arguments> means() {
        return Stream.of(
                // One class, half of it right: 1/2 for it, 0 for the other that was predicted.
                arguments(new int[] {0, 0}, new int[] {0, 1}, 0.25),
                arguments(new int[] {0, 0}, new int[] {0, 0}, 1.0),
                arguments(new int[] {2, 2}, new int[] {3, 3}, 0.0),
                // What was predicted where the truth is ignored is no prediction.
                arguments(new int[] {0, IGNORE}, new int[] {0, 1}, 1.0),
                arguments(new int[] {0, 1, 1, 2}, new int[] {0, 1, 0, 3}, (1 / 2.0 + 1 / 2.0 + 0 + 0) / 4));
    }

    @ParameterizedTest
    @MethodSource("means")
    void aClassThatIsPredictedButDoesNotOccurCountsAsZero(int[] truth, int[] predicted, double mean) {
        assertEquals(mean, of(truth, predicted).meanIou(), 1e-15);
    }

    @Test
    void ignoredPixelsCountNothing() {
        assertTrue(Double.isNaN(of(new int[] {IGNORE}, new int[] {1}).meanIou()));
    }

    @Test
    void classesThatDoNotExistAreRefused() {
        var error = assertThrows(IllegalArgumentException.class, () -> of(new int[] {4}, new int[] {0}));
        assertEquals("confusion matrix: truth 4 or prediction 0 is none of the 4 classes", error.getMessage());
    }
}

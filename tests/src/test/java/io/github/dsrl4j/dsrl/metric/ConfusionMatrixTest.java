package io.github.dsrl4j.dsrl.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
        assertEquals((2 / 4.0 + 1 / 4.0) / 2, matrix.meanIou(), 1e-15, "the mean is over classes in the truth");
        assertEquals(3 / 6.0, matrix.pixelAccuracy(), 1e-15);
        assertEquals(1, matrix.count(1, 2));
        assertEquals(3, matrix.truthCount(1));
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

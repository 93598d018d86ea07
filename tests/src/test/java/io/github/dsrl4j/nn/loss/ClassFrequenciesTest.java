package io.github.dsrl4j.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassFrequenciesTest {
    private static final int IGNORED = 255;

    /** Image 1: classes 0 x 4, 1 x 2, ignored x 2. Image 2: class 0 x 3, 2 x 1. Class 3 never. */
    private static ClassFrequencies counted() {
        var frequencies = new ClassFrequencies(4, IGNORED);
        frequencies.add(Tensor.of(Shape.of(2, 4), 0, 0, 0, 0, 1, 1, IGNORED, IGNORED));
        frequencies.add(Tensor.of(Shape.of(2, 2), 0, 2, 0, 0));
        return frequencies;
    }

    @Test
    void countsLabelledPixels() {
        assertArrayEquals(new long[] {7, 2, 1, 0}, counted().pixels());
    }

    @Test
    void enetWeightsFollowTheShareOfPixels() {
        // 1 / ln(1.02 + 0.7), 1 / ln(1.02 + 0.2), 1 / ln(1.02 + 0.1), 1 / ln(1.02)
        float[] expected = {1.843915f, 5.028895f, 8.823891f, 50.49835f};
        assertArrayEquals(expected, counted().enetWeights().toArray(), 1e-5f);
    }

    @Test
    void enetConstantCanBeChosen() {
        assertEquals(1 / Math.log(1.1 + 0.7), counted().enetWeights(1.1).get(0), 1e-6);
    }

    @Test
    void medianFrequencyWeightsLookAtImagesWhereTheClassIsPresent() {
        // Frequencies 7 / 10, 2 / 6, 1 / 4; the median is 1 / 3.
        float[] expected = {10f / 21, 1, 4f / 3, 0};
        assertArrayEquals(expected, counted().medianFrequencyWeights().toArray(), 1e-6f);
    }

    @Test
    void medianOfAnEvenNumberIsTheMiddleOfTwo() {
        var frequencies = new ClassFrequencies(2, IGNORED);
        frequencies.add(Tensor.of(Shape.of(4), 0, 0, 0, 1));
        assertArrayEquals(
                new float[] {2f / 3, 2}, frequencies.medianFrequencyWeights().toArray(), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"4, 4.0", "-1, -1.0", "1.5, 1.5", "255.5, 255.5", "NaN, NaN"})
    void refusesLabelsThatAreNoClass(float label, String shown) {
        var frequencies = counted();
        Tensor labels = Tensor.of(Shape.of(2), 0, label);
        assertEquals(
                "class frequencies: label " + shown + " is neither a class from 0 to 3 nor the ignored 255",
                assertThrows(IllegalArgumentException.class, () -> frequencies.add(labels))
                        .getMessage());
        assertArrayEquals(new long[] {7, 2, 1, 0}, frequencies.pixels(), "nothing may be counted");
    }

    @Test
    void needsAtLeastOneLabel() {
        var frequencies = new ClassFrequencies(2, IGNORED);
        frequencies.add(Tensor.full(Shape.of(3), IGNORED));
        String message = "class weights: no labelled pixel has been counted yet";
        assertEquals(
                message,
                assertThrows(IllegalStateException.class, frequencies::enetWeights)
                        .getMessage());
        assertEquals(
                message,
                assertThrows(IllegalStateException.class, frequencies::medianFrequencyWeights)
                        .getMessage());
    }

    @Test
    void enetConstantMustBeGreaterThanOne() {
        assertEquals(
                "class weights: ENet's constant must be greater than 1, not 1.0",
                assertThrows(IllegalArgumentException.class, () -> counted().enetWeights(1))
                        .getMessage());
    }
}

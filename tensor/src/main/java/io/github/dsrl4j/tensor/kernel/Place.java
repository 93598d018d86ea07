package io.github.dsrl4j.tensor.kernel;

/**
 * The place of a tensor's first element.
 *
 * @param array in which the tensor lies, row by row
 * @param offset of the first element
 */
public record Place(float[] array, int offset) {}

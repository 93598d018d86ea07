package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.Shape;

/** A tensor that a step reads or writes. */
record Operand(Shape shape, Slot slot) {}

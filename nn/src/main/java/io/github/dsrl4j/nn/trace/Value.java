package io.github.dsrl4j.nn.trace;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/** A tensor in a {@link Graph}: given at each call, part of the model's state, or computed. */
public sealed interface Value {
    /** The shape, which holds for the whole graph. */
    Shape shape();

    /** A name that no other value of the graph has. */
    String name();

    /** What the caller of the model passes in, by position. */
    record Input(int index, Shape shape) implements Value {
        @Override
        public String name() {
            return "input:" + index;
        }
    }

    /**
     * A parameter or buffer of the model under its full name, such as {@code base_net.level1.conv.weight}; the tensor is the
     * model's own, not a copy.
     */
    record Constant(String name, Tensor tensor) implements Value {
        @Override
        public Shape shape() {
            return tensor.shape();
        }
    }

    /** The output of a node of the graph; {@code id} tells results apart. */
    record Result(int id, Shape shape) implements Value {
        @Override
        public String name() {
            return "result:" + id;
        }
    }
}

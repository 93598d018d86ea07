package io.github.dsrl4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleTest {
    /** {@code y = scale x}, counting calls in a buffer. */
    private static final class Scale extends Layer {
        final Variable scale;
        final Tensor calls;

        Scale(int channels) {
            scale = parameter("scale", Tensor.full(Shape.of(channels), 2));
            calls = buffer("calls", Tensor.scalar(0));
        }

        @Override
        protected Variable forward(Variable x) {
            return x.times(scale);
        }
    }

    private static final class Pair extends Module {
        final Variable offset = parameter("offset", Tensor.zeros(Shape.of(5)));
        final Scale first = child("first.scale", new Scale(2));
        final Scale second = child("second", new Scale(3));

        void registerAgain(String name) {
            parameter(name, Tensor.scalar(0));
        }
    }

    @Test
    void fullNamesAreJoinedByDotsInOrderOfRegistration() {
        var pair = new Pair();
        assertEquals(
                List.of("offset", "first.scale.scale", "second.scale"),
                List.copyOf(pair.parameters().keySet()));
        assertEquals(
                List.of("first.scale.calls", "second.calls"),
                List.copyOf(pair.buffers().keySet()));
        assertEquals(
                List.of("offset", "first.scale.scale", "first.scale.calls", "second.scale", "second.calls"),
                List.copyOf(pair.state().keySet()));
        assertEquals(10, pair.parameterCount());
        assertEquals(
                List.of("first.scale", "second"), List.copyOf(pair.children().keySet()));
        var visited = new ArrayList<String>();
        pair.visit("net.", (prefix, module) -> visited.add(prefix));
        assertEquals(List.of("net.", "net.first.scale.", "net.second."), visited);
    }

    @Test
    void stateIsTheModulesOwn() {
        var pair = new Pair();
        assertSame(pair.first.scale.value(), pair.state().get("first.scale.scale"));
        assertSame(pair.second.calls, pair.state().get("second.calls"));
        assertSame(pair.offset, pair.parameters().get("offset"));
    }

    @Test
    void modesReachAllModulesBelow() {
        var pair = new Pair();
        assertTrue(pair.training() && pair.second.training());
        pair.eval();
        assertFalse(pair.training() || pair.first.training() || pair.second.training());
        pair.first.train();
        assertTrue(pair.first.training() && !pair.training());
        pair.train();
        assertTrue(pair.training() && pair.second.training());
    }

    @Test
    void gradientsAreForgotten() {
        var pair = new Pair();
        pair.offset.backward(Tensor.zeros(Shape.of(5)));
        pair.second.scale.backward(Tensor.zeros(Shape.of(3)));
        pair.clearGradients();
        assertTrue(pair.parameters().values().stream().noneMatch(Variable::hasGradient));
    }

    @Test
    void aNameIsRegisteredOnce() {
        var pair = new Pair();
        assertEquals(
                "module: the name 'offset' is registered twice",
                assertThrows(IllegalArgumentException.class, () -> pair.registerAgain("offset"))
                        .getMessage());
    }

    @Test
    void layersAreShownToTheObserver() {
        var scale = new Scale(2);
        Variable x = Variable.of(Tensor.of(Shape.of(1, 2), 3, 4));
        var seen = new ArrayList<String>();
        var observer = new ModuleObserver() {
            @Override
            public void enter(Layer layer) {
                seen.add("enter " + (layer == scale));
            }

            @Override
            public void exit(Layer layer, Variable output) {
                seen.add("exit " + output.value().get(0, 1));
            }
        };
        ModuleObserver.<Variable, RuntimeException>watch(observer, () -> scale.apply(x));
        scale.apply(x);
        assertEquals(List.of("enter true", "exit 8.0"), seen);
    }
}

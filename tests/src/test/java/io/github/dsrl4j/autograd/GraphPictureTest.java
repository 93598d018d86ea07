package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The graph as DOT text. */
final class GraphPictureTest {
    @Test
    void drawsOperationsParametersAndConstants() {
        Variable x = Variable.of(Tensor.zeros(Shape.of(2, 3)));
        Variable w = Variable.parameter(Tensor.zeros(Shape.of(4, 3)));
        Variable y = x.linear(w, null);
        assertEquals("""
                digraph {
                  rankdir=BT;
                  node [fontname="sans-serif"];
                  n0 [label="times\\n[2, 4]", shape=box];
                  n1 -> n0;
                  n1 -> n0;
                  n1 [label="linear\\n[2, 4]\\n24 multiply-adds", shape=box];
                  n2 -> n1;
                  n3 -> n1;
                  n2 [label="the \\"input\\"\\nconstant\\n[2, 3]", shape=ellipse, style=dashed];
                  n3 [label="parameter\\n[4, 3]", shape=ellipse, style=filled, fillcolor="#cfe8cf"];
                }
                """, GraphPicture.dot(y.times(y), variable -> variable == x ? "the \"input\"" : null));
    }

    @Test
    void saysWhatABackwardPassFreed() {
        Variable y = Variable.parameter(Tensor.scalar(3)).square();
        y.backward();
        assertTrue(GraphPicture.dot(y).contains("square\\n[]\\n(freed by backward)"));
    }

    @Test
    void drawsADeepGraph() {
        Variable y = Variable.parameter(Tensor.scalar(3));
        for (int i = 0; i < 20_000; i++) {
            y = y.negate();
        }
        assertEquals(2 * 20_000 + 1 + 4, GraphPicture.dot(y).lines().count());
    }
}

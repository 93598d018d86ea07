package io.github.dsrl4j.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.ConvTranspose2d;
import io.github.dsrl4j.nn.layer.Dropout;
import io.github.dsrl4j.nn.layer.Linear;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Shape INPUT = Shape.of(2, 3, 8, 10);

    /** A residual block with a shared activation, an up-sampling, functions of its own, and a branch for training alone. */
    private static final class Net extends Layer {
        private final Sequential stem;
        private final Conv2d depthwise;
        private final PRelu act;
        private final ConvTranspose2d up;
        private final Variable scale;
        boolean recorded;

        Net(RandomGenerator random) {
            scale = parameter("scale", Tensor.full(Shape.of(1), 1));
            stem = child(
                    "stem",
                    new Sequential(
                            new Conv2d(
                                    random,
                                    3,
                                    8,
                                    3,
                                    ConvolutionOptions.stride(2).padding(1),
                                    false),
                            new BatchNorm2d(8),
                            new Dropout(0.5f, 1)));
            depthwise = child(
                    "block.depthwise",
                    new Conv2d(
                            random,
                            8,
                            8,
                            3,
                            ConvolutionOptions.DEFAULT.padding(1).groups(8),
                            true));
            act = child("act", new PRelu(8));
            up = child("up", new ConvTranspose2d(random, 8, 4, 2, TransposedConvolutionOptions.stride(2), true));
            child("auxiliary", new Linear(random, 8, 5));
        }

        @Override
        protected Variable forward(Variable x) {
            recorded |= Gradients.recording();
            Variable a = act.apply(stem.apply(x));
            Variable b = act.apply(depthwise.apply(a).plus(a));
            return up.apply(Variable.concat(1, b.plus(a)).times(scale));
        }
    }

    private final Net net = new Net(RandomSource.seeded(1));

    @Test
    void listsLayersAndFunctionsInTheOrderInWhichTheyRan() {
        Shape half = Shape.of(2, 8, 4, 5);
        var expected = List.of(
                new Summary.Row("(model)", "Net", Shape.of(2, 4, 8, 10), 1, 1, 0),
                new Summary.Row("stem.0", "Conv2d", half, 1, 8 * 3 * 9, 2 * 20 * 8 * 3 * 9),
                new Summary.Row("stem.1", "BatchNorm2d", half, 1, 16, 0),
                new Summary.Row("stem.2", "Dropout", half, 1, 0, 0),
                new Summary.Row("act", "PRelu", half, 2, 8, 0),
                new Summary.Row("block.depthwise", "Conv2d", half, 1, 8 * 9 + 8, 2 * 20 * 8 * 9),
                new Summary.Row("(plus)", "function", half, 2, 0, 0),
                new Summary.Row("(concat)", "function", half, 1, 0, 0),
                new Summary.Row("(times)", "function", half, 1, 0, 0),
                new Summary.Row("up", "ConvTranspose2d", Shape.of(2, 4, 8, 10), 1, 8 * 4 * 4 + 4, 2 * 20 * 8 * 4 * 4));
        var summary = Summary.of(net, INPUT);
        assertEquals(expected, summary.rows());
        assertEquals(net.parameterCount(), summary.parameters());
        assertEquals(45, summary.idleParameters(), "the auxiliary branch");
        assertEquals(expected.stream().mapToLong(Summary.Row::multiplyAdds).sum(), summary.multiplyAdds());
    }

    @Test
    void leavesTheModelAsItWas() {
        net.stem.eval();
        float[] before = net.buffers().get("stem.1.running_mean").toArray();
        Summary.of(net, INPUT);
        assertTrue(net.training() && net.act.training());
        assertFalse(net.stem.training() || net.stem.layers().getFirst().training());
        assertFalse(net.recorded, "gradients are off");
        assertArrayEquals(before, net.buffers().get("stem.1.running_mean").toArray());
        assertEquals(0, net.buffers().get("stem.1.num_batches_tracked").item());
    }

    @Test
    void restoresTheModeAfterAFailure() {
        assertThrows(RuntimeException.class, () -> Summary.of(net, Shape.of(2, 4, 8, 10)));
        assertTrue(net.training() && net.stem.training());
    }

    @Test
    void modulesWithAForwardPassOfTheirOwnAreSummarised() {
        var module = new Module() {
            final Linear linear = child("linear", new Linear(RandomSource.seeded(1), 6, 5));
        };
        var summary = Summary.of(
                module, Shape.of(3, 6), x -> module.linear.apply(x).matmul(Variable.of(Tensor.zeros(Shape.of(5, 2)))));
        assertEquals(
                List.of(
                        new Summary.Row("linear", "Linear", Shape.of(3, 5), 1, 35, 3 * 6 * 5),
                        new Summary.Row("(matmul)", "function", Shape.of(3, 2), 1, 0, 3 * 5 * 2)),
                summary.rows());
    }

    @Test
    void groupsByTheFirstComponentsOfNames() {
        var grouped = Summary.of(net, INPUT).grouped(1);
        assertEquals(
                List.of("(model)", "stem", "act", "block", "(plus)", "(concat)", "(times)", "up"),
                grouped.rows().stream().map(Summary.Row::name).toList());
        assertEquals(
                new Summary.Row("stem", "part", Shape.of(2, 8, 4, 5), 3, 216 + 16, 2 * 20 * 8 * 27),
                grouped.rows().get(1));
        assertEquals(Summary.of(net, INPUT).multiplyAdds(), grouped.multiplyAdds());
        assertEquals(45, grouped.idleParameters());
        assertEquals(
                "summary: rows are grouped by one or more components of a name, not 0",
                assertThrows(IllegalArgumentException.class, () -> grouped.grouped(0))
                        .getMessage());
    }

    @Test
    void rendersAnAlignedTable() {
        assertEquals("""
                name             type             output                   calls  parameters  multiply-adds
                -------------------------------------------------------------------------------------------
                (model)          Net              [2, 4, 8, 10]                1           1              0
                stem.0           Conv2d           [2, 8, 4, 5]                 1         216          8,640
                stem.1           BatchNorm2d      [2, 8, 4, 5]                 1          16              0
                stem.2           Dropout          [2, 8, 4, 5]                 1           0              0
                act              PRelu            [2, 8, 4, 5]                 2           8              0
                block.depthwise  Conv2d           [2, 8, 4, 5]                 1          80          2,880
                (plus)           function         [2, 8, 4, 5]                 2           0              0
                (concat)         function         [2, 8, 4, 5]                 1           0              0
                (times)          function         [2, 8, 4, 5]                 1           0              0
                up               ConvTranspose2d  [2, 4, 8, 10]                1         132          5,120
                (not run)                                                                 45              0
                -------------------------------------------------------------------------------------------
                total                             for input [2, 3, 8, 10]                498         16,640
                """, Summary.of(net, INPUT).toText());
    }
}

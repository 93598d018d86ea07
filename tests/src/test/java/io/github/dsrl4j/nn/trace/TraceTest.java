package io.github.dsrl4j.nn.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.Dropout;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    /** A stem, a residual with a shared slope, an operation that leads nowhere, and a parameter of its own. */
    private static final class Net extends Layer {
        private final Variable scale = parameter("scale", Tensor.full(Shape.of(1), 2));
        private final Sequential stem;
        private final PRelu act;

        Net() {
            var random = RandomSource.seeded(1);
            var conv = new Conv2d(random, 3, 4, 3, ConvolutionOptions.DEFAULT.padding(1), true);
            stem = child("stem", new Sequential(conv, new BatchNorm2d(4), new Dropout(0.5f, 1)));
            act = child("act", new PRelu(4));
        }

        @Override
        protected Variable forward(Variable x) {
            assertFalse(Gradients.recording());
            Variable a = act.apply(stem.apply(x));
            Variable unused = a.sigmoid();
            assertEquals(a.shape(), unused.shape());
            return Variable.concat(1, act.apply(a.plus(a)), x).times(scale);
        }
    }

    /** A layer that is given as a function. */
    private static final class Function extends Layer {
        private final UnaryOperator<Variable> function;

        Function(UnaryOperator<Variable> function) {
            this.function = function;
        }

        @Override
        protected Variable forward(Variable x) {
            return function.apply(x);
        }
    }

    @Test
    void aStepAroundItKeepsNoIntermediateResults() throws Exception {
        var memory = new StepMemory();
        var net = new Net();
        assertEquals(
                7,
                memory.run(() -> Trace.of(net, Shape.of(1, 3, 64, 64))).nodes().size());
        assertEquals(0, memory.peakBytes());
    }

    @Test
    void recordsOperationsWithNamesOfStateAndLayers() {
        var net = new Net();
        Graph graph = Trace.of(net, Shape.of(2, 3, 5, 6));
        assertEquals("""
                result:0 [2, 4, 5, 6] = conv2d(input:0, stem.0.weight, stem.0.bias)
                result:1 [2, 4, 5, 6] = batchNorm(result:0, stem.1.weight, stem.1.bias, stem.1.running_mean, stem.1.running_var)
                result:2 [2, 4, 5, 6] = prelu(result:1, act.weight)
                result:4 [2, 4, 5, 6] = plus(result:2, result:2)
                result:5 [2, 4, 5, 6] = prelu(result:4, act.weight)
                result:6 [2, 7, 5, 6] = concat(result:5, input:0)
                result:7 [2, 7, 5, 6] = times(result:6, scale)
                returns result:7
                """, graph.toText());
        assertEquals(
                List.of("stem.0", "stem.1", "act", "", "act", "", ""),
                graph.nodes().stream().map(Node::layer).toList());
        assertEquals(List.of(new Value.Input(0, Shape.of(2, 3, 5, 6))), graph.inputs());
        assertEquals(2 * 30 * 4 * 3 * 9, graph.nodes().getFirst().multiplyAdds());
    }

    @Test
    void knowsConstantsAndReaders() {
        var net = new Net();
        Graph graph = Trace.of(net, Shape.of(1, 3, 5, 6));
        assertEquals(
                List.of(
                        "stem.0.weight",
                        "stem.0.bias",
                        "stem.1.weight",
                        "stem.1.bias",
                        "stem.1.running_mean",
                        "stem.1.running_var",
                        "act.weight",
                        "scale"),
                List.copyOf(graph.constants().keySet()));
        graph.constants().forEach((name, constant) -> assertSame(net.state().get(name), constant.tensor()));
        Node sum = graph.nodes().get(3);
        assertEquals(List.of(sum, sum), graph.readers().get(graph.nodes().get(2).output()));
        assertFalse(graph.readers().containsKey(graph.nodes().getLast().output()));
        var norm = (BatchNorm) graph.nodes().get(1).operation();
        assertFalse(norm.training());
        assertEquals(
                List.of(norm.runningMean(), norm.runningVariance()),
                graph.nodes().get(1).state().stream()
                        .map(Value.Constant::tensor)
                        .toList());
    }

    @Test
    void leavesModesAndStateAsTheyWere() {
        var net = new Net();
        net.stem.layers().getLast().eval();
        var before = new HashMap<String, float[]>();
        net.state().forEach((name, tensor) -> before.put(name, tensor.toArray()));
        Trace.of(net, Shape.of(2, 3, 5, 6));
        assertTrue(net.training());
        assertTrue(net.act.training());
        assertFalse(net.stem.layers().getLast().training());
        net.state().forEach((name, tensor) -> assertArrayEquals(before.get(name), tensor.toArray(), name));
    }

    @Test
    void takesSeveralInputsAndReturnsWhatTheModelReturns() {
        var net = new Net();
        Graph graph = Trace.of(
                net,
                List.of(Shape.of(1, 3, 4, 4), Shape.of(1, 7, 4, 4)),
                inputs -> List.of(inputs.getLast().plus(net.apply(inputs.getFirst())), inputs.getFirst(), net.scale));
        assertEquals(2, graph.inputs().size());
        assertEquals(
                List.of("result:8", "input:0", "scale"),
                graph.outputs().stream().map(Value::name).toList());
        assertEquals(
                List.of("input:1", "result:7"),
                graph.nodes().getLast().inputs().stream().map(Value::name).toList());
    }

    @Test
    void refusesTensorsFromNowhere() {
        Shape shape = Shape.of(1, 2, 3, 3);
        var made = new Function(x -> x.plus(Variable.of(Tensor.full(shape, 1))));
        assertMessage(
                () -> Trace.of(new Sequential(made), shape),
                "trace: input 1 of plus in layer 0, of shape [1, 2, 3, 3], comes from nowhere: it is no input, no parameter or buffer of "
                        + "the model, and no result of an operation on variables; register it as a buffer, or compute it with operations");
        var foreign = new PRelu(2);
        assertMessage(
                () -> Trace.of(new Function(x -> foreign.apply(x)), shape),
                "trace: input 1 of prelu, of shape [2], comes from nowhere");
        assertMessage(
                () -> Trace.of(new Function(x -> Variable.of(x.relu().value().copy())), shape),
                "trace: output 0, of shape [1, 2, 3, 3], comes from nowhere");
        var norm = new Function(x -> x.batchNorm(
                x.mean(3).mean(2).mean(0),
                x.mean(3).mean(2).mean(0),
                Tensor.zeros(Shape.of(2)),
                Tensor.full(Shape.of(2), 1),
                false,
                0,
                1));
        assertMessage(
                () -> Trace.of(norm, shape), "trace: the running mean of batchNorm, of shape [2], comes from nowhere");
    }

    private static void assertMessage(Executable call, String start) {
        String message = assertThrows(IllegalStateException.class, call).getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @ParameterizedTest
    @CsvSource({
        "BASELINE, 1, 32, 48",
        "BASELINE, 2, 33, 51",
        "SSSR, 1, 45, 38",
        "SSSR_SISR, 1, 32, 32",
        "DSRL, 2, 50, 61"
    })
    void aGraphComputesWhatTheNetworkComputes(Variant variant, int images, int height, int width) {
        var random = RandomSource.seeded(3);
        var model = DualSuperResolution.forTraining(
                random, new EspNetV2(random, EspNetV2.Width.HALF, 5), DsrlOptions.of(variant));
        Tensor image = Tensor.randn(random, images, 3, height, width);
        Graph graph = Trace.of(model, image.shape());
        Tensor expected = model.evaluating(() -> Gradients.off(() -> model.apply(Variable.of(image))))
                .value();
        assertArrayEquals(expected.toArray(), run(graph, image).toArray());
    }

    /** Runs a graph operation by operation. */
    private static Tensor run(Graph graph, Tensor input) {
        Map<Value, Variable> values = new HashMap<>();
        values.put(graph.inputs().getFirst(), Variable.of(input));
        graph.constants().values().forEach(constant -> values.put(constant, Variable.of(constant.tensor())));
        for (Node node : graph.nodes()) {
            values.put(
                    node.output(),
                    Variable.apply(
                            node.operation(),
                            node.inputs().stream().map(values::get).toArray(Variable[]::new)));
        }
        return values.get(graph.outputs().getFirst()).value();
    }
}

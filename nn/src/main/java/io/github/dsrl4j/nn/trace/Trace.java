package io.github.dsrl4j.nn.trace;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Observer;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.ModuleObserver;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Records the graph of a model: runs it once on zeros of the given shapes, in inference mode and without gradients, and watches the
 * operations. The model is left in the mode it was in. Whatever the model decides by the <em>values</em> of a tensor is fixed
 * by this one run; what it decides by shapes is right for these shapes.
 *
 * <pre>{@code
 * Graph graph = Trace.of(network, Shape.of(1, 3, 256, 512));
 * for (Node node : graph.nodes()) {
 *     switch (node.operation()) {
 *         case Conv2d(var options) -> ...
 *     }
 * }
 * }</pre>
 *
 * @see Graph
 */
public final class Trace {
    private Trace() {}

    /** The graph of a layer. */
    public static Graph of(Layer layer, Shape input) {
        return of(layer, input, layer::apply);
    }

    /**
     * The graph of a module whose forward pass takes and returns one variable.
     *
     * @param model owns the parameters and buffers that {@code forward} uses
     */
    public static Graph of(Module model, Shape input, UnaryOperator<Variable> forward) {
        return of(model, List.of(input), inputs -> List.of(forward.apply(inputs.getFirst())));
    }

    /**
     * The graph of a module with any number of inputs and outputs.
     *
     * @throws IllegalStateException if an operation reads, or the model returns, a tensor that is no input, no parameter or buffer of
     *     the model, and no result of a recorded operation
     */
    public static Graph of(Module model, List<Shape> inputs, Function<List<Variable>, List<Variable>> forward) {
        // A step around this one would keep every intermediate result until its end.
        return StepMemory.outside(() -> record(model, inputs, forward));
    }

    private static Graph record(Module model, List<Shape> inputs, Function<List<Variable>, List<Variable>> forward) {
        Device device = model.device();
        var recorder = new Recorder(model);
        var variables = new ArrayList<Variable>();
        for (Shape shape : inputs) {
            Tensor zeros = Tensor.zeros(device, shape);
            recorder.addInput(zeros);
            variables.add(Variable.of(zeros));
        }
        return model.evaluating(() -> Gradients.off(() -> ModuleObserver.watch(
                recorder,
                () -> Observer.watch(recorder, () -> recorder.graph(forward.apply(List.copyOf(variables)))))));
    }
}

package io.github.dsrl4j.nn;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Observer;
import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a model does to an input of one shape: its layers in the order in which they run, each with output shape, learnt
 * parameters and multiply-adds, and the functions (operations that a module calls outside of any layer). Found by running the
 * model once on zeros, in inference mode and without gradients.
 *
 * @param input the shape that the figures hold for
 * @param rows in the order in which they first ran
 * @param parameters of the whole model, also of those parts that did not run
 */
public record Summary(Shape input, List<Row> rows, long parameters) {
    /**
     * A layer, or all calls of one operation by one module outside of layers.
     *
     * @param name the layer's full name, or that of the calling module with the operation in parentheses
     * @param type the layer's class, or {@code function}
     * @param output the shape of the last call's output
     * @param parameters the layer's own, counted once however often it runs
     * @param multiplyAdds of all calls together
     */
    public record Row(String name, String type, Shape output, int calls, long parameters, long multiplyAdds) {
        /** The type of rows that are no layers. */
        public static final String FUNCTION = "function";

        private Row again(Shape newOutput, int moreCalls, long moreParameters, long moreMultiplyAdds) {
            return new Row(
                    name,
                    type,
                    newOutput,
                    calls + moreCalls,
                    parameters + moreParameters,
                    multiplyAdds + moreMultiplyAdds);
        }
    }

    public Summary {
        rows = List.copyOf(rows);
    }

    /** Summarises a layer. */
    public static Summary of(Layer model, Shape input) {
        return of(model, input, model::apply);
    }

    /**
     * Summarises a module with a forward pass of its own kind.
     *
     * @param forward runs the model on the input
     */
    public static Summary of(Module model, Shape input, Consumer<Variable> forward) {
        var recorder = new Recorder(model);
        model.evaluating(() -> Gradients.off(() -> ModuleObserver.watch(
                recorder,
                () -> Observer.watch(recorder, () -> {
                    forward.accept(Variable.of(Tensor.zeros(input)));
                    return null;
                }))));
        return new Summary(input, List.copyOf(recorder.rows.values()), model.parameterCount());
    }

    /** Multiply-adds of one forward pass. */
    public long multiplyAdds() {
        return rows.stream().mapToLong(Row::multiplyAdds).sum();
    }

    /** Parameters of parts that did not run, such as branches that serve training alone. */
    public long idleParameters() {
        return parameters - rows.stream().mapToLong(Row::parameters).sum();
    }

    /**
     * The same figures by part of the model: rows whose names agree in the first {@code depth} components become one, of type
     * {@code part} where there were several.
     */
    public Summary grouped(int depth) {
        if (depth < 1) {
            throw new IllegalArgumentException(
                    "summary: rows are grouped by one or more components of a name, not " + depth);
        }
        var parts = new LinkedHashMap<String, Row>();
        for (Row row : rows) {
            String[] components = row.name.split("\\.", -1);
            String part = String.join(".", Arrays.copyOf(components, Math.min(depth, components.length)));
            Row before = parts.get(part);
            parts.put(
                    part,
                    before == null
                            ? new Row(part, row.type, row.output, row.calls, row.parameters, row.multiplyAdds)
                            : new Row(part, "part", before.output, before.calls, before.parameters, before.multiplyAdds)
                                    .again(row.output, row.calls, row.parameters, row.multiplyAdds));
        }
        return new Summary(input, List.copyOf(parts.values()), parameters);
    }

    /** An aligned table with a line of totals, lines ended by {@code \n}. */
    public String toText() {
        var cells = new ArrayList<String[]>();
        cells.add(new String[] {"name", "type", "output", "calls", "parameters", "multiply-adds"});
        for (Row row : rows) {
            cells.add(cells(
                    row.name,
                    row.type,
                    row.output.toString(),
                    Integer.toString(row.calls),
                    row.parameters,
                    row.multiplyAdds));
        }
        if (idleParameters() != 0) {
            cells.add(cells("(not run)", "", "", "", idleParameters(), 0));
        }
        cells.add(cells("total", "", "for input " + input, "", parameters, multiplyAdds()));
        return Table.render(cells, 3);
    }

    private static String[] cells(
            String name, String type, String output, String calls, long parameters, long multiplyAdds) {
        return new String[] {name, type, output, calls, Table.grouped(parameters), Table.grouped(multiplyAdds)};
    }

    /** Builds the rows while the model runs. */
    private static final class Recorder implements ModuleObserver, Observer {
        private final Map<String, Row> rows = new LinkedHashMap<>();
        private final IdentityHashMap<Module, String> names = new IdentityHashMap<>();
        private final Deque<Layer> running = new ArrayDeque<>();

        Recorder(Module model) {
            model.visit(
                    "",
                    (prefix, module) -> names.putIfAbsent(
                            module, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1)));
        }

        @Override
        public void enter(Layer layer) {
            running.push(layer);
            long own = ownParameters(layer);
            if (isLeaf(layer) || own > 0) {
                // A place in the order of first runs; output and costs follow.
                rows.putIfAbsent(
                        key(layer), new Row(key(layer), layer.getClass().getSimpleName(), Shape.of(0), 0, own, 0));
            }
        }

        @Override
        public void exit(Layer layer, Variable output) {
            running.pop();
            rows.computeIfPresent(key(layer), (key, row) -> row.again(output.shape(), 1, 0, 0));
        }

        @Override
        public void forward(Operation operation, Tensor[] inputs, Tensor output, long nanoseconds) {
            Shape[] shapes = Arrays.stream(inputs).map(Tensor::shape).toArray(Shape[]::new);
            long cost = operation.multiplyAdds(output.shape(), shapes);
            Layer caller = running.peek();
            if (caller != null && isLeaf(caller)) {
                rows.computeIfPresent(key(caller), (key, row) -> row.again(output.shape(), 0, 0, cost));
                return;
            }
            String module = caller == null ? "" : names.getOrDefault(caller, "");
            String name = (module.isEmpty() ? "" : module + ".") + "(" + operation.name() + ")";
            rows.merge(
                    name,
                    new Row(name, Row.FUNCTION, output.shape(), 1, 0, cost),
                    (row, call) -> row.again(call.output, 1, 0, cost));
        }

        private String key(Layer layer) {
            String name = names.getOrDefault(layer, layer.getClass().getSimpleName());
            return name.isEmpty() ? "(model)" : name;
        }

        private static boolean isLeaf(Layer layer) {
            return layer.children().isEmpty();
        }

        private static long ownParameters(Module module) {
            return module.parameterCount()
                    - module.children().values().stream()
                            .mapToLong(Module::parameterCount)
                            .sum();
        }
    }
}

package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Trace;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One graph, and what its shapes and operations are for several inputs. The traces at these inputs must be the same graph, but for
 * slices: a model may leave out one that would cut nothing off, and the graph is that of a trace that has them all.
 */
final class Samples {
    private final Graph graph;
    private final List<Sample> samples;

    /**
     * The graph at one input.
     *
     * @param values what the values of the common graph are in the trace
     * @param operations the operations of the common graph's nodes
     */
    private record Sample(Map<Value, Value> values, List<Operation> operations) {
        Shape shape(Value value) {
            return value instanceof Value.Constant
                    ? value.shape()
                    : values.get(value).shape();
        }
    }

    private Samples(Graph graph, List<Sample> samples) {
        this.graph = graph;
        this.samples = samples;
    }

    /** @throws OnnxException if the graphs differ */
    static Samples of(Layer model, List<Shape> inputs) {
        List<Graph> traces =
                inputs.stream().map(input -> Trace.of(model, input)).toList();
        Graph longest = traces.stream()
                .max(Comparator.comparingInt(trace -> trace.nodes().size()))
                .orElseThrow();
        return new Samples(
                longest, traces.stream().map(trace -> match(longest, trace)).toList());
    }

    private static Sample match(Graph graph, Graph trace) {
        var values = new HashMap<Value, Value>();
        values.put(graph.inputs().getFirst(), trace.inputs().getFirst());
        var operations = new ArrayList<Operation>();
        int next = 0;
        for (Node node : graph.nodes()) {
            List<Value> inputs = node.inputs().stream()
                    .map(input -> values.getOrDefault(input, input))
                    .toList();
            Node candidate = next < trace.nodes().size() ? trace.nodes().get(next) : null;
            if (candidate != null
                    && sameKind(node, candidate)
                    && candidate.inputs().equals(inputs)) {
                operations.add(candidate.operation());
                values.put(node.output(), candidate.output());
                next++;
            } else if (node.operation() instanceof Slice(int dim, int _, int _)) {
                operations.add(new Slice(dim, 0, inputs.getFirst().shape().dim(dim)));
                values.put(node.output(), inputs.getFirst());
            } else {
                throw differs(graph, trace, node, candidate);
            }
        }
        boolean sameOutputs = graph.outputs().stream()
                .map(output -> values.getOrDefault(output, output))
                .toList()
                .equals(trace.outputs());
        if (next < trace.nodes().size() || !sameOutputs) {
            throw differs(
                    graph,
                    trace,
                    null,
                    next < trace.nodes().size() ? trace.nodes().get(next) : null);
        }
        return new Sample(values, operations);
    }

    private static boolean sameKind(Node a, Node b) {
        return a.layer().equals(b.layer())
                && a.operation().getClass() == b.operation().getClass()
                && (!(a.operation() instanceof Slice x) || !(b.operation() instanceof Slice y) || x.dim() == y.dim());
    }

    private static OnnxException differs(Graph graph, Graph trace, Node node, Node other) {
        return new OnnxException(
                "onnx: the model computes otherwise for input %s, where it has %s, than for input %s, where it has %s; export it for a fixed size"
                        .formatted(
                                trace.inputs().getFirst().shape(),
                                describe(other),
                                graph.inputs().getFirst().shape(),
                                describe(node)));
    }

    private static String describe(Node node) {
        return node == null
                ? "no more operations"
                : "%s in layer '%s'".formatted(node.operation().name(), node.layer());
    }

    Graph graph() {
        return graph;
    }

    /** The extents of a value along a dimension, one a sample. */
    int[] extents(Value value, int dim) {
        return samples.stream().mapToInt(sample -> sample.shape(value).dim(dim)).toArray();
    }

    /** The operations of a node, one a sample. */
    List<Operation> operations(int node) {
        return samples.stream().map(sample -> sample.operations.get(node)).toList();
    }
}

package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.Affine;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Prelu;
import io.github.dsrl4j.autograd.op.Relu;
import io.github.dsrl4j.autograd.op.Reshape;
import io.github.dsrl4j.autograd.op.Sigmoid;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.autograd.op.Tanh;
import io.github.dsrl4j.nn.plan.Draft.Link;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Epilogue.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers the operations of a graph into steps. An element-wise operation joins the step that computes its operand where nobody else
 * reads that operand; the step then runs where the last operation that joined it stood, when all that it reads is there.
 */
final class Fusion {
    private final Map<Value, Integer> readers = new HashMap<>();
    private final Set<Value> returned;
    /** By output, in the order in which they run. */
    private final Map<Value, Draft> drafts = new HashMap<>();

    private final List<Draft> order = new ArrayList<>();

    private Fusion(Graph graph) {
        graph.nodes().forEach(node -> node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum)));
        returned = new HashSet<>(graph.outputs());
    }

    static List<Draft> of(Graph graph) {
        var fusion = new Fusion(graph);
        graph.nodes().forEach(fusion::add);
        return fusion.order;
    }

    /** A stage that computes a node from one of its inputs. */
    private record Reading(Value source, Link link) {}

    private void add(Node node) {
        List<Reading> readings = readings(node);
        if (readings.isEmpty()) {
            put(Draft.of(node));
            return;
        }
        Reading best = readings.stream()
                .filter(reading -> absorbs(reading.source))
                .reduce((a, b) -> preference(b.source) > preference(a.source) ? b : a)
                .orElse(null);
        Draft draft;
        if (best == null) {
            best = readings.getFirst();
            draft = Draft.pass(best.source);
        } else {
            draft = drafts.remove(best.source);
            order.remove(draft);
        }
        draft.append(node, best.link);
        put(draft);
    }

    private void put(Draft draft) {
        drafts.put(draft.output(), draft);
        order.add(draft);
    }

    /** Whether a value is computed by a step that a further stage can join. Concatenations and views write nothing themselves. */
    private boolean absorbs(Value value) {
        Draft draft = drafts.get(value);
        return draft != null
                && readers.get(value) == 1
                && !returned.contains(value)
                && !(draft.head() != null
                        && (draft.head().operation() instanceof Concat
                                || draft.head().operation() instanceof Reshape
                                || draft.head().operation() instanceof Slice));
    }

    /** Convolutions first, whose output is in the cache; among them, and among others, the one that runs last. */
    private int preference(Value value) {
        Draft draft = drafts.get(value);
        return order.indexOf(draft) + (draft.weights() == null ? 0 : order.size());
    }

    /** The ways in which a node can be a stage; none for an operation that is not element-wise. */
    private static List<Reading> readings(Node node) {
        Value x = node.inputs().getFirst();
        return switch (node.operation()) {
            case BatchNorm norm -> List.of(new Reading(x, affine(Affines.of(checked(norm, node), node))));
            case Affine(float scale, float shift) ->
                List.of(new Reading(x, affine(Affines.of(scale, shift, x.shape()))));
            case Prelu() -> {
                float[] slope = Affines.constant(node, node.inputs().get(1));
                yield List.of(new Reading(x, new Link(Stage.PRELU, null, Affines.perPlane(slope, x.shape()))));
            }
            case Relu() -> List.of(new Reading(x, new Link(Stage.RELU, null, null)));
            case Sigmoid() -> List.of(new Reading(x, new Link(Stage.SIGMOID, null, null)));
            case Tanh() -> List.of(new Reading(x, new Link(Stage.TANH, null, null)));
            case Add() -> ofPair(Stage.ADD, node);
            case Multiply() -> ofPair(Stage.MULTIPLY, node);
            default -> List.of();
        };
    }

    private static BatchNorm checked(BatchNorm norm, Node node) {
        if (norm.training()) {
            throw new IllegalArgumentException(
                    "plan: batchNorm in layer '%s' uses the statistics of its batch in inference mode, too, so images are not independent"
                            .formatted(node.layer()));
        }
        return norm;
    }

    /** A sum or product from either side: element by element, plane by plane, or with a constant. */
    private static List<Reading> ofPair(Stage stage, Node node) {
        Value a = node.inputs().getFirst();
        Value b = node.inputs().getLast();
        var readings = new ArrayList<Reading>();
        for (var pair : List.of(List.of(a, b), List.of(b, a))) {
            Link link = link(stage, node, pair.getFirst(), pair.getLast());
            if (link != null && !(pair.getFirst() instanceof Value.Constant)) {
                readings.add(new Reading(pair.getFirst(), link));
            }
        }
        return readings;
    }

    private static Link link(Stage stage, Node node, Value x, Value operand) {
        Shape shape = node.output().shape();
        if (!x.shape().equals(shape)) {
            return null;
        }
        boolean byPlane = isByPlane(operand.shape(), shape);
        if (byPlane && operand instanceof Value.Constant) {
            float[] values = Affines.perPlane(Affines.constant(node, operand), shape);
            float[] affine = Affines.of(1, 0, shape);
            System.arraycopy(values, 0, affine, stage == Stage.ADD ? values.length : 0, values.length);
            return affine(affine);
        }
        if (operand.shape().equals(shape)) {
            return new Link(stage, operand, null);
        }
        boolean everyPlane = operand.shape().size() == Affines.planes(shape);
        return byPlane && everyPlane && stage == Stage.MULTIPLY ? new Link(Stage.SCALE, operand, null) : null;
    }

    /** Whether an operand that broadcasts to a shape is one number for all, one a channel, or one a plane. */
    private static boolean isByPlane(Shape operand, Shape shape) {
        if (operand.size() == 1) {
            return true;
        }
        int missing = shape.rank() - operand.rank();
        for (int d = 0; d < shape.rank(); d++) {
            int extent = d < missing ? 1 : operand.dim(d - missing);
            if (extent != 1 && (d > 1 || extent != shape.dim(d))) {
                return false;
            }
        }
        // One number an image, but not one a channel, is none of these.
        return shape.rank() >= 2 && operand.size() % shape.dim(1) == 0 && lastOf(operand, shape) == shape.dim(1);
    }

    /** The operand's extent along the channels of the shape that it broadcasts to. */
    private static int lastOf(Shape operand, Shape shape) {
        int d = 1 - (shape.rank() - operand.rank());
        return d < 0 ? 1 : operand.dim(d);
    }

    private static Link affine(float[] constants) {
        return new Link(Stage.AFFINE, null, constants);
    }
}

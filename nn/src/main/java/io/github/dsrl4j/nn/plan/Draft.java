package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.nn.profile.Cost;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Epilogue.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A step of a plan in the making: one operation, the head, and a chain of element-wise stages on its output. Without a head the chain
 * works on a value that another step computed.
 */
final class Draft {
    /**
     * A stage of the chain.
     *
     * @param operand the computed value that it reads, or null
     * @param constants what it reads instead, or null
     */
    record Link(Stage stage, Value operand, float[] constants) {}

    private final Node head;
    private final Value source;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Link> chain = new ArrayList<>();
    private Weights weights;

    private Draft(Node head, Value source) {
        this.head = head;
        this.source = source;
    }

    static Draft of(Node head) {
        var draft = new Draft(head, null);
        draft.nodes.add(head);
        draft.weights = Weights.of(head);
        return draft;
    }

    /** A step that only takes a value through a chain. */
    static Draft pass(Value source) {
        return new Draft(null, source);
    }

    /** Extends the chain by a stage, which computes what {@code node} does. */
    void append(Node node, Link link) {
        nodes.add(node);
        Link last = chain.isEmpty() ? null : chain.getLast();
        if (link.stage != Stage.AFFINE) {
            chain.add(link);
        } else if (last == null && weights != null) {
            weights = weights.then(link.constants);
        } else if (last != null && last.stage == Stage.AFFINE) {
            chain.set(chain.size() - 1, new Link(Stage.AFFINE, null, Affines.then(last.constants, link.constants)));
        } else {
            chain.add(link);
        }
    }

    /** Replaces the step's constants, which are complete now, by those that are equal to them. */
    void share(Constants constants) {
        if (weights != null) {
            weights = weights.sharedIn(constants);
        }
        chain.replaceAll(link -> new Link(link.stage, link.operand, constants.shared(link.constants)));
    }

    /** The operation, or null for a mere chain. */
    Node head() {
        return head;
    }

    /** What a mere chain starts from. */
    Value source() {
        return source;
    }

    /** Weight and bias with what was folded into them; null but for convolutions with a constant weight. */
    Weights weights() {
        return weights;
    }

    List<Link> chain() {
        return chain;
    }

    Value.Result output() {
        return nodes.getLast().output();
    }

    Shape shape() {
        return output().shape();
    }

    /** The computed values that the step reads. */
    List<Value> reads() {
        return Stream.concat(
                        head == null ? Stream.of(source) : head.inputs().stream(),
                        chain.stream().map(Link::operand))
                .filter(value -> value != null && !(value instanceof Value.Constant))
                .toList();
    }

    /** The operations that the step does, in their order. */
    List<Node> nodes() {
        return nodes;
    }

    /** The work of the head and of the chain together; what a stage would have read and written without fusion is not counted. */
    Cost cost() {
        Shape[] inputs = Stream.concat(
                        head == null ? Stream.of(source) : head.inputs().stream(),
                        chain.stream().map(Link::operand).filter(operand -> operand != null))
                .map(Value::shape)
                .toArray(Shape[]::new);
        Cost first = Cost.of(nodes.getFirst().operation(), shape(), inputs);
        String kind = nodes.stream()
                .skip(1)
                .map(node -> node.operation().name())
                .collect(Collectors.joining(" + ", nodes.size() > 1 ? first.kind() + " + " : first.kind(), ""));
        return new Cost(kind, first.multiplyAdds(), first.bytes());
    }

    /** The layer of the first operation. */
    String layer() {
        return nodes.getFirst().layer();
    }
}

package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * One backward pass: visits the recorded calls in reverse topological order, hands each its upstream gradient, and adds what it
 * returns to the gradients of its inputs. The order of additions follows from the graph alone, so results are repeatable. Results
 * that no call saved and nobody asked for are released at the beginning, what a call saved as soon as its gradient is through, and so
 * is each gradient's memory.
 */
final class Backward {
    /** The gradients on the way, each holding its storage once. */
    private final IdentityHashMap<Node, Tensor> upstreams = new IdentityHashMap<>();

    /** Gradients on a device that go to leaves, each holding its storage once: added at the end, all at once. */
    private final List<Leaf> leaves = new ArrayList<>();

    /** A variable that no operation made, and a gradient of it. */
    record Leaf(Variable variable, Tensor gradient) {}

    private Backward() {}

    static void run(Variable root, Tensor upstream) {
        if (root.node() == null) {
            root.accumulateGradient(upstream);
            return;
        }
        List<Node> order = reverseTopologicalOrder(root.node());
        for (Node node : order) {
            node.saved().check();
        }
        if (root.retainsGradient()) {
            root.accumulateGradient(upstream);
        }
        var pass = new Backward();
        // Held twice and released once: the caller may go on using it, so it must be neither given back nor added to.
        upstream.storage().retain();
        upstream.storage().retain();
        pass.upstreams.put(root.node(), upstream);
        for (Node node : order) {
            if (node != root.node()) {
                node.releaseResult();
            }
        }
        for (Node node : order) {
            pass.visit(node);
        }
        Variable.accumulateGradients(pass.leaves);
    }

    private void visit(Node node) {
        Tensor upstream = upstreams.remove(node);
        if (upstream != null) {
            List<Variable> inputs = node.inputs();
            Tensor[] sums = sums(inputs);
            node.saved().offer(sums);
            Tensor[] gradients = differentiate(node, upstream);
            // What was added to a sum has arrived.
            for (int i = 0; i < gradients.length; i++) {
                if (gradients[i] != null && gradients[i] == sums[i]) {
                    gradients[i] = null;
                }
            }
            // All are held before the first is passed on, as two inputs may get the same tensor.
            for (int i = 0; i < gradients.length; i++) {
                if (gradients[i] != null && inputs.get(i).requiresGradient()) {
                    checkShape(node, i, inputs.get(i), gradients[i]);
                    gradients[i].storage().retain();
                }
            }
            for (int i = 0; i < gradients.length; i++) {
                if (gradients[i] != null && inputs.get(i).requiresGradient()) {
                    pass(inputs.get(i), gradients[i]);
                } else if (gradients[i] != null) {
                    // Nobody asked; unless somebody holds it for another reason, its memory is free again.
                    gradients[i].storage().retain();
                    gradients[i].storage().release();
                }
            }
            upstream.storage().release();
        }
        node.release();
    }

    /** The gradients that inputs have already and that a further use of them may add to; null for all others. */
    private Tensor[] sums(List<Variable> inputs) {
        Tensor[] sums = new Tensor[inputs.size()];
        for (int i = 0; i < sums.length; i++) {
            Variable input = inputs.get(i);
            Tensor sum = input.node() == null ? null : upstreams.get(input.node());
            // Of an input that is used twice here each use has its own gradient; a gradient that is retained is seen
            // apart.
            if (sum != null
                    && sum.storage().heldOnce()
                    && !input.retainsGradient()
                    && inputs.indexOf(input) == inputs.lastIndexOf(input)) {
                sums[i] = sum;
            }
        }
        return sums;
    }

    private static Tensor[] differentiate(Node node, Tensor upstream) {
        Observer observer = Observer.Current.get();
        long start = observer == null ? 0 : System.nanoTime();
        Tensor[] gradients = node.operation().backward(node.saved(), upstream);
        if (observer != null) {
            observer.backward(node.operation(), upstream, System.nanoTime() - start);
        }
        if (gradients.length != node.inputs().size()) {
            throw new IllegalStateException("%s: backward returned %d gradients for %d inputs"
                    .formatted(
                            node.operation().name(),
                            gradients.length,
                            node.inputs().size()));
        }
        for (Tensor gradient : gradients) {
            // What the call alone holds is given back after it, and may take the gradient.
            if (gradient != null
                    && gradient.storage() != upstream.storage()
                    && node.saved().holds(gradient)
                    && !gradient.storage().heldOnce()) {
                throw new IllegalStateException(node.operation().name()
                        + ": backward returned a tensor that was saved by forward; it must return a new one");
            }
            if (gradient != null && Gradients.anomalyMode()) {
                AnomalyException.check("backward of " + node.operation().name(), gradient);
            }
        }
        return gradients;
    }

    private static void checkShape(Node node, int index, Variable input, Tensor gradient) {
        if (!gradient.shape().equals(input.shape())) {
            throw new IllegalStateException("%s: gradient %d has shape %s, its input has shape %s"
                    .formatted(node.operation().name(), index, gradient.shape(), input.shape()));
        }
    }

    /** Hands a gradient, which is held once on behalf of this input, to the input. */
    private void pass(Variable input, Tensor gradient) {
        boolean leaf = input.node() == null;
        if (leaf && !(gradient.device() instanceof CpuDevice)) {
            leaves.add(new Leaf(input, gradient));
            return;
        }
        if (leaf || input.retainsGradient()) {
            input.accumulateGradient(gradient);
        }
        if (leaf) {
            gradient.storage().release();
        } else {
            upstreams.merge(input.node(), gradient, Backward::add);
        }
    }

    private static Tensor add(Tensor a, Tensor b) {
        Observer observer = Observer.Current.get();
        long start = observer == null ? 0 : System.nanoTime();
        Tensor sum = sum(a, b);
        if (observer != null) {
            observer.gradientSum(sum, System.nanoTime() - start);
        }
        return sum;
    }

    /** The sum of two gradients, each held once here; in place where nobody else holds one of them. */
    private static Tensor sum(Tensor a, Tensor b) {
        if (a.storage().heldOnce()) {
            return addInto(a, b);
        }
        if (b.storage().heldOnce()) {
            return addInto(b, a);
        }
        Tensor sum = a.copy();
        sum.storage().retain();
        a.storage().release();
        return addInto(sum, b);
    }

    private static Tensor addInto(Tensor sum, Tensor addend) {
        sum.device()
                .kernels()
                .elementwise()
                .addScaled(sum.size(), 1, addend.array(), addend.offset(), sum.array(), sum.offset());
        addend.storage().release();
        return sum;
    }

    /** All calls that the root depends on, each before the calls whose results it used; iterative, for deep graphs. */
    private static List<Node> reverseTopologicalOrder(Node root) {
        record Visit(Node node, int nextInput) {}
        var order = new ArrayList<Node>();
        var seen = Collections.newSetFromMap(new IdentityHashMap<Node, Boolean>());
        var stack = new ArrayDeque<Visit>();
        stack.push(new Visit(root, 0));
        seen.add(root);
        while (!stack.isEmpty()) {
            Visit visit = stack.pop();
            if (visit.nextInput == visit.node.inputs().size()) {
                order.add(visit.node);
                continue;
            }
            stack.push(new Visit(visit.node, visit.nextInput + 1));
            Node input = visit.node.inputs().get(visit.nextInput).node();
            if (input != null && seen.add(input)) {
                stack.push(new Visit(input, 0));
            }
        }
        Collections.reverse(order);
        return order;
    }
}

package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Movement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A tensor in a computation that can be differentiated. Operations on variables are recorded as they run (define by run); from a
 * scalar result {@link #backward} computes the gradient of every {@link #parameter} that it depends on.
 *
 * <pre>{@code
 * var x = Variable.of(Tensor.randn(random, 1, 3, 64, 128));
 * var w = Variable.parameter(Init.kaimingNormal(random, Shape.of(16, 3, 3, 3)));
 * x.conv2d(w, ConvolutionOptions.stride(2).padding(1)).relu().mean().backward();
 * w.gradient();
 * }</pre>
 *
 * Recording and backward passes of one graph belong to one thread at a time.
 */
public final class Variable extends VariableOperations {
    private final Tensor value;
    private final Node node;
    private final boolean parameter;
    private boolean retainsGradient;
    private boolean escaped;
    private Tensor gradient;
    private boolean hasGradient;

    private Variable(Tensor value, Node node, boolean parameter) {
        this.value = value;
        this.node = node;
        this.parameter = parameter;
        if (node == null) {
            escape();
        }
    }

    /** A constant: no gradient flows into it. */
    public static Variable of(Tensor value) {
        return new Variable(value, null, false);
    }

    /** A leaf whose gradient {@link #backward} computes. */
    public static Variable parameter(Tensor value) {
        return new Variable(value, null, true);
    }

    /** Applies an operation and, where gradients are on and an input requires one, records it. */
    public static Variable apply(Operation operation, Variable... inputs) {
        boolean[] needed = new boolean[inputs.length];
        Tensor[] values = new Tensor[inputs.length];
        Shape[] shapes = new Shape[inputs.length];
        boolean record = false;
        for (int i = 0; i < inputs.length; i++) {
            values[i] = inputs[i].present();
            shapes[i] = inputs[i].shape();
            needed[i] = Gradients.recording() && inputs[i].requiresGradient();
            record |= needed[i];
        }
        checkOneDevice(operation, values);
        Observer observer = Observer.Current.get();
        long start = observer == null ? 0 : System.nanoTime();
        var saved = new Saved(operation.name(), needed, shapes);
        Tensor output = operation.forward(saved, values);
        if (observer != null) {
            observer.forward(operation, values, output, System.nanoTime() - start);
        }
        if (Gradients.anomalyMode()) {
            AnomalyException.checkForward(operation, values, output);
        }
        return new Variable(output, record ? new Node(operation, saved, List.of(inputs), output) : null, false);
    }

    private static void checkOneDevice(Operation operation, Tensor[] values) {
        for (int i = 1; i < values.length; i++) {
            if (!values[i].device().equals(values[0].device())) {
                throw new IllegalArgumentException(
                        "%s: all inputs must live on one device: input 0 of shape %s is on %s, input %d of shape %s is on %s; move one with Tensor.to"
                                .formatted(
                                        operation.name(),
                                        values[0].shape(),
                                        values[0].device().description(),
                                        i,
                                        values[i].shape(),
                                        values[i].device().description()));
            }
        }
    }

    /**
     * The value. Inside {@link StepMemory#run}, a backward pass gives the memory of those intermediate results back of which the value was
     * not asked for before.
     *
     * @throws IllegalStateException if the memory was given back
     */
    public Tensor value() {
        Tensor present = present();
        escape();
        return present;
    }

    /** The value, for a use that does not outlive the graph. */
    private Tensor present() {
        if (value.storage().isGone()) {
            throw new IllegalStateException(
                    "variable: the value of shape %s is no longer there: %s; ask for value() before backward, or copy it"
                            .formatted(
                                    shape(),
                                    node == null
                                            ? "the step that it was made in is over"
                                            : "the memory of this result of "
                                                    + node.operation().name()
                                                    + " was given back by a backward pass or at the end of the step"));
        }
        return value;
    }

    /** From now on somebody outside may read the value at any time: it is held until the end of the step. */
    private void escape() {
        if (!escaped) {
            escaped = true;
            value.storage().retain();
        }
    }

    /** Where the value lives. */
    public Device device() {
        return value.device();
    }

    public Shape shape() {
        return value.shape();
    }

    /** Whether a backward pass reaches this variable. */
    public boolean requiresGradient() {
        return parameter || node != null;
    }

    /** The same value, cut off from the graph: no gradient flows through it. */
    public Variable detach() {
        return of(present());
    }

    /**
     * Computes the gradient of this scalar with respect to every parameter it depends on and <em>adds</em> it to what
     * {@link #gradient} holds. The graph is used up by it.
     *
     * @throws ShapeException if this is not a single value
     * @throws IllegalStateException if nothing here requires a gradient, if the graph was used before, or if a saved tensor was
     *     changed in place
     */
    public void backward() {
        if (value.size() != 1) {
            throw new ShapeException("backward: the loss must be a single value, this has shape " + shape()
                    + "; reduce it (mean, sum) or pass the upstream gradient");
        }
        backward(Tensor.full(value.device(), shape(), 1));
    }

    /** As {@link #backward()}, for an output of any shape, given the gradient that comes from above. */
    public void backward(Tensor upstream) {
        if (!requiresGradient()) {
            throw new IllegalStateException(
                    "backward: nothing here requires a gradient; was the loss computed from a parameter, with gradients on?");
        }
        if (!upstream.shape().equals(shape())) {
            throw new ShapeException("backward: the upstream gradient has shape %s, the value has shape %s"
                    .formatted(upstream.shape(), shape()));
        }
        if (!upstream.device().equals(value.device())) {
            throw new IllegalArgumentException(
                    "backward: the upstream gradient is on %s, the value is on %s; move it with Tensor.to"
                            .formatted(
                                    upstream.device().description(),
                                    value.device().description()));
        }
        Backward.run(this, upstream);
    }

    /** Keeps the gradient of this intermediate result, too, when a backward pass comes through. */
    public Variable retainGradient() {
        retainsGradient = true;
        return this;
    }

    /** Whether a gradient has been computed since the last {@link #clearGradient}. */
    public boolean hasGradient() {
        return hasGradient;
    }

    /**
     * The gradient accumulated by backward passes.
     *
     * @throws IllegalStateException if there is none
     */
    public Tensor gradient() {
        if (!hasGradient) {
            throw new IllegalStateException("gradient: no backward pass has reached this variable of shape " + shape());
        }
        return gradient;
    }

    /** Forgets the gradient; its memory is used again. */
    public void clearGradient() {
        hasGradient = false;
    }

    Node node() {
        return node;
    }

    boolean retainsGradient() {
        return retainsGradient;
    }

    /** Adds to the gradients of leaves, and releases what was added; first gradients are copied all at once. */
    static void accumulateGradients(List<Backward.Leaf> leaves) {
        if (leaves.isEmpty()) {
            return;
        }
        var copies = new ArrayList<Movement.Copy>();
        var further = new ArrayList<Backward.Leaf>();
        for (Backward.Leaf leaf : leaves) {
            Variable variable = leaf.variable();
            if (variable.hasGradient) {
                further.add(leaf);
            } else {
                variable.reserveGradient();
                variable.hasGradient = true;
                variable.gradient.markModified();
                copies.add(new Movement.Copy(
                        variable.gradient.size(), leaf.gradient().place(), variable.gradient.place()));
            }
        }
        leaves.getFirst().gradient().device().kernels().movement().copyAll(copies);
        further.forEach(leaf -> leaf.variable().accumulateGradient(leaf.gradient()));
        leaves.forEach(leaf -> leaf.gradient().storage().release());
    }

    private void reserveGradient() {
        if (gradient == null || !gradient.device().equals(value.device())) {
            gradient = StepMemory.outside(() -> Tensor.empty(value.device(), shape()));
        }
    }

    void accumulateGradient(Tensor addend) {
        reserveGradient();
        if (hasGradient) {
            value.device()
                    .kernels()
                    .elementwise()
                    .addScaled(addend.size(), 1, addend.array(), addend.offset(), gradient.array(), gradient.offset());
            gradient.markModified();
        } else {
            gradient.copyFrom(addend);
            hasGradient = true;
        }
    }

    @Override
    Variable self() {
        return this;
    }

    static Variable[] prepend(Variable first, Variable... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(Variable[]::new);
    }

    @Override
    public String toString() {
        return "Variable" + shape()
                + (parameter
                        ? ", parameter"
                        : node == null ? ", constant" : ", " + node.operation().name());
    }
}

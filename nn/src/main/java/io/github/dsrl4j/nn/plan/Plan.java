package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.profile.Allocation;
import io.github.dsrl4j.nn.profile.Cost;
import io.github.dsrl4j.nn.profile.Profile;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Trace;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A model compiled for inference on inputs of one shape. Batch normalisation is folded into the convolution before it; activations,
 * residual sums and further normalisation run in one pass over the output of the operation before them; the parts of a
 * concatenation are computed in their places; and all intermediate results share one arena, laid out once by their lifetimes, so
 * that a call allocates no memory for them. The result agrees with the model's own forward pass but for rounding.
 *
 * <pre>{@code
 * Plan plan = Plan.compile(network, Shape.of(1, 3, 256, 512));
 * Tensor logits = plan.run(image);
 * }</pre>
 *
 * A plan holds a copy of the model's weights as they were when it was compiled, and does not see later changes. It may be used by
 * many threads at once: each call works in an arena of its own, of which as many are kept as there have been calls at one time.
 * A batch is run image by image, so its images must be independent of each other, as they are in the networks of this project.
 */
public final class Plan {
    private static final String SAME_ARRAY =
            "plan: input and output are one array, but the input is read while the output is written";

    private final Shape input;
    private final List<Shape> outputs;
    private final int images;
    private final Device device;
    private final Kernels kernels;
    private final Constants constants;
    private final Graph graph;
    private final List<Draft> drafts;
    private final Buffers buffers;
    /** Frames that no call is using; the calls in progress hold the others. */
    private final ArrayDeque<Frame> idle = new ArrayDeque<>();

    /** Frames that are idle or in use. */
    private int frames;

    private Plan(Shape input, List<Shape> outputs, Graph graph, Constants constants, Kernels kernels) {
        this.input = input;
        this.outputs = outputs;
        this.images =
                input.size() / Math.max(1, graph.inputs().getFirst().shape().size());
        this.device = constants.device();
        this.kernels = kernels;
        this.constants = constants;
        this.graph = graph;
        this.drafts = Fusion.of(graph);
        drafts.forEach(draft -> draft.share(constants));
        this.buffers = new Buffers(graph, drafts, constants);
        // The first frame also shows, before the first call, that there is a step for every operation.
        idle.push(countedFrame());
    }

    /** Compiles a layer. */
    public static Plan compile(Layer layer, Shape input) {
        return compile(layer, input, layer::apply);
    }

    /**
     * Compiles the forward pass of a module.
     *
     * @param input the shape of the input; the leading dimension counts images
     * @throws IllegalArgumentException if an operation of the model has no place in a plan, if the images of a batch are not
     *     independent, or if the model's parts are on several devices
     */
    public static Plan compile(Module model, Shape input, UnaryOperator<Variable> forward) {
        return compile(model, input, forward, model.device().kernels());
    }

    /** As {@link #compile(Module, Shape, UnaryOperator)}, with kernels of the caller's choice. */
    public static Plan compile(Module model, Shape input, UnaryOperator<Variable> forward, Kernels kernels) {
        return compileAll(model, input, x -> List.of(forward.apply(x)), kernels, new Constants(model.device()));
    }

    /** As {@link #compile(Layer, Shape)}, with constants that several plans of the layer share. */
    static Plan compile(Layer layer, Shape input, Constants constants) {
        return compileAll(
                layer, input, x -> List.of(layer.apply(x)), constants.device().kernels(), constants);
    }

    /** As {@link #compile(Module, Shape, UnaryOperator)}, for a forward pass with several results; for {@link #runAll}. */
    public static Plan compileAll(Module model, Shape input, Function<Variable, List<Variable>> forward) {
        return compileAll(model, input, forward, model.device().kernels(), new Constants(model.device()));
    }

    private static Plan compileAll(
            Module model,
            Shape input,
            Function<Variable, List<Variable>> forward,
            Kernels kernels,
            Constants constants) {
        Device device = constants.device();
        model.movableState().forEach((name, tensor) -> checkDevice(device, "'" + name + "'", tensor));
        Function<List<Variable>, List<Variable>> function = inputs -> forward.apply(inputs.getFirst());
        Graph all = Trace.of(model, List.of(input), function);
        List<Shape> outputs = all.outputs().stream().map(Value::shape).toList();
        if (input.rank() == 0 || input.dim(0) < 2) {
            return new Plan(input, outputs, all, constants, kernels);
        }
        Graph one = Trace.of(model, List.of(input.with(0, 1)), function);
        Images.checkIndependent(one, all, input.dim(0));
        return new Plan(input, outputs, one, constants, kernels);
    }

    /** The shape that {@link #run} takes. */
    public Shape input() {
        return input;
    }

    /**
     * The shape that {@link #run} returns.
     *
     * @throws IllegalStateException if the plan was compiled for several results
     */
    public Shape output() {
        if (outputs.size() != 1) {
            throw new IllegalStateException(
                    "plan: there are %d results, of shapes %s; use runAll".formatted(outputs.size(), outputs));
        }
        return outputs.getFirst();
    }

    /** The shapes that {@link #runAll} returns. */
    public List<Shape> outputs() {
        return outputs;
    }

    /** How much memory a call in progress needs for intermediate results, in bytes. */
    public long arenaBytes() {
        return (long) buffers.arenaFloats() * Float.BYTES;
    }

    /** The working memory that the plan holds, in bytes: that of calls in progress, and what is kept for further ones. */
    long memoryBytes() {
        synchronized (idle) {
            return frames * arenaBytes();
        }
    }

    /** Frees the working memory that no call is using. */
    void freeIdleMemory() {
        synchronized (idle) {
            frames -= idle.size();
            idle.clear();
        }
    }

    /**
     * Runs the model.
     *
     * @throws ShapeException if the shape is not the one that the plan was compiled for
     */
    public Tensor run(Tensor x) {
        checkInput(x);
        Tensor y = Tensor.empty(x.device(), output());
        run(x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    /** Runs a model that has several results, in their order. */
    public List<Tensor> runAll(Tensor x) {
        checkInput(x);
        List<Tensor> results = results(x);
        Frame frame = acquire();
        try {
            for (int image = 0; image < images; image++) {
                bind(frame, x, results, image);
                frame.run();
            }
        } finally {
            release(frame);
        }
        return results;
    }

    private List<Tensor> results(Tensor x) {
        return outputs.stream().map(shape -> Tensor.empty(x.device(), shape)).toList();
    }

    private void bind(Frame frame, Tensor x, List<Tensor> results, int image) {
        frame.input(x.array(), x.offset() + image * (input.size() / images));
        for (int i = 0; i < results.size(); i++) {
            Tensor y = results.get(i);
            frame.output(i, y.array(), y.offset() + image * (y.size() / images));
        }
    }

    /** Runs the model and overwrites {@code y} with the result, of shape {@link #output}. */
    public void run(Tensor x, Tensor y) {
        checkInput(x);
        if (!y.shape().equals(output())) {
            throw new ShapeException("plan: the output has shape %s, not %s".formatted(output(), y.shape()));
        }
        checkDevice(device, "the output", y);
        checkApart(x, y);
        run(x.array(), x.offset(), y.array(), y.offset());
        y.markModified();
    }

    /**
     * Runs the model on plain arrays, in row-major order.
     *
     * @param x of the size of {@link #input}
     * @param y of the size of {@link #output}; overwritten
     */
    @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
    public void run(float[] x, float[] y) {
        checkLength("input", x, input);
        checkLength("output", y, output());
        if (x == y) {
            throw new IllegalArgumentException(SAME_ARRAY);
        }
        if (device instanceof CpuDevice) {
            run(x, 0, y, 0);
        } else {
            Tensor moved = Tensor.empty(device, input);
            moved.copyFrom(x);
            System.arraycopy(run(moved).toArray(), 0, y, 0, y.length);
        }
    }

    private void run(float[] x, int xOffset, float[] y, int yOffset) {
        Frame frame = acquire();
        try {
            int in = input.size() / images;
            int out = output().size() / images;
            for (int image = 0; image < images; image++) {
                frame.input(x, xOffset + image * in);
                frame.output(0, y, yOffset + image * out);
                frame.run();
            }
        } finally {
            release(frame);
        }
    }

    private Frame acquire() {
        synchronized (idle) {
            Frame frame = idle.poll();
            if (frame != null) {
                return frame;
            }
        }
        return countedFrame();
    }

    private void release(Frame frame) {
        frame.release();
        synchronized (idle) {
            idle.push(frame);
        }
    }

    /** A step bound to a frame, and what it does. */
    private record Bound(Step step, Cost cost, String layer) {}

    private Frame countedFrame() {
        Frame frame = newFrame();
        synchronized (idle) {
            frames++;
        }
        return frame;
    }

    private Frame newFrame() {
        var frame = new Frame(constants, buffers.arenaFloats(), outputs.size());
        frame.steps(bind(frame).stream().map(Bound::step).toArray(Step[]::new));
        return frame;
    }

    private List<Bound> bind(Frame frame) {
        var linker = new Linker(frame, buffers, kernels);
        var bound = new ArrayList<Bound>();
        for (Draft draft : drafts) {
            Step step = Buffers.isView(draft) ? null : linker.link(draft);
            if (step != null) {
                bound.add(new Bound(step, draft.cost(), draft.layer()));
            }
        }
        for (int index : buffers.copiedOutputs()) {
            Value result = graph.outputs().get(index);
            bound.add(new Bound(
                    linker.output(result, index),
                    new Cost("copy", 0, 2L * Float.BYTES * result.shape().size()),
                    ""));
        }
        return bound;
    }

    /**
     * Runs the model on an input some times and measures every step. Warm up first: the first runs of a Java machine compile what
     * later ones use.
     */
    public Profile profile(Tensor x, int runs) {
        checkInput(x);
        if (runs < 1) {
            throw new IllegalArgumentException("plan: a profile needs at least 1 run, not " + runs);
        }
        var frame = new Frame(constants, buffers.arenaFloats(), outputs.size());
        List<Bound> steps = bind(frame);
        List<Tensor> results = results(x);
        long[] times = new long[steps.size()];
        long[] allocated = new long[steps.size()];
        var allocation = new Allocation();
        long start = System.nanoTime();
        long allocatedBefore = allocation.bytes();
        for (int i = 0; i < runs * images; i++) {
            bind(frame, x, results, i % images);
            for (int s = 0; s < times.length; s++) {
                long bytes = allocation.bytes();
                long time = System.nanoTime();
                steps.get(s).step.run();
                times[s] += System.nanoTime() - time;
                allocated[s] += allocation.bytes() - bytes;
            }
        }
        long allocatedBytes = allocation.bytes() - allocatedBefore;
        long nanoseconds = System.nanoTime() - start;
        var rows = new ArrayList<Profile.Row>();
        int calls = runs * images;
        for (int s = 0; s < times.length; s++) {
            Cost cost = steps.get(s).cost;
            rows.add(new Profile.Row(
                    cost.kind(),
                    steps.get(s).layer,
                    Profile.Pass.FORWARD,
                    calls,
                    times[s],
                    calls * cost.multiplyAdds(),
                    calls * cost.bytes(),
                    allocated[s]));
        }
        return new Profile(rows, runs, nanoseconds, allocatedBytes);
    }

    private void checkInput(Tensor x) {
        if (!x.shape().equals(input)) {
            throw new ShapeException(
                    "plan: compiled for input %s, got %s; compile another plan for it".formatted(input, x.shape()));
        }
        checkDevice(device, "the input", x);
    }

    private static void checkDevice(Device device, String what, Tensor tensor) {
        if (!tensor.device().equals(device)) {
            throw new IllegalArgumentException("plan: works on %s, but %s is on %s; move it with Tensor.to"
                    .formatted(device.description(), what, tensor.device().description()));
        }
    }

    private static void checkLength(String what, float[] array, Shape shape) {
        if (array.length != shape.size()) {
            throw new ShapeException("plan: the %s %s needs %d elements, the array has %d"
                    .formatted(what, shape, shape.size(), array.length));
        }
    }

    private static void checkApart(Tensor x, Tensor y) {
        if (x.storage().equals(y.storage())) {
            throw new IllegalArgumentException(SAME_ARRAY);
        }
    }
}

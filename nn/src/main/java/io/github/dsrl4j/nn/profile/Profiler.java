package io.github.dsrl4j.nn.profile;

import io.github.dsrl4j.autograd.Observer;
import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.ModuleObserver;
import io.github.dsrl4j.nn.profile.Profile.Pass;
import io.github.dsrl4j.nn.profile.Profile.Row;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures training steps, or anything else that runs operations on variables:
 *
 * <pre>{@code
 * var profiler = new Profiler(model);
 * for (...) {
 *     profiler.watch(() -> trainStep(batch));
 * }
 * System.out.print(profiler.profile().byOperation().toText());
 * }</pre>
 *
 * The first steps compile and allocate what later ones do not; leave them out. For one thread.
 */
public final class Profiler {
    private record Key(String operation, String layer, Pass pass) {}

    private final IdentityHashMap<Module, String> layerNames = new IdentityHashMap<>();
    private final Map<Key, Row> rows = new LinkedHashMap<>();
    private int runs;
    private long nanoseconds;
    private long allocatedBytes;

    /** A profiler that has seen nothing yet, for a model whose layers it knows by name. */
    public Profiler(Module model) {
        model.visit(
                "",
                (prefix, module) -> layerNames.putIfAbsent(
                        module, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1)));
    }

    /** Runs one step and measures its operations. */
    public <T, X extends Throwable> T watch(ScopedValue.CallableOp<T, X> step) throws X {
        var allocation = new Allocation();
        var run = new Run(allocation);
        long allocated = allocation.bytes();
        long start = System.nanoTime();
        try {
            return ModuleObserver.watch(run, () -> Observer.watch(run, step));
        } finally {
            nanoseconds += System.nanoTime() - start;
            allocatedBytes += allocation.bytes() - allocated;
            runs++;
        }
    }

    /** What was measured so far. */
    public Profile profile() {
        if (runs == 0) {
            throw new IllegalStateException("profiler: nothing was watched yet");
        }
        return new Profile(List.copyOf(rows.values()), runs, nanoseconds, allocatedBytes);
    }

    /** Watches one step. A backward pass is known by the operation's instance, which each call has for itself. */
    private final class Run implements Observer, ModuleObserver {
        private record Call(Cost cost, String layer) {}

        private final IdentityHashMap<Operation, Call> calls = new IdentityHashMap<>();
        private final Deque<Layer> running = new ArrayDeque<>();
        private final Allocation allocation;
        private long allocated;

        Run(Allocation allocation) {
            this.allocation = allocation;
            allocated = allocation.bytes();
        }

        @Override
        public void enter(Layer layer) {
            running.push(layer);
        }

        @Override
        public void exit(Layer layer, Variable output) {
            running.pop();
        }

        @Override
        public void forward(Operation operation, Tensor[] inputs, Tensor output, long time) {
            Cost cost = Cost.of(
                    operation,
                    output.shape(),
                    Arrays.stream(inputs).map(Tensor::shape).toArray(Shape[]::new));
            String layer = running.isEmpty() ? "" : layerNames.getOrDefault(running.peek(), "");
            calls.put(operation, new Call(cost, layer));
            add(cost.kind(), layer, Pass.FORWARD, time, cost.multiplyAdds(), cost.bytes());
        }

        @Override
        public void backward(Operation operation, Tensor upstream, long time) {
            Call call = calls.getOrDefault(operation, new Call(new Cost(operation.name(), 0, 0), ""));
            Cost cost = call.cost.ofBackward(operation);
            add(cost.kind(), call.layer, Pass.BACKWARD, time, cost.multiplyAdds(), cost.bytes());
        }

        @Override
        public void gradientSum(Tensor sum, long time) {
            add("gradient sum", "", Pass.BACKWARD, time, 0, 3L * Float.BYTES * sum.size());
        }

        private void add(String kind, String layer, Pass pass, long time, long multiplyAdds, long bytes) {
            long now = allocation.bytes();
            var row = new Row(kind, layer, pass, 1, time, multiplyAdds, bytes, now - allocated);
            rows.merge(new Key(kind, layer, pass), row, Row::plus);
            // What the bookkeeping itself allocates is nobody's.
            allocated = allocation.bytes();
        }
    }
}

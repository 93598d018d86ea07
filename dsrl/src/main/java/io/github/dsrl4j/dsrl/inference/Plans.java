package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.LinkedHashMap;

/**
 * One model compiled for every input size that it meets. Those used last are kept, as long as their memory stays within bounds;
 * safe for use by many threads at once.
 */
final class Plans {
    /** A folder of pictures of many sizes must not fill the memory. */
    private static final long MOST_BYTES = 256L << 20;

    private final Layer model;
    /** Those used last at the end. */
    private final LinkedHashMap<Shape, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

    Plans(Layer model) {
        this.model = model;
    }

    Tensor run(Tensor input) {
        return plan(input.shape()).run(input);
    }

    private Plan plan(Shape input) {
        synchronized (plans) {
            Plan known = plans.get(input);
            if (known != null) {
                return known;
            }
        }
        // Outside the lock: other sizes need not wait. Two threads that meet a size at once compile it twice, which
        // does no harm.
        Plan compiled = Plan.compile(model, input);
        synchronized (plans) {
            plans.put(input, compiled);
            long bytes = plans.values().stream().mapToLong(Plan::arenaBytes).sum();
            var oldest = plans.values().iterator();
            while (bytes > MOST_BYTES && plans.size() > 1) {
                bytes -= oldest.next().arenaBytes();
                oldest.remove();
            }
        }
        return compiled;
    }
}

package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.LinkedHashMap;

/**
 * One model compiled for every input shape that it meets, within a bound of memory; safe for many threads at once.
 *
 * <p>All plans share one copy of the weights. Beside it each takes working memory, as many times as there were calls at one time. Where
 * that passes the bound, the plans go that were not used for longest, and then the working memory that no call is using. So the bound
 * holds whenever no call is running, and a running call has what it needs.
 */
public final class PlanCache {
    /** What the objects of a plan take beside its working memory: measured for networks of some 200 steps, rounded up. */
    private static final long OVERHEAD = 512 << 10;

    private static final long LARGEST_DEFAULT = 256L << 20;
    private static final int HEAP_SHARE = 8;

    private final Layer model;
    private final Constants constants;
    private final long maxBytes;
    /** Those used last at the end. */
    private final LinkedHashMap<Shape, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * A cache for a model, whose weights must not change from now on.
     *
     * @param maxBytes of all plans together, the weights not counted
     */
    public PlanCache(Layer model, long maxBytes) {
        this.model = model;
        this.constants = new Constants(model.device());
        this.maxBytes = maxBytes;
    }

    /** A bound for most programs: 256 MiB, or an eighth of the heap where that is less. */
    public static long defaultBytes() {
        return Math.min(LARGEST_DEFAULT, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** Runs the model; the first input of a shape takes longer, since the model is then compiled for it. */
    public Tensor run(Tensor input) {
        Plan plan = plan(input.shape());
        try {
            return plan.run(input);
        } finally {
            trim();
        }
    }

    /** The memory of all plans together in bytes, the weights not counted. */
    public long bytes() {
        synchronized (plans) {
            return plans.values().stream().mapToLong(PlanCache::bytes).sum();
        }
    }

    /** The memory of the weights that all plans share, in bytes. */
    public long weightBytes() {
        return constants.bytes();
    }

    /** How many shapes there are plans for. */
    public int size() {
        synchronized (plans) {
            return plans.size();
        }
    }

    private Plan plan(Shape input) {
        synchronized (plans) {
            Plan known = plans.get(input);
            if (known != null) {
                return known;
            }
        }
        // Outside the lock: other shapes need not wait. Two threads that meet a shape at once compile it twice, which
        // does no harm.
        Plan compiled = Plan.compile(model, input, constants);
        synchronized (plans) {
            plans.put(input, compiled);
        }
        return compiled;
    }

    private void trim() {
        synchronized (plans) {
            long bytes = bytes();
            var oldest = plans.values().iterator();
            while (bytes > maxBytes && plans.size() > 1) {
                bytes -= bytes(oldest.next());
                oldest.remove();
            }
            if (bytes > maxBytes) {
                plans.values().forEach(Plan::freeIdleMemory);
            }
        }
    }

    private static long bytes(Plan plan) {
        return plan.memoryBytes() + OVERHEAD;
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Plans by geometry. Plans hold tables alone, so two threads that make the same one do no harm. */
final class PlanCache<K, T> {
    /** Far more than the layers of a network; a program whose image sizes never repeat must not fill the memory. */
    private static final int MOST_PLANS = 1024;

    private final ConcurrentHashMap<K, T> plans = new ConcurrentHashMap<>();
    private final Function<K, T> maker;

    PlanCache(Function<K, T> maker) {
        this.maker = maker;
    }

    T get(K geometry) {
        T plan = plans.get(geometry);
        if (plan == null) {
            if (plans.size() >= MOST_PLANS) {
                plans.clear();
            }
            plan = maker.apply(geometry);
            plans.put(geometry, plan);
        }
        return plan;
    }
}

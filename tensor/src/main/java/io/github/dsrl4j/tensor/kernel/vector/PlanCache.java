package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Plans by geometry. Plans hold tables alone, so two threads that make the same one do no harm. */
final class PlanCache<T> {
    /** Far more than the layers of a network; a program whose image sizes never repeat must not fill the memory. */
    private static final int MOST_PLANS = 1024;

    private final ConcurrentHashMap<ConvolutionGeometry, T> plans = new ConcurrentHashMap<>();
    private final Function<ConvolutionGeometry, T> maker;

    PlanCache(Function<ConvolutionGeometry, T> maker) {
        this.maker = maker;
    }

    T get(ConvolutionGeometry geometry) {
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

package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Tensor;

/** Sees every operation that runs inside {@link #watch}: for summaries of a model and for profiles. */
@FunctionalInterface
public interface Observer {
    /** Called after each forward pass of an operation. */
    void forward(Operation operation, Tensor[] inputs, Tensor output, long nanoseconds);

    /** Called after each backward pass of an operation. */
    default void backward(Operation operation, Tensor upstream, long nanoseconds) {}

    /** Called after the gradients of two uses of one result were added up. */
    default void gradientSum(Tensor sum, long nanoseconds) {}

    /** Runs {@code action} and shows {@code observer} every operation in it. */
    static <T, X extends Throwable> T watch(Observer observer, ScopedValue.CallableOp<T, X> action) throws X {
        return ScopedValue.where(Current.OBSERVER, observer).call(action);
    }

    /** Where the current observer is kept. */
    final class Current {
        private static final ScopedValue<Observer> OBSERVER = ScopedValue.newInstance();

        private Current() {}

        static Observer get() {
            return OBSERVER.isBound() ? OBSERVER.get() : null;
        }
    }
}

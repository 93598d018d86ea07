package io.github.dsrl4j.nn;

import io.github.dsrl4j.autograd.Variable;

/** Sees each {@link Layer} as it runs; for a model's summary. */
public interface ModuleObserver {
    /** A layer begins. */
    void enter(Layer layer);

    /** A layer has produced its output. */
    void exit(Layer layer, Variable output);

    /** Runs {@code action} and shows {@code observer} every layer in it. */
    static <T, X extends Throwable> T watch(ModuleObserver observer, ScopedValue.CallableOp<T, X> action) throws X {
        return ScopedValue.where(Current.OBSERVER, observer).call(action);
    }

    /** The observer that watches here, or null. */
    static ModuleObserver current() {
        return Current.OBSERVER.isBound() ? Current.OBSERVER.get() : null;
    }

    /** Where the current observer is kept. */
    final class Current {
        private static final ScopedValue<ModuleObserver> OBSERVER = ScopedValue.newInstance();

        private Current() {}
    }
}

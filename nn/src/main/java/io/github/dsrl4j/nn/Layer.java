package io.github.dsrl4j.nn;

import io.github.dsrl4j.autograd.Variable;

/** A module that turns one variable into one variable. */
public abstract class Layer extends Module {
    /** A layer without parts yet. */
    protected Layer() {}

    /** The computation itself; callers use {@link #apply}. */
    protected abstract Variable forward(Variable x);

    /** Runs the layer and shows it to a {@link ModuleObserver}, if one watches. */
    public final Variable apply(Variable x) {
        ModuleObserver observer = ModuleObserver.current();
        if (observer == null) {
            return forward(x);
        }
        observer.enter(this);
        Variable y = forward(x);
        observer.exit(this, y);
        return y;
    }
}

package io.github.dsrl4j.nn.plan;

/** A kernel call with everything that it needs, on the frame that it was bound to. */
@FunctionalInterface
interface Step {
    void run();
}

/**
 * Inference as fast as it goes: a model and an input shape, compiled once. {@link io.github.dsrl4j.nn.plan.Plan} is the way in.
 */
package io.github.dsrl4j.nn.plan;

/**
 * The graph of a model's forward pass, recorded as it runs: what a compiled plan and an export to another format start from.
 * {@link io.github.dsrl4j.nn.trace.Trace} records, {@link io.github.dsrl4j.nn.trace.Graph} is the result.
 */
package io.github.dsrl4j.nn.trace;

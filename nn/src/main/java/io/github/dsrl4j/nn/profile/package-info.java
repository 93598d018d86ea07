/**
 * Where the time goes: {@link io.github.dsrl4j.nn.profile.Profiler} watches training steps,
 * {@link io.github.dsrl4j.nn.plan.Plan#profile} a compiled plan, and {@link io.github.dsrl4j.nn.profile.Profile} is the table of both.
 */
package io.github.dsrl4j.nn.profile;

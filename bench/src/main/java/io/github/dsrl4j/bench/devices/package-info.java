/**
 * {@code bench devices}: the same operations, the same inference and the same training step on scalar and vector kernels, with the matrix
 * product of jblas, and on every OpenCL device, each in a process of its own.
 */
package io.github.dsrl4j.bench.devices;

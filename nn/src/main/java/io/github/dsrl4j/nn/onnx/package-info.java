/**
 * Models in the Open Neural Network Exchange format, which other tools run. {@link io.github.dsrl4j.nn.onnx.OnnxExport} writes
 * them.
 */
package io.github.dsrl4j.nn.onnx;

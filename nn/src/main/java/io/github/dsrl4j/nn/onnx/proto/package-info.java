/**
 * The files of the <a href="https://onnx.ai/onnx/repo-docs/IR.html">Open Neural Network Exchange</a> as records, and the Protocol
 * Buffers wire format that they lie in: one record a message, with the names of {@code onnx.proto}. What a record has no component
 * for (documentation strings, functions, training information) is passed over when reading.
 */
package io.github.dsrl4j.nn.onnx.proto;

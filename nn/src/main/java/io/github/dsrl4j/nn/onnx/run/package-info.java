/**
 * Runs ONNX graphs: values, and the operators on them, one file a family. An operator is made once for each node, when the graph is
 * loaded, from the node's attributes and the version of the operator set; what it does not support it refuses there and then, by
 * name. Arithmetic on float32 goes through the kernels of the engine; whole numbers, booleans and float64, which models use for
 * shapes and little else, are served by plain loops.
 */
package io.github.dsrl4j.nn.onnx.run;

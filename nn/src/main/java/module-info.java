/** Modules, layers, losses, optimisers, data loading and checkpoints. */
module io.github.dsrl4j.nn {
    requires transitive io.github.dsrl4j.autograd;
    requires java.management;
    // Counts what a thread allocates, where the Java machine is HotSpot.
    requires static jdk.management;

    exports io.github.dsrl4j.nn;
    exports io.github.dsrl4j.nn.checkpoint;
    exports io.github.dsrl4j.nn.data;
    exports io.github.dsrl4j.nn.layer;
    exports io.github.dsrl4j.nn.loss;
    exports io.github.dsrl4j.nn.onnx;
    exports io.github.dsrl4j.nn.onnx.proto;
    exports io.github.dsrl4j.nn.onnx.run;
    exports io.github.dsrl4j.nn.optim;
    exports io.github.dsrl4j.nn.plan;
    exports io.github.dsrl4j.nn.profile;
    exports io.github.dsrl4j.nn.trace;
}

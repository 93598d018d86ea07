/** Variables, the tape, and operations with forward and backward side by side. */
module io.github.dsrl4j.autograd {
    requires transitive io.github.dsrl4j.tensor;

    exports io.github.dsrl4j.autograd;
    exports io.github.dsrl4j.autograd.op;
}

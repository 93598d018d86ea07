package io.github.dsrl4j.nn.onnx.run;

import java.util.List;
import java.util.function.Function;

/** What a node does, its attributes already read; has no state and may be used by many threads. */
@FunctionalInterface
interface Operator {
    /** The outputs in their order; there may be fewer than the operator defines, but not than the node wants. */
    List<Value> run(Call call);

    /** An operator with one output. */
    static Operator of(Function<Call, Value> function) {
        return call -> List.of(function.apply(call));
    }
}

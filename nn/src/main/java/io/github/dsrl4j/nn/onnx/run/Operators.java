package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The operators that can run, by their names. */
public final class Operators {
    /** The newest version of ONNX's operators that has been looked at. */
    static final int NEWEST = 28;

    /**
     * An operator.
     *
     * @param since the first version of the operator set in which it means what is implemented here
     * @param least the fewest inputs; {@code most} the most
     */
    private record Entry(int since, int least, int most, Function<Attributes, Operator> maker) {}

    private static final int ANY = Integer.MAX_VALUE;

    private static final Map<String, Entry> TABLE = table();

    private Operators() {}

    private static Map<String, Entry> table() {
        var table = new TreeMap<String, Entry>();
        arithmetic(table);
        functions(table);
        networks(table);
        shapes(table);
        return Collections.unmodifiableMap(table);
    }

    private static void arithmetic(Map<String, Entry> table) {
        table.put("Add", new Entry(6, 2, 2, Arithmetic::add));
        table.put("Sub", new Entry(6, 2, 2, Arithmetic::subtract));
        table.put("Mul", new Entry(6, 2, 2, Arithmetic::multiply));
        table.put("Div", new Entry(6, 2, 2, Arithmetic::divide));
        table.put("Mod", new Entry(10, 2, 2, Arithmetic::modulo));
        table.put("Pow", new Entry(6, 2, 2, Arithmetic::power));
        table.put("Min", new Entry(6, 1, ANY, Arithmetic::min));
        table.put("Max", new Entry(6, 1, ANY, Arithmetic::max));
        table.put("Sum", new Entry(6, 1, ANY, Arithmetic::sum));
        table.put("Mean", new Entry(6, 1, ANY, Arithmetic::mean));
        table.put("Equal", new Entry(7, 2, 2, Logic::equal));
        table.put("Less", new Entry(7, 2, 2, Logic::less));
        table.put("LessOrEqual", new Entry(12, 2, 2, Logic::lessOrEqual));
        table.put("Greater", new Entry(7, 2, 2, Logic::greater));
        table.put("GreaterOrEqual", new Entry(12, 2, 2, Logic::greaterOrEqual));
        table.put("And", new Entry(7, 2, 2, Logic::and));
        table.put("Or", new Entry(7, 2, 2, Logic::or));
        table.put("Xor", new Entry(7, 2, 2, Logic::xor));
        table.put("Not", new Entry(1, 1, 1, Logic::not));
        table.put("Where", new Entry(9, 3, 3, Logic::where));
    }

    private static void functions(Map<String, Entry> table) {
        table.put("Sqrt", new Entry(6, 1, 1, Arithmetic::sqrt));
        table.put("Exp", new Entry(6, 1, 1, Arithmetic::exp));
        table.put("Log", new Entry(6, 1, 1, Arithmetic::log));
        table.put("Abs", new Entry(6, 1, 1, Arithmetic::abs));
        table.put("Neg", new Entry(6, 1, 1, Arithmetic::negate));
        table.put("Ceil", new Entry(6, 1, 1, Arithmetic::ceil));
        table.put("Floor", new Entry(6, 1, 1, Arithmetic::floor));
        table.put("Round", new Entry(11, 1, 1, Arithmetic::round));
        table.put("Reciprocal", new Entry(6, 1, 1, Arithmetic::reciprocal));
        table.put("Sign", new Entry(9, 1, 1, Arithmetic::sign));
        table.put("Clip", new Entry(6, 1, 3, Arithmetic::clip));
        table.put("Relu", new Entry(6, 1, 1, Activations::relu));
        table.put("LeakyRelu", new Entry(6, 1, 1, Activations::leakyRelu));
        table.put("PRelu", new Entry(6, 2, 2, Activations::prelu));
        table.put("Sigmoid", new Entry(6, 1, 1, Activations::sigmoid));
        table.put("HardSigmoid", new Entry(6, 1, 1, Activations::hardSigmoid));
        table.put("HardSwish", new Entry(14, 1, 1, Activations::hardSwish));
        table.put("Tanh", new Entry(6, 1, 1, Activations::tanh));
        table.put("Elu", new Entry(6, 1, 1, Activations::elu));
        table.put("Softplus", new Entry(1, 1, 1, Activations::softplus));
        table.put("Erf", new Entry(9, 1, 1, ElementaryFunctions::erf));
        table.put("Sin", new Entry(7, 1, 1, ElementaryFunctions::sin));
        table.put("Cos", new Entry(7, 1, 1, ElementaryFunctions::cos));
        table.put("Tan", new Entry(7, 1, 1, ElementaryFunctions::tan));
        table.put("Asin", new Entry(7, 1, 1, ElementaryFunctions::asin));
        table.put("Acos", new Entry(7, 1, 1, ElementaryFunctions::acos));
        table.put("Atan", new Entry(7, 1, 1, ElementaryFunctions::atan));
        table.put("Sinh", new Entry(9, 1, 1, ElementaryFunctions::sinh));
        table.put("Cosh", new Entry(9, 1, 1, ElementaryFunctions::cosh));
        table.put("Asinh", new Entry(9, 1, 1, ElementaryFunctions::asinh));
        table.put("Acosh", new Entry(9, 1, 1, ElementaryFunctions::acosh));
        table.put("Atanh", new Entry(9, 1, 1, ElementaryFunctions::atanh));
        table.put("Selu", new Entry(6, 1, 1, ElementaryFunctions::selu));
        table.put("Celu", new Entry(12, 1, 1, ElementaryFunctions::celu));
        table.put("Gelu", new Entry(20, 1, 1, ElementaryFunctions::gelu));
        table.put("Mish", new Entry(18, 1, 1, ElementaryFunctions::mish));
        table.put("Softsign", new Entry(1, 1, 1, ElementaryFunctions::softsign));
        table.put("ThresholdedRelu", new Entry(10, 1, 1, ElementaryFunctions::thresholdedRelu));
        table.put("Softmax", new Entry(1, 1, 1, Softmaxes::softmax));
        table.put("LogSoftmax", new Entry(1, 1, 1, Softmaxes::logSoftmax));
        table.put("SoftmaxCrossEntropyLoss", new Entry(12, 2, 3, Softmaxes::crossEntropy));
        table.put("NegativeLogLikelihoodLoss", new Entry(12, 2, 3, Softmaxes::negativeLogLikelihood));
    }

    private static void networks(Map<String, Entry> table) {
        table.put("Conv", new Entry(1, 2, 3, Convolutions::convolution));
        table.put("ConvTranspose", new Entry(1, 2, 3, TransposedConvolutions::transposed));
        table.put("MaxPool", new Entry(1, 1, 1, Poolings::max));
        table.put("AveragePool", new Entry(1, 1, 1, Poolings::average));
        table.put("GlobalAveragePool", new Entry(1, 1, 1, Poolings::globalAverage));
        table.put("GlobalMaxPool", new Entry(1, 1, 1, Poolings::globalMax));
        table.put("BatchNormalization", new Entry(6, 5, 5, Normalizations::batch));
        table.put("InstanceNormalization", new Entry(6, 3, 3, Normalizations::instance));
        table.put("Resize", new Entry(10, 1, 4, Resizes::resize));
        table.put("Upsample", new Entry(7, 1, 2, Resizes::upsample));
        table.put("MatMul", new Entry(1, 2, 2, Products::matrix));
        table.put("Gemm", new Entry(6, 2, 3, Products::general));
        table.put("ReduceSum", new Entry(1, 1, 2, Reductions::sum));
        table.put("ReduceMean", new Entry(1, 1, 2, Reductions::mean));
        table.put("ReduceMax", new Entry(1, 1, 2, Reductions::max));
        table.put("ReduceMin", new Entry(1, 1, 2, Reductions::min));
        table.put("ReduceProd", new Entry(1, 1, 2, Reductions::product));
        table.put("ReduceL1", new Entry(1, 1, 2, Reductions::l1));
        table.put("ReduceL2", new Entry(1, 1, 2, Reductions::l2));
        table.put("ReduceSumSquare", new Entry(1, 1, 2, Reductions::sumSquare));
        table.put("ArgMax", new Entry(1, 1, 1, Reductions::argMax));
        table.put("ArgMin", new Entry(1, 1, 1, Reductions::argMin));
    }

    private static void shapes(Map<String, Entry> table) {
        table.put("Concat", new Entry(4, 1, ANY, Slices::concat));
        table.put("Split", new Entry(2, 1, 2, Slices::split));
        table.put("Slice", new Entry(1, 1, 5, Slices::slice));
        table.put("Gather", new Entry(1, 2, 2, Slices::gather));
        table.put("GatherElements", new Entry(11, 2, 2, Slices::gatherElements));
        table.put("Pad", new Entry(2, 1, 4, Padding::pad));
        table.put("Reshape", new Entry(5, 2, 2, Shapes::reshape));
        table.put("Flatten", new Entry(1, 1, 1, Shapes::flatten));
        table.put("Transpose", new Entry(1, 1, 1, Shapes::transpose));
        table.put("Squeeze", new Entry(1, 1, 2, Shapes::squeeze));
        table.put("Unsqueeze", new Entry(1, 1, 2, Shapes::unsqueeze));
        table.put("Expand", new Entry(8, 2, 2, Shapes::expand));
        table.put("Tile", new Entry(6, 2, 2, Shapes::tile));
        table.put("Shape", new Entry(1, 1, 1, Shapes::shape));
        table.put("Size", new Entry(1, 1, 1, Shapes::size));
        table.put("DepthToSpace", new Entry(1, 1, 1, Shapes::depthToSpace));
        table.put("SpaceToDepth", new Entry(1, 1, 1, Shapes::spaceToDepth));
        table.put("Identity", new Entry(1, 1, 1, Shapes::identity));
        table.put("Dropout", new Entry(6, 1, 3, Shapes::dropout));
        table.put("Constant", new Entry(1, 0, 0, Constants::constant));
        table.put("ConstantOfShape", new Entry(9, 1, 1, Constants::ofShape));
        table.put("Range", new Entry(11, 3, 3, Constants::range));
        table.put("Cast", new Entry(6, 1, 1, Constants::cast));
        table.put("CastLike", new Entry(15, 2, 2, Constants::castLike));
    }

    /** The names of all operators that can run. */
    public static SortedSet<String> names() {
        return new TreeSet<>(TABLE.keySet());
    }

    /**
     * The operator of a node.
     *
     * @throws UnsupportedOnnxException if there is none, or not with the node's attributes
     * @throws OnnxException if the node is wrong in itself
     */
    static Operator make(NodeProto node, int opset) {
        Entry entry = TABLE.get(node.operator());
        if (entry == null) {
            throw new UnsupportedOnnxException("the operator is not supported");
        }
        if (opset < entry.since) {
            throw new UnsupportedOnnxException("the operator is supported from operator set %d on, the model uses %d"
                    .formatted(entry.since, opset));
        }
        int given = node.inputs().size();
        if (given < entry.least || given > entry.most) {
            throw new OnnxException(
                    "has %d inputs; the operator takes %d to %d".formatted(given, entry.least, entry.most));
        }
        var attributes = new Attributes(node, opset);
        Operator operator = entry.maker.apply(attributes);
        attributes.checkAllKnown();
        return operator;
    }
}

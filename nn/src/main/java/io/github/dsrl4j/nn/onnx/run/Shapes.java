package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The same elements in another shape or order: Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Expand, DepthToSpace, SpaceToDepth,
 * Identity, Dropout; and shapes as values: Shape, Size.
 */
final class Shapes {
    private Shapes() {}

    /** 0 keeps the extent of x in its place (unless allowzero), one -1 takes what is left. */
    static Operator reshape(Attributes attributes) {
        boolean allowZero = attributes.opset() >= 14 && attributes.flag("allowzero", false);
        return Operator.of(call -> {
            Value x = call.value(0);
            return x.reshape(target(x.shape(), call.integers(1), allowZero));
        });
    }

    private static Shape target(Shape from, long[] wanted, boolean allowZero) {
        long[] extents = wanted.clone();
        int open = -1;
        double known = 1;
        for (int d = 0; d < extents.length; d++) {
            if (extents[d] == 0 && !allowZero) {
                if (d >= from.rank()) {
                    throw mismatch(from, wanted);
                }
                extents[d] = from.dim(d);
            }
            if (extents[d] == -1) {
                if (open >= 0) {
                    throw new OnnxException(
                            "the shape %s has more than one -1".formatted(Attributes.abbreviated(wanted)));
                }
                open = d;
            } else {
                known *= extents[d];
            }
        }
        if (open >= 0) {
            if (known <= 0 || known > Integer.MAX_VALUE || from.size() % (long) known != 0) {
                throw mismatch(from, wanted);
            }
            extents[open] = from.size() / (long) known;
        }
        Shape target = Extents.shape(extents);
        if (target.size() != from.size()) {
            throw mismatch(from, wanted);
        }
        return target;
    }

    private static OnnxException mismatch(Shape from, long[] wanted) {
        return new OnnxException("%s cannot take the shape %s".formatted(from, Attributes.abbreviated(wanted)));
    }

    /** To two dimensions: those before {@code axis} (1), and the others. */
    static Operator flatten(Attributes attributes) {
        long wanted = attributes.integer("axis", 1);
        return Operator.of(call -> {
            Value x = call.value(0);
            int rank = x.shape().rank();
            int axis = wanted == rank ? rank : Extents.axis(wanted, Math.max(1, rank));
            return x.reshape(Extents.shape(x.shape().span(0, axis), x.shape().span(axis, rank)));
        });
    }

    /** Leaves out dimensions of extent 1: those named, or all. The axes are an attribute up to version 12, then an input. */
    static Operator squeeze(Attributes attributes) {
        Optional<long[]> fixed = attributes.opset() < 13 ? attributes.integers("axes") : Optional.empty();
        return Operator.of(call -> {
            Value x = call.value(0);
            int rank = x.shape().rank();
            long[] wanted = call.has(1) ? call.integers(1) : fixed.orElse(null);
            boolean[] left = new boolean[rank];
            if (wanted == null) {
                for (int d = 0; d < rank; d++) {
                    left[d] = x.shape().dim(d) == 1;
                }
            } else {
                for (int axis : Extents.axes(wanted, rank)) {
                    if (x.shape().dim(axis) != 1) {
                        throw new OnnxException("dimension %d of %s is not 1".formatted(axis, x.shape()));
                    }
                    left[axis] = true;
                }
            }
            int[] dims = new int[rank];
            int count = 0;
            for (int d = 0; d < rank; d++) {
                if (!left[d]) {
                    dims[count++] = x.shape().dim(d);
                }
            }
            return x.reshape(Shape.of(Arrays.copyOf(dims, count)));
        });
    }

    /** Puts in dimensions of extent 1, at places counted in the result. The axes are an attribute up to version 12, then an input. */
    static Operator unsqueeze(Attributes attributes) {
        Optional<long[]> fixed = attributes.opset() < 13 ? attributes.integers("axes") : Optional.empty();
        return Operator.of(call -> {
            Value x = call.value(0);
            long[] axes = fixed.isPresent() ? fixed.get() : call.integers(1);
            long[] extents = new long[x.shape().rank() + axes.length];
            Arrays.fill(extents, -1);
            for (int axis : Extents.axes(axes, extents.length)) {
                extents[axis] = 1;
            }
            int next = 0;
            for (int d = 0; d < extents.length; d++) {
                extents[d] = extents[d] == 1 ? 1 : x.shape().dim(next++);
            }
            return x.reshape(Extents.shape(extents));
        });
    }

    /** Dimension d of the result is dimension {@code perm[d]} of x; without perm in reverse order. */
    static Operator transpose(Attributes attributes) {
        Optional<long[]> perm = attributes.integers("perm");
        return Operator.of(call -> {
            Value x = call.value(0);
            int rank = x.shape().rank();
            int[] order = new int[rank];
            Arrays.setAll(order, d -> rank - 1 - d);
            if (perm.isPresent()) {
                order = Extents.axes(perm.get(), rank);
                if (order.length != rank) {
                    throw new OnnxException("attribute 'perm' %s does not order the dimensions of %s"
                            .formatted(Attributes.abbreviated(perm.get()), x.shape()));
                }
            }
            return Moves.permute(call, x, order);
        });
    }

    /** Stretches x; where the shape given has 1, the extent of x remains. */
    static Operator expand(Attributes attributes) {
        return Operator.of(call -> {
            Value x = call.value(0);
            return Moves.stretch(call, x, Shape.broadcast("expand", x.shape(), Extents.shape(call.integers(1))));
        });
    }

    /** {@code repeats[d]} copies of x along each dimension. */
    static Operator tile(Attributes attributes) {
        return Operator.of(call -> {
            Value x = call.value(0);
            long[] repeats = call.integers(1);
            int rank = x.shape().rank();
            if (repeats.length != rank) {
                throw new OnnxException("%d repeats are given for the shape %s".formatted(repeats.length, x.shape()));
            }
            // Each dimension becomes two: which copy, and where in it.
            long[] wide = new long[2 * rank];
            long[] extents = new long[rank];
            int[] strides = new int[2 * rank];
            for (int d = 0; d < rank; d++) {
                wide[2 * d] = repeats[d];
                wide[2 * d + 1] = x.shape().dim(d);
                extents[d] = Math.multiplyHigh(repeats[d], wide[2 * d + 1]) == 0 ? repeats[d] * wide[2 * d + 1] : -1;
                strides[2 * d + 1] = x.shape().strides()[d];
            }
            Shape shape = Extents.shape(extents);
            return Moves.view(call, x, Extents.shape(wide), 0, strides).reshape(shape);
        });
    }

    /** The extents of x from {@code start} to {@code end}, end excluded; from version 15 both may be given. */
    static Operator shape(Attributes attributes) {
        boolean slices = attributes.opset() >= 15;
        long start = slices ? attributes.integer("start", 0) : 0;
        long end = slices ? attributes.integer("end", Long.MAX_VALUE) : Long.MAX_VALUE;
        return Operator.of(call -> {
            Shape shape = call.value(0).shape();
            int from = bound(start, shape.rank());
            int to = Math.max(from, bound(end, shape.rank()));
            return Value.of(
                    Shape.of(to - from),
                    Arrays.stream(shape.dims(), from, to).asLongStream().toArray());
        });
    }

    private static int bound(long position, int rank) {
        return (int) Math.clamp(position < 0 ? position + rank : position, 0L, (long) rank);
    }

    /** The number of elements. */
    static Operator size(Attributes attributes) {
        return Operator.of(call -> Value.of(Shape.of(), call.value(0).size()));
    }

    private enum Order {
        /** The block's position is the outer part of the channel. */
        DCR,
        /** The block's position is the inner part of the channel. */
        CRD
    }

    /** {@code [N, C b b, H, W]} to {@code [N, C, H b, W b]}. */
    static Operator depthToSpace(Attributes attributes) {
        long block = attributes.integer("blocksize", 0);
        Order order =
                attributes.opset() < 11 ? Order.DCR : attributes.choice("mode", Order.DCR, List.of(Order.values()));
        return Operator.of(call -> {
            Value x = call.value(0);
            Shape shape = checkImage(x, block);
            if (shape.dim(1) % (block * block) != 0) {
                throw new OnnxException(
                        "%d channels do not make blocks of %d x %d".formatted(shape.dim(1), block, block));
            }
            int b = (int) block;
            int n = shape.dim(0);
            int c = shape.dim(1) / (b * b);
            int h = shape.dim(2);
            int w = shape.dim(3);
            Value moved = order == Order.DCR
                    ? Moves.permute(call, x.reshape(Shape.of(n, b, b, c, h, w)), 0, 3, 4, 1, 5, 2)
                    : Moves.permute(call, x.reshape(Shape.of(n, c, b, b, h, w)), 0, 1, 4, 2, 5, 3);
            return moved.reshape(Extents.shape(n, c, (long) h * b, (long) w * b));
        });
    }

    /** {@code [N, C, H b, W b]} to {@code [N, C b b, H, W]}; the attribute mode came with version 28. */
    static Operator spaceToDepth(Attributes attributes) {
        long block = attributes.integer("blocksize", 0);
        Order order =
                attributes.opset() < 28 ? Order.DCR : attributes.choice("mode", Order.DCR, List.of(Order.values()));
        return Operator.of(call -> {
            Value x = call.value(0);
            Shape shape = checkImage(x, block);
            if (shape.dim(2) % block != 0 || shape.dim(3) % block != 0) {
                throw new OnnxException("%s does not divide into blocks of %d x %d".formatted(shape, block, block));
            }
            int b = (int) block;
            int n = shape.dim(0);
            int c = shape.dim(1);
            int h = shape.dim(2) / b;
            int w = shape.dim(3) / b;
            Value blocks = x.reshape(Shape.of(n, c, h, b, w, b));
            Value moved = order == Order.DCR
                    ? Moves.permute(call, blocks, 0, 3, 5, 1, 2, 4)
                    : Moves.permute(call, blocks, 0, 1, 3, 5, 2, 4);
            return moved.reshape(Extents.shape(n, (long) c * b * b, h, w));
        });
    }

    private static Shape checkImage(Value x, long block) {
        if (x.shape().rank() != 4 || block < 1 || block > 1 << 15) {
            throw new OnnxException(
                    "images [N, C, H, W] and a block size are expected, not %s and %d".formatted(x.shape(), block));
        }
        return x.shape();
    }

    static Operator identity(Attributes attributes) {
        return Operator.of(call -> call.value(0));
    }

    /** At inference the identity, and a mask of ones: of x's type up to version 9, then BOOL. Dropping in training is not supported. */
    static Operator dropout(Attributes attributes) {
        boolean asInputs = attributes.opset() >= 12;
        if (asInputs) {
            attributes.integer("seed");
        } else {
            attributes.real("ratio");
        }
        if (attributes.opset() < 7 && !attributes.flag("is_test", false)) {
            throw new UnsupportedOnnxException("training, which attribute 'is_test' says otherwise, is not supported");
        }
        boolean mask = attributes.wants(1);
        boolean maskIsBoolean = attributes.opset() >= 10;
        return call -> {
            Value x = call.value(0);
            boolean training = asInputs && call.has(2) && call.number(2) != 0;
            if (training && (!call.has(1) || call.number(1) != 0)) {
                throw new UnsupportedOnnxException("training_mode with a ratio above 0 is not supported");
            }
            if (!mask) {
                return List.of(x);
            }
            DataType type = maskIsBoolean ? DataType.BOOL : x.type();
            Value one = Constants.cast(call, new Integers(DataType.BOOL, Shape.of(), new long[] {1}), type);
            return List.of(x, Moves.full(call, type, x.shape(), one));
        };
    }
}

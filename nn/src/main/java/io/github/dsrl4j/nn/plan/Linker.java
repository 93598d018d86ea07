package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.op.Abs;
import io.github.dsrl4j.autograd.op.AdaptiveAveragePool2d;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.AveragePool2d;
import io.github.dsrl4j.autograd.op.ChannelShuffle;
import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.autograd.op.Divide;
import io.github.dsrl4j.autograd.op.Exp;
import io.github.dsrl4j.autograd.op.Linear;
import io.github.dsrl4j.autograd.op.Log;
import io.github.dsrl4j.autograd.op.LogSoftmax;
import io.github.dsrl4j.autograd.op.Max;
import io.github.dsrl4j.autograd.op.MaxPool2d;
import io.github.dsrl4j.autograd.op.Mean;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Negate;
import io.github.dsrl4j.autograd.op.Pad;
import io.github.dsrl4j.autograd.op.Permute;
import io.github.dsrl4j.autograd.op.PixelShuffle;
import io.github.dsrl4j.autograd.op.ResizeBilinear;
import io.github.dsrl4j.autograd.op.ResizeNearest;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.autograd.op.Softmax;
import io.github.dsrl4j.autograd.op.Sqrt;
import io.github.dsrl4j.autograd.op.Square;
import io.github.dsrl4j.autograd.op.Subtract;
import io.github.dsrl4j.autograd.op.Sum;
import io.github.dsrl4j.nn.plan.Draft.Link;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import io.github.dsrl4j.tensor.kernel.Epilogue.Chain;
import io.github.dsrl4j.tensor.kernel.Kernels;

/** Turns a draft into a step: chooses the kernel, and binds it to the memory of a frame. */
final class Linker {
    private final Frame frame;
    private final Buffers buffers;
    private final Kernels kernels;
    private final ConvolutionSteps convolutions;
    private final ImageSteps images;
    private final MovementSteps movements;
    private final ArithmeticSteps arithmetic;

    Linker(Frame frame, Buffers buffers, Kernels kernels) {
        this.frame = frame;
        this.buffers = buffers;
        this.kernels = kernels;
        convolutions = new ConvolutionSteps(frame, kernels);
        images = new ImageSteps(frame, kernels);
        movements = new MovementSteps(frame, kernels);
        arithmetic = new ArithmeticSteps(frame, kernels);
    }

    /** The operand or result of a step: its shape, and where it lies. */
    Operand operand(Value value) {
        return new Operand(value.shape(), buffers.slot(value));
    }

    Step link(Draft draft) {
        Operand y = operand(draft.output());
        if (draft.head() == null) {
            return chain(draft, operand(draft.source()), y);
        }
        Step head = head(draft, draft.head(), y);
        if (draft.chain().isEmpty()) {
            return head;
        }
        Step chain = chain(draft, y, y);
        return () -> {
            head.run();
            chain.run();
        };
    }

    /** A copy of a value to an output of the caller's. */
    Step output(Value value, int index) {
        Operand x = operand(value);
        return movements.copy(x, new Operand(x.shape(), Slot.output(index)));
    }

    private Step chain(Draft draft, Operand x, Operand y) {
        var chain = new Chain(draft.chain().stream().map(Link::stage).toList());
        var slots = new Slot[chain.length()];
        for (int i = 0; i < slots.length; i++) {
            Link link = draft.chain().get(i);
            slots[i] = link.operand() != null
                    ? buffers.slot(link.operand())
                    : link.constants() != null ? Slot.constant(link.constants()) : null;
        }
        var kernel = kernels.epilogue();
        int planes = Affines.planes(y.shape());
        int area = Affines.area(y.shape());
        return () -> {
            for (int i = 0; i < slots.length; i++) {
                if (slots[i] != null) {
                    chain.operand(i, frame.array(slots[i]), frame.offset(slots[i]));
                }
            }
            kernel.apply(
                    chain,
                    planes,
                    area,
                    frame.array(x.slot()),
                    frame.offset(x.slot()),
                    frame.array(y.slot()),
                    frame.offset(y.slot()));
        };
    }

    private Step head(Draft draft, Node node, Operand y) {
        Operand x = operand(node.inputs().getFirst());
        return switch (node.operation()) {
            case Conv2d op ->
                convolutions.forward(op.geometry(x.shape(), shape(node, 1)), x, weight(draft), bias(draft), y);
            case ConvTranspose2d op ->
                convolutions.transposed(op.geometry(x.shape(), shape(node, 1)), x, weight(draft), bias(draft), y);
            case MaxPool2d(var options) -> images.max(options.geometry("maxPool2d", x.shape()), x, y);
            case AveragePool2d(var options, boolean countIncludePad) ->
                images.average(options.geometry("averagePool2d", x.shape()), countIncludePad, x, y);
            case AdaptiveAveragePool2d _ -> images.adaptiveAverage(x, y);
            case ResizeBilinear(int _, int _, boolean alignCorners) -> images.bilinear(alignCorners, x, y);
            case ResizeNearest _ -> images.nearest(x, y);
            case Concat(int dim) ->
                movements.concat(dim, node.inputs().stream().map(this::operand).toList(), y);
            case Slice(int dim, int from, int _) -> movements.slice(dim, from, x, y);
            case Pad pad -> movements.pad(pad, x, y);
            case Permute(var order) -> movements.permute(order, x, y);
            case ChannelShuffle(int groups) -> movements.channelShuffle(groups, x, y);
            case PixelShuffle(int factor) -> movements.pixelShuffle(factor, x, y);
            case Add _ -> arithmetic.binary(Binary.ADD, x, operand(node.inputs().get(1)), y);
            case Subtract _ ->
                arithmetic.binary(Binary.SUBTRACT, x, operand(node.inputs().get(1)), y);
            case Multiply _ ->
                arithmetic.binary(Binary.MULTIPLY, x, operand(node.inputs().get(1)), y);
            case Divide _ ->
                arithmetic.binary(Binary.DIVIDE, x, operand(node.inputs().get(1)), y);
            case Exp _ -> arithmetic.unary(Unary.EXP, x, y);
            case Log _ -> arithmetic.unary(Unary.LOG, x, y);
            case Sqrt _ -> arithmetic.unary(Unary.SQRT, x, y);
            case Abs _ -> arithmetic.unary(Unary.ABS, x, y);
            case Negate _ -> arithmetic.unary(Unary.NEGATE, x, y);
            case Square _ -> arithmetic.unary(Unary.SQUARE, x, y);
            case Softmax(int dim) -> arithmetic.softmax(Extents.of(x.shape(), dim), x, y);
            case LogSoftmax(int dim) -> arithmetic.logSoftmax(Extents.of(x.shape(), dim), x, y);
            case Max(int dim) -> arithmetic.max(Extents.of(x.shape(), dim), x, y);
            case Sum(boolean all, int dim) -> arithmetic.sum(extents(x, all, dim), x, y);
            case Mean(boolean all, int dim) -> arithmetic.mean(extents(x, all, dim), x, y);
            case Linear _ ->
                arithmetic.linear(
                        x,
                        operand(node.inputs().get(1)),
                        node.inputs().size() > 2 ? operand(node.inputs().get(2)) : null,
                        y);
            default -> throw unsupported(node);
        };
    }

    private static Extents extents(Operand x, boolean all, int dim) {
        return all ? new Extents(1, x.shape().size(), 1) : Extents.of(x.shape(), dim);
    }

    private static Shape shape(Node node, int input) {
        return node.inputs().get(input).shape();
    }

    private Slot weight(Draft draft) {
        return draft.weights() == null
                ? buffers.slot(draft.head().inputs().get(1))
                : Slot.constant(draft.weights().weight());
    }

    /** Null where there is none. */
    private Slot bias(Draft draft) {
        if (draft.weights() != null) {
            return draft.weights().bias() == null
                    ? null
                    : Slot.constant(draft.weights().bias());
        }
        return draft.head().inputs().size() > 2
                ? buffers.slot(draft.head().inputs().get(2))
                : null;
    }

    private static IllegalArgumentException unsupported(Node node) {
        Operation operation = node.operation();
        return new IllegalArgumentException(
                "plan: no step for operation '%s' in layer '%s'; run the layer itself instead"
                        .formatted(operation.name(), node.layer()));
    }
}

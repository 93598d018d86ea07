package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Elements.Combination;
import io.github.dsrl4j.nn.onnx.run.Elements.Comparison;
import io.github.dsrl4j.nn.onnx.run.Elements.Function;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.LongBinaryOperator;

/** Equal, Less, LessOrEqual, Greater, GreaterOrEqual, And, Or, Xor, Not, Where. */
final class Logic {
    private Logic() {}

    static Operator equal(Attributes attributes) {
        return of(new Comparison((a, b) -> a == b, (a, b) -> a == b));
    }

    static Operator less(Attributes attributes) {
        return of(new Comparison((a, b) -> a < b, (a, b) -> a < b));
    }

    static Operator lessOrEqual(Attributes attributes) {
        return of(new Comparison((a, b) -> a <= b, (a, b) -> a <= b));
    }

    static Operator greater(Attributes attributes) {
        return of(new Comparison((a, b) -> a > b, (a, b) -> a > b));
    }

    static Operator greaterOrEqual(Attributes attributes) {
        return of(new Comparison((a, b) -> a >= b, (a, b) -> a >= b));
    }

    private static Operator of(Comparison question) {
        return Operator.of(call -> Elements.compare(call, question, call.value(0), call.value(1)));
    }

    static Operator and(Attributes attributes) {
        return of((a, b) -> a & b);
    }

    static Operator or(Attributes attributes) {
        return of((a, b) -> a | b);
    }

    static Operator xor(Attributes attributes) {
        return of((a, b) -> a ^ b);
    }

    private static Operator of(LongBinaryOperator table) {
        return Operator.of(call ->
                Elements.combine(call, new Combination(null, null, table), booleans(call, 0), booleans(call, 1)));
    }

    static Operator bitwiseAnd(Attributes attributes) {
        return bits((a, b) -> a & b);
    }

    static Operator bitwiseOr(Attributes attributes) {
        return bits((a, b) -> a | b);
    }

    static Operator bitwiseXor(Attributes attributes) {
        return bits((a, b) -> a ^ b);
    }

    static Operator bitwiseNot(Attributes attributes) {
        return Operator.of(call -> Elements.apply(call, new Function(null, null, x -> ~x), wholes(call, 0)));
    }

    /** To the left or the right, as attribute direction says, by the second input. */
    static Operator bitShift(Attributes attributes) {
        Direction direction = attributes.choice("direction", null, List.of(Direction.values()));
        if (direction == null) {
            throw new OnnxException("attribute 'direction' is missing");
        }
        return bits(
                direction == Direction.LEFT
                        ? (a, b) -> b < 0 || b >= Long.SIZE ? 0 : a << b
                        : (a, b) -> b < 0 || b >= Long.SIZE ? 0 : a >>> b);
    }

    private enum Direction {
        LEFT,
        RIGHT
    }

    private static Operator bits(LongBinaryOperator function) {
        return Operator.of(call ->
                Elements.combine(call, new Combination(null, null, function), wholes(call, 0), wholes(call, 1)));
    }

    private static Integers wholes(Call call, int input) {
        if (call.value(input) instanceof Integers whole && whole.type() != DataType.BOOL) {
            return whole;
        }
        throw new OnnxException("input %d must be whole numbers, not %s"
                .formatted(input, call.value(input).describe()));
    }

    static Operator not(Attributes attributes) {
        return Operator.of(call -> Elements.apply(call, new Function(null, null, x -> 1 - x), booleans(call, 0)));
    }

    private static Integers booleans(Call call, int input) {
        if (call.value(input) instanceof Integers truth && truth.type() == DataType.BOOL) {
            return truth;
        }
        throw new OnnxException("input %d must be BOOL, not %s"
                .formatted(input, call.value(input).describe()));
    }

    /** {@code y = condition ? a : b}; all three broadcast. */
    static Operator where(Attributes attributes) {
        return Operator.of(call -> {
            Integers condition = booleans(call, 0);
            Value a = call.value(1);
            Value b = call.value(2);
            if (a.type() != b.type()) {
                throw new OnnxException(
                        "the inputs must have one type, not %s and %s".formatted(a.describe(), b.describe()));
            }
            Shape shape = Extents.broadcast(condition.shape(), a.shape(), b.shape());
            Value y = call.create(a.type(), shape);
            var walk = Walk.of(
                    shape.dims(),
                    Extents.strides(condition.shape(), shape),
                    Extents.strides(a.shape(), shape),
                    Extents.strides(b.shape(), shape),
                    shape.strides());
            walk.rows(at -> chooseRow(walk, at, condition, a, b, y), 0, a.offset(), b.offset(), y.offset());
            return y;
        });
    }

    private static void chooseRow(Walk walk, int[] at, Integers condition, Value a, Value b, Value y) {
        for (int i = 0; i < walk.rowLength(); i++) {
            boolean first = condition.array()[at[0] + i * walk.rowStride(0)] != 0;
            Value chosen = first ? a : b;
            int source = first ? 1 : 2;
            System.arraycopy(
                    chosen.array(),
                    at[source] + i * walk.rowStride(source),
                    y.array(),
                    at[3] + i * walk.rowStride(3),
                    1);
        }
    }

    /** Which elements are not a number, or infinite; to ask of real numbers. */
    static Operator isNaN(Attributes attributes) {
        return question(Double::isNaN);
    }

    /** Which elements are infinite, with the signs that detect_positive (1) and detect_negative (1) name. */
    static Operator isInfinite(Attributes attributes) {
        boolean positive = attributes.flag("detect_positive", true);
        boolean negative = attributes.flag("detect_negative", true);
        return question(x -> Double.isInfinite(x) && (x > 0 ? positive : negative));
    }

    private static Operator question(DoublePredicate question) {
        return Operator.of(call -> {
            Value x = call.value(0);
            Value y = call.create(DataType.BOOL, x.shape());
            for (int i = 0; i < y.size(); i++) {
                ((Integers) y).array()[i] = question.test(x.real(i)) ? 1 : 0;
            }
            return y;
        });
    }
}

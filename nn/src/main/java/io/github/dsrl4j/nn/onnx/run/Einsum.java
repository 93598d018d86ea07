package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Einstein's summation convention, as numpy's einsum: in {@code "bij,bjk->bik"} each letter is an index, the right side says which remain, and
 * the products of the operands' elements are summed over all others. Without a right side the letters that stand once remain, in the order of
 * the alphabet. {@code ...} stands for dimensions without letters, which broadcast.
 *
 * <p>Operands are joined one after the other, each time by a matrix product: of the indices that both have, those that are needed later are its
 * batch, the others are summed.
 */
final class Einsum {
    private static final String ELLIPSIS = "...";

    /** What stands for a dimension of an ellipsis, counted from the last: it is no letter. */
    private static final char UNNAMED = '0';

    private static final int MOST_UNNAMED = 10;

    private final String equation;
    private final List<String> terms;
    /** Null where the equation has no right side. */
    private final String result;

    private Einsum(String equation) {
        this.equation = equation;
        String[] sides = equation.replace(" ", "").split("->", -1);
        if (sides.length > 2) {
            throw wrong("it has two arrows");
        }
        terms = List.of(sides[0].split(",", -1));
        result = sides.length == 2 ? sides[1] : null;
        terms.forEach(this::checkTerm);
        if (result != null) {
            checkTerm(result);
            String letters = result.replace(ELLIPSIS, "");
            if (letters.chars().distinct().count() != letters.length()) {
                throw wrong("its result has an index twice");
            }
            if (letters.chars().anyMatch(letter -> sides[0].indexOf(letter) < 0)) {
                throw wrong("its result has an index that no operand has");
            }
        }
    }

    private void checkTerm(String term) {
        if (!term.replaceFirst("\\.\\.\\.", "").matches("[a-zA-Z]*")) {
            throw wrong("it may hold letters, commas, one '->' and one '...' in each term");
        }
    }

    private OnnxException wrong(String why) {
        return new OnnxException(
                "the equation '%s' cannot be read: %s".formatted(Attributes.abbreviated(equation), why));
    }

    static Operator sum(Attributes attributes) {
        String equation =
                attributes.text("equation").orElseThrow(() -> new OnnxException("attribute 'equation' is missing"));
        return Operator.of(new Einsum(equation)::run);
    }

    /** A value and the index of each of its dimensions. */
    private record Operand(Value value, String indices) {
        int extent(char index) {
            return value.shape().dim(indices.indexOf(index));
        }
    }

    private Value run(Call call) {
        if (call.inputs() != terms.size()) {
            throw wrong("it is of %d operands, and %d are given".formatted(terms.size(), call.inputs()));
        }
        var indices = new ArrayList<String>();
        int unnamed = 0;
        for (int i = 0; i < terms.size(); i++) {
            String term = named(terms.get(i), call.value(i));
            indices.add(term);
            unnamed = Math.max(
                    unnamed, (int) term.chars().filter(Einsum::isUnnamed).count());
        }
        String wanted = result == null ? remaining(indices, unnamed) : result.replace(ELLIPSIS, unnamed(unnamed));
        int[] extents = extents(call, indices);
        Operand joined = null;
        for (int i = 0; i < indices.size(); i++) {
            Operand next = stretched(call, call.widened(i), indices.get(i), extents);
            if (joined != null && joined.value().type() != next.value().type()) {
                throw new OnnxException("the inputs must have one type, not %s and %s"
                        .formatted(joined.value().describe(), next.value().describe()));
            }
            String later = wanted + String.join("", indices.subList(i + 1, indices.size()));
            joined = joined == null ? next : product(call, joined, next, later);
        }
        Operand rest = summed(call, joined, wanted);
        // Indices of an ellipsis that no operand has left are of extent 1.
        return Moves.permute(
                call, rest.value(), wanted.chars().map(rest.indices()::indexOf).toArray());
    }

    private static boolean isUnnamed(int index) {
        return index >= UNNAMED && index < UNNAMED + MOST_UNNAMED;
    }

    private static String unnamed(int count) {
        var text = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            text.append((char) (UNNAMED + i));
        }
        return text.toString();
    }

    /** A term with an index for every dimension of its operand. */
    private String named(String term, Value x) {
        int letters = term.replace(ELLIPSIS, "").length();
        int rest = x.shape().rank() - letters;
        boolean has = term.contains(ELLIPSIS);
        if (rest < 0 || rest > MOST_UNNAMED || (rest > 0 && !has)) {
            throw wrong("'%s' does not fit %s".formatted(Attributes.abbreviated(term), x.describe()));
        }
        return term.replace(ELLIPSIS, unnamed(rest));
    }

    private static String remaining(List<String> indices, int unnamed) {
        String all = String.join("", indices);
        return unnamed(unnamed)
                + all.chars()
                        .filter(index -> !isUnnamed(index) && all.indexOf(index) == all.lastIndexOf(index))
                        .sorted()
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
    }

    /** The extent of every index; 1 stretches. */
    private int[] extents(Call call, List<String> indices) {
        int[] extents = new int[128];
        Arrays.fill(extents, 1);
        for (int i = 0; i < indices.size(); i++) {
            for (int d = 0; d < indices.get(i).length(); d++) {
                char index = indices.get(i).charAt(d);
                int extent = call.value(i).shape().dim(d);
                if (extents[index] != 1 && extent != 1 && extents[index] != extent) {
                    throw wrong("index '%s' is %d in one operand and %d in another"
                            .formatted(index, extents[index], extent));
                }
                extents[index] = extent == 1 ? extents[index] : extent;
            }
        }
        return extents;
    }

    /** The operand with each index once, the diagonal where it had one twice, and in full extent. */
    private static Operand stretched(Call call, Value x, String indices, int[] extents) {
        String once = indices.chars().distinct().mapToObj(Character::toString).collect(Collectors.joining());
        int[] strides = x.shape().strides();
        int[] dims = new int[once.length()];
        int[] steps = new int[once.length()];
        for (int d = 0; d < indices.length(); d++) {
            int at = once.indexOf(indices.charAt(d));
            dims[at] = extents[indices.charAt(d)];
            steps[at] += x.shape().dim(d) == 1 ? 0 : strides[d];
        }
        Shape shape = Shape.of(dims);
        boolean isAsItWas = shape.equals(x.shape()) && Arrays.equals(steps, shape.strides());
        return new Operand(isAsItWas ? x : Moves.view(call, x, shape, 0, steps), once);
    }

    /** Summed over all indices that are not kept. */
    private static Operand summed(Call call, Operand x, String kept) {
        long[] gone = java.util.stream.IntStream.range(0, x.indices().length())
                .filter(d -> kept.indexOf(x.indices().charAt(d)) < 0)
                .asLongStream()
                .toArray();
        return gone.length == 0 ? x : new Operand(Reductions.sum(call, x.value(), gone), only(x.indices(), kept));
    }

    private static String only(String indices, String kept) {
        return indices.chars()
                .filter(index -> kept.indexOf(index) >= 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String without(String indices, String gone) {
        return indices.chars()
                .filter(index -> gone.indexOf(index) < 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** Of two operands: batch, rows of the first, columns of the second. */
    private static Operand product(Call call, Operand first, Operand second, String later) {
        Operand a = summed(call, first, second.indices() + later);
        Operand b = summed(call, second, first.indices() + later);
        String both = only(a.indices(), b.indices());
        String batch = only(both, later);
        String inner = without(both, later);
        String rows = without(a.indices(), b.indices());
        String columns = without(b.indices(), a.indices());
        Value left = arranged(call, a, batch, rows, inner);
        Value right = arranged(call, b, batch, inner, columns);
        Value y = Products.matrices(call, left, right);
        String indices = batch + rows + columns;
        int[] dims = indices.chars()
                .map(index -> a.indices().indexOf(index) >= 0 ? a.extent((char) index) : b.extent((char) index))
                .toArray();
        return new Operand(y.reshape(Shape.of(dims)), indices);
    }

    /** As {@code [batch, m, n]}. */
    private static Value arranged(Call call, Operand x, String batch, String m, String n) {
        String order = batch + m + n;
        Value moved = order.equals(x.indices())
                ? x.value()
                : Moves.permute(
                        call, x.value(), order.chars().map(x.indices()::indexOf).toArray());
        Shape shape = moved.shape();
        int rows = batch.length() + m.length();
        return moved.reshape(Shape.of(
                shape.span(0, batch.length()), shape.span(batch.length(), rows), shape.span(rows, shape.rank())));
    }
}

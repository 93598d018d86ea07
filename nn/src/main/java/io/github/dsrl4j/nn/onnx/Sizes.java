package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.onnx.Size.Computed;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds where sizes come from. A trace knows a size as a number only; several traces at different inputs tell whether it is
 * constant, an extent of a value that the graph has computed by then, or such an extent times a fraction, rounded, with a lower
 * bound. The simplest that holds for all samples is taken.
 */
final class Sizes {
    private static final int LARGEST_TERM = 32;

    /** Fractions by which extents are multiplied, simple ones first. */
    private static final List<int[]> FRACTIONS = fractions();

    private final Samples samples;

    Sizes(Samples samples) {
        this.samples = samples;
    }

    private static List<int[]> fractions() {
        var fractions = new ArrayList<int[]>();
        for (int sum = 3; sum <= LARGEST_TERM + 1; sum++) {
            for (int denominator = 1; denominator < sum; denominator++) {
                int numerator = sum - denominator;
                if (coprime(numerator, denominator)) {
                    fractions.add(new int[] {numerator, denominator});
                }
            }
        }
        return List.copyOf(fractions);
    }

    private static boolean coprime(int a, int b) {
        return b == 0 ? a == 1 : coprime(b, a % b);
    }

    /**
     * What gives these numbers.
     *
     * @param node reads the size
     * @param dim the dimension that the size is for; other dimensions are not looked at
     * @param wanted one number a sample
     * @throws OnnxException if nothing gives them
     */
    Size of(Node node, int dim, int... wanted) {
        return constant(wanted)
                .or(() -> identity(node, dim, wanted))
                .or(() -> scaled(node, dim, wanted))
                .orElseThrow(() -> new OnnxException(
                        "onnx: %s in layer '%s' needs a size in dimension %d, such as %s, that no extent in the graph explains; export the model for a fixed size"
                                .formatted(node.operation().name(), node.layer(), dim, Arrays.toString(wanted))));
    }

    /** As {@link #of}, but only constants and extents, these of any dimension. */
    Optional<Size> anywhere(Node node, int... wanted) {
        return constant(wanted)
                .or(() -> IntStream.range(0, node.inputs().getFirst().shape().rank())
                        .mapToObj(dim -> identity(node, dim, wanted))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    /** The extent of a value of the graph. */
    Size extent(Value value, int dim) {
        return constant(samples.extents(value, dim)).orElseGet(() -> new Computed(value, dim, 1, 1, true, 0));
    }

    private static Optional<Size> constant(int... wanted) {
        return Arrays.stream(wanted).allMatch(size -> size == wanted[0])
                ? Optional.of(new Size.Constant(wanted[0]))
                : Optional.empty();
    }

    private Optional<Size> identity(Node node, int dim, int... wanted) {
        return sources(node, dim).stream()
                .filter(source -> Arrays.equals(samples.extents(source, dim), wanted))
                .<Size>map(source -> new Computed(source, dim, 1, 1, true, 0))
                .findFirst();
    }

    private Optional<Size> scaled(Node node, int dim, int... wanted) {
        int smallest = Arrays.stream(wanted).min().orElseThrow();
        return sources(node, dim).stream()
                .flatMap(source -> IntStream.of(0, smallest)
                        .mapToObj(least -> scaled(source, dim, least, wanted))
                        .flatMap(Optional::stream))
                .findFirst();
    }

    private Optional<Size> scaled(Value source, int dim, int least, int... wanted) {
        int[] extents = samples.extents(source, dim);
        for (int[] fraction : FRACTIONS) {
            for (boolean up : new boolean[] {true, false}) {
                var size = new Computed(source, dim, fraction[0], fraction[1], up, least);
                if (gives(size, extents, wanted)) {
                    return Optional.of(size);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean gives(Computed size, int[] extents, int... wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (size.of(extents[i]) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** The values that have been computed before the node and have the dimension: what the node reads, the input, then the others. */
    private List<Value> sources(Node node, int dim) {
        var sources = new LinkedHashSet<Value>();
        sources.add(node.inputs().getFirst());
        sources.addAll(samples.graph().inputs());
        for (Node other : samples.graph().nodes()) {
            if (other.equals(node)) {
                break;
            }
            sources.add(other.output());
        }
        sources.removeIf(
                source -> source instanceof Value.Constant || source.shape().rank() <= dim);
        return List.copyOf(sources);
    }
}

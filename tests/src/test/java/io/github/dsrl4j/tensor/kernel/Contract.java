package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every kernel owes: it computes what the scalar kernel computes within a tolerance, gives the same bits for any number of
 * threads, writes every element of its output and none outside, and leaves its inputs alone.
 *
 * <p>A tolerance is a number of float rounding units ({@code 2^-24}) of a magnitude, as a rule the sum of the absolute values of
 * the terms that were added: that is what a rounding error is relative to, however much of the sum cancels. Several
 * units are granted because sums may run in float and in another order: the errors of n roundings add up like a
 * random walk, while the magnitude grows like n.
 */
final class Contract {
    /** The largest relative error of one rounding to float. */
    static final double UNIT = 0x1p-24;

    /** A kernel call on slabs: what it reads and then what it writes, in the order in which they were declared. */
    @FunctionalInterface
    interface Call {
        void run(Kernels kernels, Slab[] slabs);
    }

    private final String what;
    private final Call call;
    private final List<Slab> inputs = new ArrayList<>();
    private final List<Slab> outputs = new ArrayList<>();
    private final List<double[]> allowed = new ArrayList<>();

    private Contract(String what, Call call) {
        this.what = what;
        this.call = call;
    }

    static Contract of(String what, Call call) {
        return new Contract(what, call);
    }

    Contract reads(Slab... slabs) {
        inputs.addAll(List.of(slabs));
        return this;
    }

    /** An output of that many elements which has to be exact. */
    Contract writes(int length) {
        return changes(Slab.poisoned(length), 0, null);
    }

    /** An output that may err by {@code units} rounding units of the magnitude of each element. */
    Contract writes(double units, double[] magnitude) {
        return changes(Slab.poisoned(magnitude.length), units, magnitude);
    }

    /** An output that starts from these values and may err by {@code units} rounding units of the magnitude. */
    Contract changes(Slab initial, double units, double[] magnitude) {
        double[] tolerance = new double[initial.length()];
        for (int i = 0; i < tolerance.length && magnitude != null; i++) {
            tolerance[i] = units * UNIT * magnitude[i] + (units > 0 ? Float.MIN_NORMAL : 0);
        }
        outputs.add(initial);
        allowed.add(tolerance);
        return this;
    }

    /** Checks all implementations; returns what the scalar kernels compute. */
    List<Slab> check() {
        List<Slab> expected = run(Implementations.SCALAR, "scalar " + what);
        for (List<Kernels> implementation : Implementations.ALL) {
            List<Slab> first = null;
            for (int team = 0; team < implementation.size(); team++) {
                Kernels kernels = implementation.get(team);
                String label = kernels.name() + " " + what + " in team " + (team + 1);
                List<Slab> actual = run(kernels, label);
                first = first == null ? actual : first;
                for (int o = 0; o < actual.size(); o++) {
                    compare(label + output(o), expected.get(o), actual.get(o), allowed.get(o));
                    actual.get(o).assertSameBits(first.get(o), label + output(o) + " against team 1");
                }
            }
        }
        return expected;
    }

    private String output(int index) {
        return outputs.size() == 1 ? "" : ", output " + index;
    }

    private List<Slab> run(Kernels kernels, String label) {
        List<Slab> in = inputs.stream().map(Slab::copy).toList();
        List<Slab> out = outputs.stream().map(Slab::copy).toList();
        call.run(kernels, Stream.concat(in.stream(), out.stream()).toArray(Slab[]::new));
        for (int i = 0; i < in.size(); i++) {
            in.get(i).assertSameBits(inputs.get(i), label + ", input " + i + " was changed");
        }
        for (int o = 0; o < out.size(); o++) {
            out.get(o).assertCanariesAlive(label + output(o));
        }
        return out;
    }

    private static void compare(String label, Slab expected, Slab actual, double[] allowed) {
        for (int i = 0; i < allowed.length; i++) {
            if (actual.isPoisoned(i)) {
                fail("%s: element %d of %d was not overwritten".formatted(label, i, allowed.length));
            }
            if (!close(expected.get(i), actual.get(i), allowed[i])) {
                fail("%s: element %d of %d is %s, not %s; allowed error %s"
                        .formatted(label, i, allowed.length, actual.get(i), expected.get(i), allowed[i]));
            }
        }
    }

    /** Zeros of either sign are equal, and so are all NaNs. */
    private static boolean close(float expected, float actual, double allowed) {
        return expected == actual
                || (Float.isNaN(expected) && Float.isNaN(actual))
                || Math.abs((double) expected - actual) <= allowed;
    }
}

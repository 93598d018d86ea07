package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.opencl.ConvolutionGather.Axis;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where taps meet the source, against the definition of the convolution and of its adjoint. */
final class ConvolutionGatherTest {
    private static final int IN = 13;

    /** One direction of a convolution. */
    record Line(int kernel, int stride, int padding, int dilation) {
        int out() {
            return ConvolutionGeometry.outputExtent(IN, kernel, stride, padding, dilation);
        }

        Axis forward() {
            return Axis.forward(IN, out(), kernel, stride, padding, dilation);
        }

        Axis adjoint() {
            return Axis.adjoint(IN, out(), kernel, stride, padding, dilation);
        }
    }

    static Stream<Line> lines() {
        return IntStream.of(1, 2, 3, 5)
                .boxed()
                .flatMap(kernel -> IntStream.rangeClosed(1, 4)
                        .boxed()
                        .flatMap(stride -> IntStream.rangeClosed(0, 3)
                                .boxed()
                                .flatMap(padding -> IntStream.rangeClosed(1, 3)
                                        .mapToObj(dilation -> new Line(kernel, stride, padding, dilation)))))
                .filter(line -> line.out() > 0);
    }

    /** The source pixel of a grid pixel at a tap; only where {@code meets} says so. */
    private static int source(Axis axis, int grid, int tap, int phase) {
        return grid * axis.step() + Math.floorDiv(axis.base() + axis.slope() * tap + phase, axis.divisor());
    }

    private static boolean meets(Axis axis, int tap, int phase) {
        return Math.floorMod(axis.base() + axis.slope() * tap + phase, axis.divisor()) == 0;
    }

    /** Each pair of an input and an output pixel that a tap joins is found once in either direction, and nothing else is. */
    @ParameterizedTest
    @MethodSource("lines")
    void bothDirectionsFindTheSamePairs(Line line) {
        for (int tap = 0; tap < line.kernel; tap++) {
            int[][] pairs = new int[IN][line.out()];
            Axis forward = line.forward();
            for (int out = 0; out < line.out(); out++) {
                int in = source(forward, out, tap, 0);
                assertEquals(out * line.stride + tap * line.dilation - line.padding, in);
                if (in >= 0 && in < IN) {
                    pairs[in][out]++;
                }
            }
            Axis adjoint = line.adjoint();
            for (int phase = 0; phase < adjoint.phases(); phase++) {
                for (int grid = 0; grid < adjoint.grid(); grid++) {
                    int in = grid * adjoint.phases() + phase;
                    int out = source(adjoint, grid, tap, phase);
                    if (meets(adjoint, tap, phase) && in < IN && out >= 0 && out < line.out()) {
                        pairs[in][out]--;
                    }
                }
            }
            for (int[] row : pairs) {
                assertEquals(0, IntStream.of(row).map(Math::abs).sum(), "tap " + tap);
            }
        }
    }

    /** No tap reaches farther out of the source than is reckoned with. */
    @ParameterizedTest
    @MethodSource("lines")
    void overhangCoversAllTaps(Line line) {
        for (Axis axis : new Axis[] {line.forward(), line.adjoint()}) {
            for (int phase = 0; phase < axis.phases(); phase++) {
                for (int tap = 0; tap < axis.taps(); tap++) {
                    if (meets(axis, tap, phase)) {
                        assertTrue(-source(axis, 0, tap, phase) <= axis.overhang());
                        assertTrue(source(axis, axis.grid() - 1, tap, phase) - (axis.source() - 1) <= axis.overhang());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void tapsOfAPhaseAreAPeriodApart(Line line) {
        Axis axis = line.adjoint();
        for (int phase = 0; phase < axis.phases(); phase++) {
            for (int tap = 0; tap + axis.tapPeriod() < axis.taps(); tap++) {
                assertEquals(meets(axis, tap, phase), meets(axis, tap + axis.tapPeriod(), phase));
                for (int between = 1; between < axis.tapPeriod() && meets(axis, tap, phase); between++) {
                    assertFalse(meets(axis, tap + between, phase));
                }
            }
        }
    }

    @Test
    void readingPastTheArrayIsForeseen() {
        var g = new ConvolutionGeometry(1, 2, 5, 7, 2, 5, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1);
        ConvolutionGather gather = ConvolutionGather.forward(g);
        int reach = 7 + 1 + 24;
        int size = 2 * 5 * 7;
        float[] array = new float[reach + size + reach];
        assertFalse(gather.mayLeave(array, reach, 24));
        assertTrue(gather.mayLeave(array, reach - 1, 24));
        assertTrue(gather.mayLeave(array, reach + 1, 24));
    }
}

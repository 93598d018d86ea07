package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Epilogue.Chain;
import io.github.dsrl4j.tensor.kernel.Epilogue.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains of stages, also in place. All stages but two have to be exact, since each is one rounded operation. */
final class EpilogueContractTest {
    private static final int[][] SIZES = {
        {0, 5}, {1, 0}, {1, 1}, {3, 7}, {2, 17}, {5, 64}, {207, 1}, {4, 2700}, {1, 100_003}, {64, 2048}
    };

    /** Functions that are approximated err by a few units of their value or of 1, which bounds it. */
    private static final double FUNCTION_UNITS = 8;

    static Stream<List<Stage>> chains() {
        return Stream.of(
                List.of(),
                List.of(Stage.AFFINE),
                List.of(Stage.SCALE),
                List.of(Stage.ADD),
                List.of(Stage.MULTIPLY),
                List.of(Stage.PRELU),
                List.of(Stage.RELU),
                List.of(Stage.SIGMOID),
                List.of(Stage.TANH),
                List.of(Stage.AFFINE, Stage.PRELU),
                List.of(Stage.ADD, Stage.PRELU),
                List.of(Stage.PRELU, Stage.SCALE, Stage.ADD, Stage.AFFINE, Stage.PRELU),
                List.of(Stage.ADD, Stage.PRELU, Stage.AFFINE, Stage.RELU, Stage.MULTIPLY, Stage.SIGMOID));
    }

    @ParameterizedTest
    @MethodSource("chains")
    void chain(List<Stage> stages) {
        for (int[] size : SIZES) {
            int planes = size[0];
            int area = size[1];
            var random = new Random(area);
            Slab x = Slab.of(planes * area, i -> random.nextInt(9) == 0 ? 0 : random.nextGaussian());
            var operands = new ArrayList<Slab>();
            stages.forEach(stage -> operands.add(Slab.normal(random, length(stage, planes, area))));
            double[] magnitude = new double[x.length()];
            Arrays.fill(magnitude, 1);
            boolean exact = !stages.contains(Stage.SIGMOID) && !stages.contains(Stage.TANH);
            String what = "%s of %d x %d".formatted(stages, planes, area);
            Slab result = Contract.of(
                            what, (k, s) -> apply(k, stages, planes, area, s, s[stages.size()], s[stages.size() + 1]))
                    .reads(Stream.concat(operands.stream(), Stream.of(x)).toArray(Slab[]::new))
                    .changes(Slab.poisoned(x.length()), exact ? 0 : FUNCTION_UNITS, magnitude)
                    .check()
                    .getFirst();
            Contract.of(
                            what + " in place",
                            (k, s) -> apply(k, stages, planes, area, s, s[stages.size()], s[stages.size()]))
                    .reads(operands.toArray(Slab[]::new))
                    .changes(x, exact ? 0 : FUNCTION_UNITS, magnitude)
                    .check();
            for (int i = 0; i < x.length(); i++) {
                float v = x.get(i);
                for (int s = 0; s < stages.size(); s++) {
                    v = (float) value(stages.get(s), v, operands.get(s), planes, area, i);
                }
                assertEquals(v, result.get(i), 1e-5 * Math.max(1, Math.abs(v)), what + ", element " + i);
            }
        }
    }

    private static int length(Stage stage, int planes, int area) {
        return switch (stage) {
            case AFFINE -> 2 * planes;
            case SCALE, PRELU -> planes;
            case ADD, MULTIPLY -> planes * area;
            case RELU, SIGMOID, TANH -> 0;
        };
    }

    private static void apply(Kernels kernels, List<Stage> stages, int planes, int area, Slab[] slabs, Slab x, Slab y) {
        var chain = new Chain(stages);
        for (int s = 0; s < stages.size(); s++) {
            chain.operand(s, slabs[s].array(), slabs[s].offset());
        }
        kernels.epilogue().apply(chain, planes, area, x.array(), x.offset(), y.array(), y.offset());
    }

    private static double value(Stage stage, double v, Slab a, int planes, int area, int i) {
        int p = i / area;
        return switch (stage) {
            case AFFINE -> v * a.get(p) + a.get(planes + p);
            case SCALE -> v * a.get(p);
            case ADD -> v + a.get(i);
            case MULTIPLY -> v * a.get(i);
            case PRELU -> v > 0 ? v : a.get(p) * v;
            case RELU -> Math.max(v, 0);
            case SIGMOID -> 1 / (1 + Math.exp(-v));
            case TANH -> Math.tanh(v);
        };
    }
}

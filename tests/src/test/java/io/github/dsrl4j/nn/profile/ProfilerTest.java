package io.github.dsrl4j.nn.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.nn.profile.Profile.Pass;
import io.github.dsrl4j.nn.profile.Profile.Row;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProfilerTest {
    private static final Shape INPUT = Shape.of(2, 3, 8, 8);
    private static final long CONVOLUTION = 2 * 4 * 4 * 6 * 3 * 9;
    private static final long DEPTHWISE = 2 * 4 * 4 * 6 * 9;

    private final Sequential model = new Sequential(
            new Conv2d(
                    RandomSource.seeded(1),
                    3,
                    6,
                    3,
                    ConvolutionOptions.stride(2).padding(1),
                    false),
            new PRelu(6),
            new Conv2d(
                    RandomSource.seeded(2),
                    6,
                    6,
                    3,
                    ConvolutionOptions.DEFAULT.padding(2).dilation(2).groups(6),
                    false),
            new PRelu(6));

    private Profile steps(int count) {
        var profiler = new Profiler(model);
        Variable x = Variable.of(Tensor.randn(new Random(1), 2, 3, 8, 8));
        for (int i = 0; i < count; i++) {
            profiler.watch(() -> {
                model.apply(x).square().mean().backward();
                return null;
            });
        }
        return profiler.profile();
    }

    @Test
    void countsForwardAndBackwardPassesOfEachLayer() {
        Profile profile = steps(3);
        assertEquals(3, profile.runs());
        assertEquals(
                List.of(
                        "conv2d 3x3 stride 2|0|FORWARD|" + 3 * CONVOLUTION,
                        "prelu|1|FORWARD|0",
                        "conv2d 3x3 dilation 2 depthwise|2|FORWARD|" + 3 * DEPTHWISE,
                        "prelu|3|FORWARD|0",
                        "square||FORWARD|0",
                        "mean||FORWARD|0",
                        "mean||BACKWARD|0",
                        "square||BACKWARD|0",
                        "prelu|3|BACKWARD|0",
                        "conv2d 3x3 dilation 2 depthwise|2|BACKWARD|" + 6 * DEPTHWISE,
                        "prelu|1|BACKWARD|0",
                        "conv2d 3x3 stride 2|0|BACKWARD|" + 6 * CONVOLUTION),
                profile.rows().stream()
                        .map(row -> row.operation() + "|" + row.layer() + "|" + row.pass() + "|" + row.multiplyAdds())
                        .toList());
        for (Row row : profile.rows()) {
            assertEquals(3, row.calls());
            assertTrue(row.nanoseconds() > 0, row::toString);
        }
        Row first = profile.rows().getFirst();
        assertEquals(3 * 4 * (2 * 3 * 64 + 6 * 27 + 2 * 6 * 16), first.bytes());
        assertEquals(2.0 * first.multiplyAdds() / first.nanoseconds(), first.gigaflops());
        // The output is on the heap, since no step memory lends it.
        assertTrue(first.allocatedBytes() >= 3 * 4 * 2 * 6 * 16, first::toString);
        long sum = profile.rows().stream().mapToLong(Row::nanoseconds).sum();
        assertTrue(sum <= profile.nanoseconds());
        assertTrue(profile.rows().stream().mapToLong(Row::allocatedBytes).sum() <= profile.allocatedBytes());
    }

    @Test
    void addsUpByOperationAndByLayer() {
        Profile byOperation = steps(2).byOperation();
        Row prelu = byOperation.rows().stream()
                .filter(row -> row.operation().equals("prelu") && row.pass() == Pass.BACKWARD)
                .findFirst()
                .orElseThrow();
        assertEquals(4, prelu.calls());
        assertEquals("", prelu.layer());
        for (int i = 1; i < byOperation.rows().size(); i++) {
            assertTrue(byOperation.rows().get(i - 1).nanoseconds()
                    >= byOperation.rows().get(i).nanoseconds());
        }
        var names = steps(1).byLayer().rows().stream()
                .filter(row -> row.pass() == Pass.FORWARD)
                .map(Row::operation)
                .sorted()
                .toList();
        assertEquals(List.of("0", "1", "2", "3", "mean", "square"), names);
    }

    @Test
    void printsATable() {
        var profile = new Profile(
                List.of(
                        new Row("conv2d 3x3", "a", Pass.FORWARD, 4, 3_000_000, 1_500_000, 6_000_000, 40_000),
                        new Row("conv2d 3x3", "b", Pass.FORWARD, 2, 1_000_000, 0, 1_000_000, 0),
                        new Row("prelu", "", Pass.BACKWARD, 2, 1_500_000, 0, 3_000_000, 9_000)),
                2,
                6_000_000,
                30_000_000);
        assertEquals("""
                operation          layer  pass      calls     ms    share  GFLOP/s  GB/s  allocated
                -----------------------------------------------------------------------------------
                conv2d 3x3         a      forward       2  1.500   50.0 %      1.0   2.0      20 kB
                conv2d 3x3         b      forward       1  0.500   16.7 %            1.0        0 B
                prelu                     backward      1  0.750   25.0 %            2.0     4500 B
                (other)                                    0.250    8.3 %                     15 MB
                -----------------------------------------------------------------------------------
                total of one in 2                          3.000  100.0 %      0.5            15 MB
                """, profile.toText());
        assertEquals("""
                operation          pass      calls     ms    share  GFLOP/s  GB/s  allocated
                ----------------------------------------------------------------------------
                conv2d 3x3         forward       3  2.000   66.7 %      0.8   1.8      20 kB
                prelu              backward      1  0.750   25.0 %            2.0     4500 B
                (other)                             0.250    8.3 %                     15 MB
                ----------------------------------------------------------------------------
                total of one in 2                   3.000  100.0 %      0.5            15 MB
                """, profile.byOperation().toText());
    }

    @Test
    void addsUpAllButTheFirstRows() {
        var profile = new Profile(
                List.of(
                        new Row("a", "", Pass.FORWARD, 2, 3_000_000, 1_500_000, 6_000_000, 40),
                        new Row("b", "", Pass.FORWARD, 4, 2_000_000, 500_000, 0, 5),
                        new Row("c", "", Pass.BACKWARD, 2, 1_000_000, 0, 0, 7)),
                2,
                8_000_000,
                60);
        assertEquals("""
                operation          pass     calls     ms    share  GFLOP/s  GB/s  allocated
                ---------------------------------------------------------------------------
                a                  forward      1  1.500   37.5 %      1.0   2.0       20 B
                (2 more)                        3  1.500   37.5 %      0.3              6 B
                (other)                            1.000   25.0 %                       4 B
                ---------------------------------------------------------------------------
                total of one in 2                  4.000  100.0 %      0.5             30 B
                """, profile.top(1).toText());
        assertEquals(profile, profile.top(2), "a row that adds up one other says less than that row");
        assertEquals(
                "profile: at least 1 row is needed, not 0",
                assertThrows(IllegalArgumentException.class, () -> profile.top(0))
                        .getMessage());
    }

    @Test
    void gradientsThatArePassedOnMoveNothingAndTheirSumsAreRowsOfTheirOwn() {
        var x = Variable.parameter(Tensor.randn(new Random(1), 5, 6));
        var profiler = new Profiler(model);
        profiler.watch(() -> {
            Variable y = x.relu();
            y.plus(y.square()).reshape(30).sum().backward();
            return null;
        });
        List<Row> backward = profiler.profile().rows().stream()
                .filter(row -> row.pass() == Pass.BACKWARD)
                .toList();
        assertEquals(
                List.of("sum 248", "reshape 0", "plus 0", "square 480", "gradient sum 360", "relu 480"),
                backward.stream()
                        .map(row -> row.operation() + " " + row.bytes())
                        .toList());
    }

    @Test
    void measuresTheStepsOfAPlan() {
        Profile profile = Plan.compile(model, INPUT).profile(Tensor.zeros(INPUT), 5);
        assertEquals(
                List.of(
                        "conv2d 3x3 stride 2 + prelu|0|10|" + 5 * CONVOLUTION,
                        "conv2d 3x3 dilation 2 depthwise + prelu|2|10|" + 5 * DEPTHWISE),
                profile.rows().stream()
                        .map(row -> row.operation() + "|" + row.layer() + "|" + row.calls() + "|" + row.multiplyAdds())
                        .toList());
        assertEquals(5, profile.runs());
    }

    @Test
    void hasNothingToShowBeforeTheFirstStep() {
        assertEquals(
                "profiler: nothing was watched yet",
                assertThrows(IllegalStateException.class, new Profiler(model)::profile)
                        .getMessage());
    }
}

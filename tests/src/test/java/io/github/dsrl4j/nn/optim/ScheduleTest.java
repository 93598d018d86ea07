package io.github.dsrl4j.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
    /** Rates at steps of a run of 100, computed by hand from the formulas. */
    static Stream<Arguments> rates() {
        var poly = Schedule.poly(0.01, 0.9);
        var cosine = Schedule.cosine(1, 0.1);
        var milestones = Schedule.step(0.5, 0.1, 30, 60);
        var constant = Schedule.constant(0.2);
        return Stream.of(
                Arguments.of("constant", constant, 0, 0.2),
                Arguments.of("constant", constant, 99, 0.2),
                Arguments.of("poly", poly, 0, 0.01),
                Arguments.of("poly", poly, 50, 0.005358867312681466),
                Arguments.of("poly", poly, 99, 0.00015848931924611134),
                Arguments.of("cosine", cosine, 0, 1.0),
                Arguments.of("cosine", cosine, 25, 0.8681980515339464),
                Arguments.of("cosine", cosine, 50, 0.55),
                Arguments.of("cosine", cosine, 100, 0.1),
                Arguments.of("step", milestones, 29, 0.5),
                Arguments.of("step", milestones, 30, 0.05),
                Arguments.of("step", milestones, 59, 0.05),
                Arguments.of("step", milestones, 60, 0.005),
                Arguments.of("warm-up", constant.withWarmUp(10, 0), 0, 0.0),
                Arguments.of("warm-up", constant.withWarmUp(10, 0), 5, 0.1),
                Arguments.of("warm-up", constant.withWarmUp(10, 0), 10, 0.2),
                Arguments.of("warm-up", constant.withWarmUp(10, 0.25), 0, 0.05),
                Arguments.of("warm-up", constant.withWarmUp(10, 0.25), 5, 0.125),
                Arguments.of("warm-up", constant.withWarmUp(0, 0), 0, 0.2),
                Arguments.of("warm-up and poly", poly.withWarmUp(60, 0.5), 50, 0.005358867312681466 * 11 / 12),
                Arguments.of("warm-up and poly", poly.withWarmUp(20, 0.5), 50, 0.005358867312681466),
                Arguments.of("warm-up and step", milestones.withWarmUp(40, 0), 20, 0.25));
    }

    @ParameterizedTest(name = "{0} at {2}")
    @MethodSource("rates")
    void followsTheFormula(String name, Schedule schedule, int step, double expected) {
        assertEquals(expected, schedule.rate(step, 100), 1e-15);
    }

    static Stream<Arguments> mistakes() {
        Schedule one = Schedule.constant(1);
        return Stream.of(
                mistake(() -> Schedule.poly(-1, 0.9), "schedule: a rate must be finite and not negative, not -1.0"),
                mistake(
                        () -> Schedule.cosine(1, Double.NaN),
                        "schedule: a rate must be finite and not negative, not NaN"),
                mistake(() -> Schedule.step(1, 0.1, 5, 5), "schedule: milestones must increase, not [5, 5]"),
                mistake(() -> Schedule.poly(1, 1).rate(11, 10), "schedule: there is no step 11 of 10"),
                mistake(() -> Schedule.cosine(1, 0).rate(-1, 10), "schedule: there is no step -1 of 10"),
                mistake(
                        () -> one.withWarmUp(-1, 0),
                        "schedule: warm-up takes 0 or more steps from a factor in [0, 1], not -1 steps from 0.0"),
                mistake(
                        () -> one.withWarmUp(1, 2),
                        "schedule: warm-up takes 0 or more steps from a factor in [0, 1], not 1 steps from 2.0"));
    }

    private static Arguments mistake(Supplier<Object> action, String message) {
        return Arguments.of(action, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void saysWhatIsWrong(Supplier<Object> action, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, action::get).getMessage());
    }
}

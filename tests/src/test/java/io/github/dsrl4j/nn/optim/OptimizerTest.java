package io.github.dsrl4j.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The optimisers against PyTorch (numbers by optimizers.py among the resources), their state, and their errors. */
class OptimizerTest {
    /** Float32 against float64: five updates of numbers around 3, each rounded to about 1e-7. */
    private static final double TOLERANCE = 1e-6;

    private final Variable w = Variable.parameter(Tensor.of(Shape.of(3), 0.5f, -1.25f, 2));
    private final Variable late = Variable.parameter(Tensor.of(Shape.of(3), 0, 0.001f, -3));

    private Map<String, Variable> parameters() {
        var parameters = new LinkedHashMap<String, Variable>();
        parameters.put("w", w);
        parameters.put("late", late);
        return parameters;
    }

    private List<ParameterGroup> all() {
        return List.of(ParameterGroup.of(parameters()));
    }

    private List<ParameterGroup> lateFaster() {
        var both = ParameterGroup.of(parameters());
        return List.of(
                both.only((name, p) -> name.equals("w")),
                both.only((name, p) -> p == late).rateFactor(10).weightDecay(0));
    }

    private Optimizer make(String kind) {
        return switch (kind) {
            case "sgd plain" -> new Sgd(all(), 0, 0);
            case "sgd decay" -> new Sgd(all(), 0, 0.02);
            case "sgd momentum" -> new Sgd(all(), 0.9, 0);
            case "sgd momentum decay" -> new Sgd(all(), 0.9, 0.02);
            case "sgd nesterov decay" -> new Sgd(all(), 0.9, 0.02, true);
            case "sgd groups" -> new Sgd(lateFaster(), 0.9, 0.02);
            case "adam" -> new Adam(all(), 0);
            case "adam decay" -> new Adam(all(), 0.02);
            case "adam betas" -> new Adam(all(), 0.5, 0.9, 0.001, 0);
            case "adamw" -> new AdamW(all(), 0.2);
            case "adamw groups" -> new AdamW(lateFaster(), 0.2);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static double rate(String kind) {
        return kind.startsWith("sgd") ? 0.1 : 0.05;
    }

    private void step(Optimizer optimizer, double rate, int t) {
        w.clearGradient();
        late.clearGradient();
        float[] gradient = new float[3];
        float[] lateGradient = new float[3];
        for (int i = 0; i < 3; i++) {
            gradient[i] = (float) Math.sin(7 * t + 3 * i + 1);
            lateGradient[i] = (float) Math.cos(5 * t + 2 * i);
        }
        w.backward(Tensor.of(Shape.of(3), gradient));
        if (t >= 2) {
            late.backward(Tensor.of(Shape.of(3), lateGradient));
        }
        optimizer.step(rate / (1 + t));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            sgd plain          |  0.358202688 | -1.107007072 |  1.858673460 |  0.038799608 | -0.000250165 | -3.037759103
            sgd decay          |  0.356235757 | -1.101604314 |  1.849828947 |  0.038766844 | -0.000229173 | -3.033047514
            sgd momentum       |  0.182092275 | -0.932518901 |  1.689299913 |  0.084946058 | -0.027954373 | -3.060847516
            sgd momentum decay |  0.178338297 | -0.921932744 |  1.671867136 |  0.084895674 | -0.027916794 | -3.052732316
            sgd nesterov decay |  0.067597815 | -0.807167707 |  1.555283636 |  0.115102671 | -0.026201375 | -3.080485479
            sgd groups         |  0.178338297 | -0.921932744 |  1.671867136 |  0.849460582 | -0.288543734 | -3.608475163
            adam               |  0.394849157 | -1.142926376 |  1.891497728 |  0.034194318 | -0.018048196 | -3.035423646
            adam decay         |  0.394706074 | -1.142594956 |  1.891037450 |  0.034189405 | -0.018041964 | -3.034687533
            adam betas         |  0.405214690 | -1.151131305 |  1.897387269 |  0.030462878 | -0.010847718 | -3.037336202
            adamw              |  0.384453320 | -1.115547461 |  1.847133954 |  0.034094497 | -0.017970937 | -3.011887957
            adamw groups       |  0.384453320 | -1.115547461 |  1.847133954 |  0.341943182 | -0.189481962 | -3.354236458
            """)
    void agreesWithPyTorch(String kind, double w0, double w1, double w2, double late0, double late1, double late2) {
        Optimizer optimizer = make(kind);
        int version = w.value().version();
        for (int t = 0; t < 5; t++) {
            step(optimizer, rate(kind), t);
        }
        assertClose(w, w0, w1, w2);
        assertClose(late, late0, late1, late2);
        assertEquals(5, optimizer.steps());
        assertTrue(w.value().version() >= version + 5, "an update in place must be marked");
    }

    private static void assertClose(Variable actual, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual.value().get(i), TOLERANCE, "element " + i);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"sgd plain", "sgd momentum", "sgd nesterov decay", "adam", "adamw groups"})
    void resumesToTheSameBits(String kind) {
        Optimizer uninterrupted = make(kind);
        for (int t = 0; t < 3; t++) {
            step(uninterrupted, rate(kind), t);
        }
        var stored = new HashMap<String, Tensor>();
        uninterrupted.state().forEach((name, tensor) -> stored.put(name, tensor.copy()));
        float[] storedW = w.value().toArray();
        float[] storedLate = late.value().toArray();
        for (int t = 3; t < 5; t++) {
            step(uninterrupted, rate(kind), t);
        }
        float[] expectedW = w.value().toArray();
        float[] expectedLate = late.value().toArray();

        w.value().copyFrom(storedW);
        late.value().copyFrom(storedLate);
        Optimizer resumed = make(kind);
        step(resumed, 1, 4);
        w.value().copyFrom(storedW);
        late.value().copyFrom(storedLate);
        resumed.loadState(stored);
        assertEquals(3, resumed.steps());
        for (int t = 3; t < 5; t++) {
            step(resumed, rate(kind), t);
        }
        assertArrayEquals(expectedW, w.value().toArray());
        assertArrayEquals(expectedLate, late.value().toArray());
    }

    @Test
    void stateIsNamedAfterTheParameters() {
        Optimizer sgd = make("sgd momentum");
        step(sgd, 0.1, 0);
        assertEquals(Set.of("steps", "w.momentum_buffer"), sgd.state().keySet(), "late has had no gradient yet");
        step(sgd, 0.1, 2);
        assertEquals(
                Set.of("steps", "w.momentum_buffer", "late.momentum_buffer"),
                sgd.state().keySet());

        Optimizer adam = make("adam");
        step(adam, 0.1, 0);
        step(adam, 0.1, 2);
        assertEquals(
                Set.of("steps", "w.exp_avg", "w.exp_avg_sq", "w.step", "late.exp_avg", "late.exp_avg_sq", "late.step"),
                adam.state().keySet());
        assertEquals(2, adam.state().get("steps").item());
        assertEquals(2, adam.state().get("w.step").item());
        assertEquals(1, adam.state().get("late.step").item());
    }

    @Test
    void stateOutlivesTheMemoryOfAStep() throws Exception {
        Optimizer optimizer = make("sgd momentum");
        var memory = new StepMemory();
        memory.run(() -> {
            step(optimizer, 0.1, 0);
            return null;
        });
        float[] velocity = optimizer.state().get("w.momentum_buffer").toArray();
        // The next step's tensors of the same size take whatever memory the first gave back.
        memory.run(() -> {
            for (int i = 0; i < 4; i++) {
                Tensor.full(Shape.of(3), 99);
            }
            return null;
        });
        assertArrayEquals(velocity, optimizer.state().get("w.momentum_buffer").toArray());
    }

    @Test
    void loadedStateIsACopy() {
        Optimizer optimizer = make("sgd momentum");
        Tensor velocity = Tensor.of(Shape.of(3), 1, 2, 3);
        optimizer.loadState(Map.of("steps", Tensor.scalar(1), "w.momentum_buffer", velocity));
        step(optimizer, 0.1, 2);
        assertArrayEquals(new float[] {1, 2, 3}, velocity.toArray());
        assertNotEquals(1, optimizer.state().get("w.momentum_buffer").get(0));
    }

    @Test
    void groupsAreSplitByNameAndValue() {
        var all = ParameterGroup.of(parameters());
        assertEquals(
                Set.of("late"),
                all.only((name, p) -> name.startsWith("l")).parameters().keySet());
        var changed = all.rateFactor(10).weightDecay(0.5);
        assertEquals(10, changed.rateFactor());
        assertEquals(0.5, changed.weightDecay().orElseThrow());
        assertEquals(parameters().keySet(), changed.parameters().keySet());
    }

    @Test
    void clearsGradients() {
        Optimizer optimizer = make("adam");
        step(optimizer, 0.1, 2);
        optimizer.clearGradients();
        assertTrue(!w.hasGradient() && !late.hasGradient());
    }

    static Stream<Arguments> states() {
        Tensor three = Tensor.zeros(Shape.of(3));
        Tensor one = Tensor.scalar(1);
        return Stream.of(
                Arguments.of(
                        "sgd momentum", Map.of(), "sgd: the state holds no 'steps'; was it stored by an optimiser?"),
                Arguments.of(
                        "sgd momentum",
                        Map.of("steps", one, "w.momentum_buffer", Tensor.zeros(Shape.of(4))),
                        "sgd: 'w.momentum_buffer' has shape [4] in the state, [3] here"),
                Arguments.of(
                        "sgd momentum",
                        Map.of("steps", one, "v.momentum_buffer", three),
                        "sgd: the state holds 'v.momentum_buffer', which belongs to no parameter or to another optimiser"),
                Arguments.of(
                        "sgd plain",
                        Map.of("steps", one, "w.momentum_buffer", three),
                        "sgd: the state holds 'w.momentum_buffer', which belongs to no parameter or to another optimiser"),
                Arguments.of(
                        "adamw",
                        Map.of("steps", one, "w.exp_avg", three),
                        "adamw: of 'w' the state holds [exp_avg]; [exp_avg, exp_avg_sq, step] are needed"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("states")
    void refusesForeignState(String kind, Map<String, Tensor> state, String message) {
        Optimizer optimizer = make(kind);
        step(optimizer, 0.1, 0);
        var before = optimizer.state().keySet();
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> optimizer.loadState(state))
                        .getMessage());
        assertEquals(before, optimizer.state().keySet(), "nothing may be changed");
        assertEquals(1, optimizer.steps());
    }

    static Stream<Arguments> mistakes() {
        BiFunction<String, Variable, List<ParameterGroup>> group =
                (name, p) -> List.of(ParameterGroup.of(Map.of(name, p)));
        Variable p = Variable.parameter(Tensor.scalar(1));
        var one = group.apply("p", p);
        var sameTwice = List.of(one.getFirst(), group.apply("q", p).getFirst());
        return Stream.of(
                mistake(() -> new Sgd(List.of(), 0, 0), "sgd: there are no parameters to optimise"),
                mistake(
                        () -> new Sgd(List.of(one.getFirst(), one.getFirst()), 0, 0),
                        "sgd: parameter 'p' is listed twice; it would be updated twice a step"),
                mistake(
                        () -> new AdamW(sameTwice, 0),
                        "adamw: parameter 'q' is listed twice; it would be updated twice a step"),
                mistake(() -> new Sgd(one, 1, 0), "sgd: momentum must be at least 0 and less than 1, not 1.0"),
                mistake(() -> new Sgd(one, 0, 0, true), "sgd: nesterov needs a momentum greater than 0"),
                mistake(() -> new Sgd(one, 0, -1), "sgd: weight decay must be finite and not negative, not -1.0"),
                mistake(
                        () -> new Adam(one, 1.5, 0.9, 1e-8, 0),
                        "adam: beta1 must be at least 0 and less than 1, not 1.5"),
                mistake(
                        () -> new Adam(one, 0.9, Double.NaN, 1e-8, 0),
                        "adam: beta2 must be at least 0 and less than 1, not NaN"),
                mistake(() -> new AdamW(one, 0.9, 0.9, 0, 0), "adamw: epsilon must be positive, not 0.0"),
                mistake(
                        () -> one.getFirst().rateFactor(Double.NaN),
                        "parameter group: the rate factor must be finite and not negative, not NaN"),
                mistake(
                        () -> one.getFirst().weightDecay(-0.1),
                        "parameter group: weight decay must be finite and not negative, not -0.1"),
                mistake(
                        () -> {
                            new Sgd(one, 0, 0).step(Double.NaN);
                            return null;
                        },
                        "sgd: the learning rate must be finite and not negative, not NaN"));
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

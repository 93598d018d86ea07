package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs test cases in the layout of ONNX's backend tests: a folder a case, with {@code model.onnx} and any number of
 * {@code test_data_set_K/input_N.pb} and {@code output_N.pb}. Results must have the type and shape of the expected ones and agree within
 * {@code 1e-7 + 1e-3 |expected|}, as in ONNX's own runner; whole numbers must be equal.
 *
 * <p>Arguments are folders: of cases, or of folders of cases. A line is printed for each case, and the totals at the end:
 *
 * <pre>{@code java -cp ... io.github.dsrl4j.nn.onnx.run.BackendCases onnx/backend/test/data/node}</pre>
 *
 * Exit status 1 if a case failed.
 */
final class BackendCases {
    static final double RELATIVE = 1e-3;
    static final double ABSOLUTE = 1e-7;

    enum Outcome {
        PASSED,
        FAILED,
        UNSUPPORTED
    }

    /** @param reason empty for a case that passed */
    record Result(String name, Outcome outcome, String reason) {
        @Override
        public String toString() {
            return outcome.name().toLowerCase(Locale.ROOT) + " " + name + (reason.isEmpty() ? "" : ": " + reason);
        }
    }

    private BackendCases() {}

    public static void main(String[] folders) {
        int status =
                run(Stream.of(folders).map(Path::of).toList(), System.out).getOrDefault(Outcome.FAILED, 0) > 0 ? 1 : 0;
        System.exit(status);
    }

    /** Runs all cases, prints their results, and counts them. */
    static Map<Outcome, Integer> run(List<Path> folders, PrintStream out) {
        var totals = new EnumMap<Outcome, Integer>(Outcome.class);
        var reasons = new TreeMap<String, Integer>();
        for (Path folder : folders) {
            for (Path aCase : cases(folder)) {
                Result result = run(aCase);
                out.println(result);
                totals.merge(result.outcome, 1, Integer::sum);
                if (result.outcome == Outcome.UNSUPPORTED) {
                    reasons.merge(result.reason.replaceFirst("^node [^(]*", "node "), 1, Integer::sum);
                }
            }
        }
        out.println();
        reasons.forEach((reason, count) -> out.printf("unsupported %4d x %s%n", count, reason));
        out.printf(
                "passed %d, failed %d, unsupported %d%n",
                totals.getOrDefault(Outcome.PASSED, 0),
                totals.getOrDefault(Outcome.FAILED, 0),
                totals.getOrDefault(Outcome.UNSUPPORTED, 0));
        return totals;
    }

    private static List<Path> cases(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> file.endsWith("model.onnx"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one case. */
    static Result run(Path folder) {
        String name = folder.getFileName().toString();
        try {
            var model = OnnxModel.load(folder.resolve("model.onnx"));
            try (Stream<Path> entries = Files.list(folder)) {
                List<Path> sets = entries.filter(
                                entry -> entry.getFileName().toString().startsWith("test_data_set_"))
                        .sorted()
                        .toList();
                for (Path set : sets) {
                    Optional<String> difference = difference(model, set);
                    if (difference.isPresent()) {
                        return new Result(name, Outcome.FAILED, set.getFileName() + ": " + difference.get());
                    }
                }
                return sets.isEmpty()
                        ? new Result(name, Outcome.FAILED, "there is no test data")
                        : new Result(name, Outcome.PASSED, "");
            }
        } catch (UnsupportedOnnxException e) {
            return new Result(name, Outcome.UNSUPPORTED, e.getMessage());
        } catch (IOException | RuntimeException e) {
            return new Result(name, Outcome.FAILED, e instanceof OnnxException ? e.getMessage() : e.toString());
        }
    }

    private static Optional<String> difference(OnnxModel model, Path set) {
        var inputs = new LinkedHashMap<String, Object>();
        for (int i = 0;
                Files.exists(set.resolve("input_" + i + ".pb"))
                        && i < model.inputs().size();
                i++) {
            ValueInfoProto input = model.inputs().get(i);
            inputs.put(input.name(), read(set.resolve("input_" + i + ".pb"), input));
        }
        Map<String, Value> results = model.run(inputs);
        for (int i = 0; Files.exists(set.resolve("output_" + i + ".pb")); i++) {
            ValueInfoProto output = model.outputs().get(i);
            Value expected = read(set.resolve("output_" + i + ".pb"), output);
            Optional<String> difference = difference(expected, results.get(output.name()));
            if (difference.isPresent()) {
                return Optional.of("output '%s' %s".formatted(output.name(), difference.get()));
            }
        }
        return Optional.empty();
    }

    /** A tensor of the declared type: the data of older cases keep bfloat16 as its bits. */
    private static Value read(Path file, ValueInfoProto declared) {
        TensorProto tensor = TensorProto.read(file);
        boolean bits = declared.elementType() == DataType.BFLOAT16 && tensor.type() == DataType.UINT16;
        return Value.of(
                bits
                        ? new TensorProto(
                                tensor.name(), DataType.BFLOAT16, tensor.dims(), tensor.data(), tensor.strings())
                        : tensor);
    }

    /** What is wrong with a value; nothing if it agrees with the expected one. */
    static Optional<String> difference(Value expected, Value actual) {
        if (expected.type() != actual.type() || !expected.shape().equals(actual.shape())) {
            return Optional.of("is %s, not %s".formatted(actual.describe(), expected.describe()));
        }
        int wrong = 0;
        int first = -1;
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            double error = error(expected, actual, i);
            if (error > 0) {
                wrong++;
                first = first < 0 ? i : first;
                worst = Math.max(worst, error);
            }
        }
        return wrong == 0
                ? Optional.empty()
                : Optional.of("%s differs in %d of %d elements, by up to %.3g; element %d is %s, not %s"
                        .formatted(
                                actual.describe(),
                                wrong,
                                expected.size(),
                                worst,
                                first,
                                actual.real(first),
                                expected.real(first)));
    }

    /** By how much an element differs, 0 within the tolerance. */
    private static double error(Value expected, Value actual, int i) {
        if (expected instanceof Integers whole) {
            return Math.abs((double) whole.array()[i] - ((Integers) actual).array()[i]);
        }
        double wanted = expected.real(i);
        double got = actual.real(i);
        if (Double.compare(wanted, got) == 0) {
            return 0;
        }
        double error = Math.abs(wanted - got);
        if (!Double.isFinite(wanted) || !Double.isFinite(got)) {
            return Double.POSITIVE_INFINITY;
        }
        return error <= ABSOLUTE + RELATIVE * Math.abs(wanted) ? 0 : error;
    }
}

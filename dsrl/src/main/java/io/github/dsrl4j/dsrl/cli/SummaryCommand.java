package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.report.Cost;
import io.github.dsrl4j.nn.Summary;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dsrl summary}. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "Lists the layers of a model with output shapes, parameters and multiply-adds.")
final class SummaryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            completionCandidates = Choices.OfNetworks.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String network = "espnetv2";

    @Option(
            names = "--width",
            paramLabel = "FACTOR",
            completionCandidates = Choices.OfWidths.class,
            description = "Multiple of the network's channels: ${COMPLETION-CANDIDATES}.")
    private double width = 0.5;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            completionCandidates = Choices.OfVariants.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String variant = Variant.DSRL.label();

    @Option(
            names = "--input",
            paramLabel = "HxW",
            converter = InputSize.Converter.class,
            description = "Size of the network's input.")
    private InputSize input = new InputSize(180, 240);

    @Option(names = "--classes", paramLabel = "N", description = "Classes that are scored.")
    private int classes = ClassSet.CAMVID.count();

    @Option(names = "--training", description = "With the branches and losses that serve training only.")
    private boolean training;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Group layers whose names agree in the first N parts; 0 lists every one.")
    private int depth = 1;

    @Mixin
    @SuppressWarnings("UnusedVariable") // for its options alone
    private Machine machine;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() {
        Summary all = summary();
        Summary shown = depth == 0 ? all : all.grouped(depth);
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(toJson(all, shown)));
        } else {
            spec.commandLine().getOut().print(shown.toText());
            spec.commandLine().getOut().flush();
        }
        return 0;
    }

    private Summary summary() {
        try {
            if (depth < 0) {
                throw new IllegalArgumentException("--depth cannot be negative");
            }
            var model = new ModelDescription(
                    network,
                    width,
                    classes,
                    ClassSet.CAMVID,
                    DsrlOptions.of(Variant.of(variant)),
                    input.height(),
                    input.width());
            return training ? Cost.trainingSummary(model) : Cost.inferenceSummary(model);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Map<String, Object> toJson(Summary all, Summary shown) {
        List<Map<String, Object>> rows = shown.rows().stream()
                .map(row -> {
                    var entry = new LinkedHashMap<String, Object>();
                    entry.put("name", row.name());
                    entry.put("type", row.type());
                    entry.put("output", row.output().toString());
                    entry.put("calls", row.calls());
                    entry.put("parameters", row.parameters());
                    entry.put("multiply_adds", row.multiplyAdds());
                    return (Map<String, Object>) entry;
                })
                .toList();
        var summary = new LinkedHashMap<String, Object>();
        summary.put("network", network);
        summary.put("width", width);
        summary.put("variant", variant);
        summary.put("input", input.toString());
        summary.put("training", training);
        summary.put("parameters", all.parameters());
        summary.put("multiply_adds", all.multiplyAdds());
        summary.put("rows", rows);
        return summary;
    }
}

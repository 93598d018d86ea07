package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.inference.OnnxFile;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.onnx.OnnxExport;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dsrl export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Writes a model as ONNX (opset " + OnnxExport.OPERATOR_SET
                    + ") for other tools: 'image', normalised RGB of N x 3 x H x W,",
            "becomes 'logits'. The file's metadata hold the normalisation and the names of the classes."
        })
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "RUN|FILE",
            description = "Folder of a run, or a model file such as best.safetensors.")
    private Path model;

    @Option(names = "--onnx", required = true, paramLabel = "FILE", description = "The file to write.")
    private Path onnx;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "HxW",
            converter = InputSize.Converter.class,
            description = "Size of the images.")
    private InputSize input;

    @Option(
            names = "--dynamic",
            description = "Take any number of images, of any size; the file then computes the sizes inside it.")
    private boolean dynamic;

    @Option(names = "--force", description = "Replace FILE if it exists.")
    private boolean force;

    @Mixin
    private Machine machine;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(onnx) && !force) {
            throw new ParameterException(spec.commandLine(), onnx + ": exists; --force replaces it");
        }
        machine.announce();
        ModelFile.Loaded loaded = ModelFile.read(Files.isDirectory(model) ? new RunDirectory(model).best() : model);
        ModelProto written =
                OnnxFile.write(onnx, loaded, input.height(), input.width(), dynamic ? Extents.ANY_SIZE : Extents.FIXED);
        Map<String, Object> summary = summary(written);
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(summary));
        } else {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s: opset %s, %s operators, %s bytes; %s -> %s%n",
                            onnx,
                            summary.get("opset"),
                            summary.get("operators"),
                            Text.grouped(Files.size(onnx)),
                            summary.get("input"),
                            summary.get("output"));
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    private Map<String, Object> summary(ModelProto written) throws IOException {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("file", onnx.toString());
        summary.put("bytes", Files.size(onnx));
        summary.put("opset", OnnxExport.OPERATOR_SET);
        summary.put("operators", written.graph().nodes().size());
        summary.put("input", written.graph().inputs().getFirst().toString());
        summary.put("output", written.graph().outputs().getFirst().toString());
        return summary;
    }
}

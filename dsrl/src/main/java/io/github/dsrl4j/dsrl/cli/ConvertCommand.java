package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.nn.checkpoint.Checkpoint;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.DType;
import io.github.dsrl4j.nn.checkpoint.PyTorchCheckpoint;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsrl convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Turns a file of weights (PyTorch .pth or .pt, safetensors, or the index of several) into one safetensors file.",
            "Nothing in the file is run. Tensors of whole numbers, such as counters, keep their type."
        })
final class ConvertCommand implements Callable<Integer> {
    /** The element types that are written. */
    enum Type {
        F32,
        F16,
        BF16
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IN", description = "The file to read; its format is told by its contents.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The safetensors file to write.")
    private Path out;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "Type of the elements: ${COMPLETION-CANDIDATES}.")
    private Type type = Type.F32;

    @Option(
            names = "--key",
            paramLabel = "NAME",
            description = "Which state dict of a PyTorch file with several, such as ema; a.b for one inside another.")
    private String key = "";

    @Option(
            names = "--strip-prefix",
            paramLabel = "TEXT",
            description = "Take this from the names that begin with it, such as 'model.', and leave out all others.")
    private String prefix = "";

    @Option(names = "--force", description = "Replace OUT if it exists.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out) && !force) {
            throw new ParameterException(spec.commandLine(), out + ": exists; --force replaces it");
        }
        OutputFiles.requireNoInput(out, List.of(in));
        boolean pytorch = Checkpoint.format(in) == Checkpoint.Format.PYTORCH;
        if (!key.isEmpty() && !pytorch) {
            throw new ParameterException(spec.commandLine(), "--key: " + in + " is no PyTorch file, and has no keys");
        }
        Map<String, Tensor> tensors = stripped(read(pytorch));
        Map<String, DType> types = stripped(Checkpoint.types(in, key));
        types.values().removeIf(found -> !found.isWhole());
        Safetensors.write(out, tensors, metadata(), DType.valueOf(type.name()), types);
        long values = tensors.values().stream().mapToLong(Tensor::size).sum();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s tensors, %s values, %s bytes%n",
                        out, tensors.size(), Text.grouped(values), Text.grouped(Files.size(out)));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private Map<String, Tensor> read(boolean pytorch) {
        try {
            return pytorch ? PyTorchCheckpoint.read(in, key) : Checkpoint.read(in);
        } catch (CheckpointException e) {
            if (e.getMessage().contains("choose one by its key")) {
                throw new CheckpointException(e.getMessage() + "; --key NAME chooses", e);
            }
            throw e;
        }
    }

    private <T> Map<String, T> stripped(Map<String, T> named) {
        var stripped = new LinkedHashMap<String, T>();
        named.forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                stripped.put(name.substring(prefix.length()), value);
            }
        });
        if (stripped.isEmpty() && !named.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--strip-prefix: no name in %s begins with '%s'; the first is '%s'"
                            .formatted(in, prefix, named.keySet().iterator().next()));
        }
        return stripped;
    }

    /** What a safetensors file says beside its tensors is kept: a model of ours stays one. */
    private Map<String, String> metadata() {
        if (Checkpoint.format(in) != Checkpoint.Format.SAFETENSORS) {
            return Map.of("format", "pt", "converted_from", in.getFileName().toString());
        }
        try (Safetensors file = Safetensors.open(in)) {
            var metadata = new LinkedHashMap<>(file.metadata());
            // Without it some Python libraries refuse the file.
            metadata.putIfAbsent("format", "pt");
            return metadata;
        }
    }
}

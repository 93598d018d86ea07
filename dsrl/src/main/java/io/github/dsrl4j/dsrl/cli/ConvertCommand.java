package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.nn.checkpoint.Checkpoint;
import io.github.dsrl4j.nn.checkpoint.DType;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
            "Nothing in the file is run: constructors that are not those of tensors are refused."
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

    @Option(names = "--force", description = "Replace OUT if it exists.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out) && !force) {
            throw new ParameterException(spec.commandLine(), out + ": exists; --force replaces it");
        }
        Map<String, Tensor> tensors = Checkpoint.read(in);
        Safetensors.write(out, tensors, metadata(), DType.valueOf(type.name()));
        long values = tensors.values().stream().mapToLong(Tensor::size).sum();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s tensors, %s values, %s bytes%n",
                        out, tensors.size(), Text.grouped(values), Text.grouped(Files.size(out)));
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** What a safetensors file says beside its tensors is kept: a model of ours stays one. */
    private Map<String, String> metadata() {
        if (Checkpoint.format(in) != Checkpoint.Format.SAFETENSORS) {
            return Map.of("converted_from", in.getFileName().toString());
        }
        try (Safetensors file = Safetensors.open(in)) {
            return new LinkedHashMap<>(file.metadata());
        }
    }
}

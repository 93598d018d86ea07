package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.nn.checkpoint.Checkpoint;
import io.github.dsrl4j.nn.checkpoint.DType;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StoredTensor;
import io.github.dsrl4j.nn.checkpoint.StoredTensors;
import java.io.IOException;
import java.io.PrintWriter;
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
            "Nothing in the file is run: of Python objects beside the weights only the names are read."
        })
final class ConvertCommand implements Callable<Integer> {
    /** The element types in which floating-point tensors are written. */
    enum Type {
        F32,
        F16,
        BF16,
        F64,
        KEEP;

        DType of(DType stored) {
            return this == KEEP || !stored.isFloatingPoint() ? stored : DType.valueOf(name());
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IN", description = "The file to read; its format is told by its contents.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The safetensors file to write.")
    private Path out;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = {
                "Type of floating-point tensors: ${COMPLETION-CANDIDATES} (each its own).",
                "Whole numbers and booleans keep their types."
            })
    private Type type = Type.F32;

    @Option(
            names = "--key",
            paramLabel = "NAME",
            description = "Where the state dict stands in a PyTorch file that holds several, such as generator or a.b.")
    private String key;

    @Option(
            names = "--strip-prefix",
            paramLabel = "PREFIX",
            description = {
                "Takes PREFIX from the names that begin with it, such as Lightning's 'model.', and leaves out all others.",
                "What DataParallel and torch.compile put before all names is taken away without it."
            })
    private String prefix;

    @Option(names = "--force", description = "Replace OUT if it exists.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        OutputFiles.requireNoInput(out, List.of(in));
        if (Files.exists(out) && !force) {
            throw new ParameterException(spec.commandLine(), out + ": exists; --force replaces it");
        }
        if (key != null && key.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--key: the name is empty");
        }
        try (StoredTensors file = StoredTensors.open(in, key == null ? "" : key)) {
            OutputFiles.requireNoInput(out, file.files());
            Map<String, StoredTensor> tensors =
                    prefix == null ? file.tensors() : file.withoutPrefix(prefix).tensors();
            Safetensors.writeStored(out, tensors, metadata(file), type::of);
            report(file, tensors);
        }
        return 0;
    }

    private void report(StoredTensors file, Map<String, StoredTensor> tensors) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        file.passedOver().forEach(what -> err.printf("%s: passed over: %s%n", in, what));
        int leftOut = file.tensors().size() - tensors.size();
        if (leftOut > 0) {
            err.printf(
                    "%s: left out, for their names do not begin with '%s': %s of %s tensors%n",
                    in,
                    prefix,
                    Text.grouped(leftOut),
                    Text.grouped(file.tensors().size()));
        }
        err.flush();
        long values = tensors.values().stream().mapToLong(StoredTensor::size).sum();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s tensors, %s values, %s bytes%n",
                        out, tensors.size(), Text.grouped(values), Text.grouped(Files.size(out)));
        spec.commandLine().getOut().flush();
    }

    /**
     * What a safetensors file says beside its tensors is kept: a model of ours stays one. Libraries of Hugging Face load
     * a file only if it says its format.
     */
    private Map<String, String> metadata(StoredTensors file) {
        var metadata = new LinkedHashMap<>(file.metadata());
        if (Checkpoint.format(in) == Checkpoint.Format.PYTORCH) {
            metadata.put("converted_from", in.getFileName().toString());
        }
        metadata.putIfAbsent("format", "pt");
        return metadata;
    }
}

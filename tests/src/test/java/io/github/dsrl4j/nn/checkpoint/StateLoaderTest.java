package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateLoaderTest {
    @TempDir
    Path folder;

    /** The model of {@code make_checkpoints.py}. */
    private static final class Net extends Module {
        Net() {
            child("conv", new Part().with("weight", Shape.of(2, 1, 3, 3)));
            child(
                    "bn",
                    new Part()
                            .with("weight", Shape.of(2))
                            .with("bias", Shape.of(2))
                            .withStatistics());
            child("act", new Part().with("weight", Shape.of(2)));
        }
    }

    private static final class Part extends Module {
        Part with(String name, Shape shape) {
            parameter(name, Tensor.full(shape, -7));
            return this;
        }

        Part withStatistics() {
            buffer("running_mean", Tensor.full(Shape.of(2), -7));
            buffer("running_var", Tensor.full(Shape.of(2), -7));
            buffer("num_batches_tracked", Tensor.scalar(-7));
            return this;
        }
    }

    private static Map<String, Tensor> fitting() {
        var tensors = new LinkedHashMap<String, Tensor>();
        new Net().state().forEach((name, tensor) -> tensors.put(name, Tensor.full(tensor.shape(), 3)));
        return tensors;
    }

    private static void assertUntouched(Module module) {
        module.state().forEach((name, tensor) -> {
            for (float value : tensor.toArray()) {
                assertEquals(-7, value, name);
            }
        });
    }

    @Test
    void loadsAPyTorchFile() throws IOException {
        Path file = Files.write(folder.resolve("training.pt"), Resources.bytes("training.pt"));
        var net = new Net();
        Checkpoint.load(net, file);
        assertEquals(-2, net.state().get("conv.weight").get(0, 0, 0, 0));
        assertEquals(15, net.state().get("conv.weight").get(1, 0, 2, 2));
        assertEquals(1, net.state().get("bn.num_batches_tracked").item());
    }

    /** A model whose own names begin as a wrapper's do. */
    private static final class Wrapper extends Module {
        Wrapper() {
            child("module", new Net());
        }
    }

    /** The names of DataParallel and torch.compile go, unless they are the module's own. */
    @Test
    void wrappersNamesGoUnlessTheModuleHasThem() throws IOException {
        for (String prefix : List.of("", "module.", "_orig_mod.", "module._orig_mod.")) {
            var tensors = new LinkedHashMap<String, Tensor>();
            fitting().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
            var net = new Net();
            StateLoader.strict().load(net, tensors);
            assertEquals(3, net.state().get("bn.bias").get(0), prefix);

            Path file = folder.resolve("net.safetensors");
            Safetensors.write(file, tensors);
            var loaded = new Net();
            assertEquals(List.of(), StateLoader.lenient().load(loaded, file).missing(), prefix);
            assertEquals(3, loaded.state().get("bn.bias").get(0), prefix);
        }
        Path file = folder.resolve("wrapper.safetensors");
        var saved = new Wrapper();
        saved.state().values().forEach(tensor -> tensor.copyFrom(Tensor.full(tensor.shape(), 5)));
        Safetensors.write(file, saved.state());
        var wrapper = new Wrapper();
        Checkpoint.load(wrapper, file);
        assertEquals(5, wrapper.state().get("module.bn.bias").get(0));
        Checkpoint.load(wrapper, Files.write(folder.resolve("net.pt"), Resources.bytes("training.pt")));
        assertEquals(-2, wrapper.state().get("module.conv.weight").get(0, 0, 0, 0), "an inner module's own file");
    }

    @Test
    void strictLoadingTellsEverythingAtOnceAndChangesNothing() {
        Map<String, Tensor> tensors = fitting();
        tensors.put("bn.wieght", tensors.remove("bn.weight"));
        tensors.put("act.weight", Tensor.zeros(Shape.of(3)));
        tensors.put("classifier.bias", Tensor.zeros(Shape.of(20)));
        tensors.remove("conv.weight");
        var net = new Net();
        int version = net.state().get("bn.bias").version();
        var error = assertThrows(
                CheckpointException.class, () -> StateLoader.strict().load(net, tensors));
        assertEquals("""
                  checkpoint: does not fit Net (4 fit, 2 missing, 2 unexpected, 1 of another shape); nothing was loaded
                    missing     conv.weight      [2, 1, 3, 3]
                    missing     bn.weight        [2]  did you mean 'bn.wieght', which the checkpoint has?
                    unexpected  bn.wieght        [2]
                    unexpected  classifier.bias  [20]
                    shape       act.weight       module [2], checkpoint [3]\
                  """, error.getMessage());
        assertUntouched(net);
        assertEquals(version, net.state().get("bn.bias").version());
    }

    @Test
    void namesTheFileInTheMessage() {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of("w", Tensor.scalar(1)));
        var net = new Net();
        var error = assertThrows(CheckpointException.class, () -> Checkpoint.load(net, file));
        assertTrue(
                error.getMessage().startsWith(file + ": does not fit Net (0 fit, 6 missing, 1 unexpected"),
                error::getMessage);
        assertUntouched(net);
    }

    @Test
    void lenientLoadingTakesWhatFits() {
        Map<String, Tensor> tensors = fitting();
        tensors.remove("conv.weight");
        tensors.put("act.weight", Tensor.zeros(Shape.of(3)));
        tensors.put("more", Tensor.zeros(Shape.of(1)));
        var net = new Net();
        StateLoader.Report report = StateLoader.lenient().load(net, tensors);
        assertEquals(List.of("conv.weight"), report.missing());
        assertEquals(List.of("more"), report.unexpected());
        assertEquals(List.of("act.weight"), report.reshaped());
        assertEquals(5, report.loaded().size());
        assertTrue(report.table().contains("shape       act.weight   module [2], checkpoint [3]"), report::table);
        assertArrayEquals(new float[] {3, 3}, net.state().get("bn.bias").toArray());
        assertArrayEquals(new float[] {-7, -7}, net.state().get("act.weight").toArray());
        assertTrue(StateLoader.lenient().load(net, fitting()).table().isEmpty());
    }

    @Test
    void renamesAndDropsByRule() {
        var tensors = new LinkedHashMap<String, Tensor>();
        fitting().forEach((name, tensor) -> tensors.put("backbone." + name.replace("act", "prelu1"), tensor));
        tensors.put("head.weight", Tensor.zeros(Shape.of(9)));
        var net = new Net();
        StateLoader loader = StateLoader.strict();
        assertThrows(CheckpointException.class, () -> loader.load(net, tensors));
        loader.drop("^head\\.")
                .rename("^backbone\\.", "")
                .rename("prelu(\\d)", "act")
                .load(net, tensors);
        net.state().forEach((name, tensor) -> assertEquals(3, tensor.toArray()[0], name));
    }

    @Test
    void refusesRulesThatMakeTwoTensorsOne() {
        var net = new Net();
        Map<String, Tensor> tensors = fitting();
        StateLoader loader = StateLoader.lenient().rename("running_(mean|var)", "running");
        var error = assertThrows(CheckpointException.class, () -> loader.load(net, tensors));
        assertEquals(
                "checkpoint: the rules give 'bn.running_mean' and 'bn.running_var' the same name, 'bn.running'",
                error.getMessage());
        assertUntouched(net);
    }

    @Test
    void oldCheckpointsNeedNotCountBatches() {
        Map<String, Tensor> tensors = fitting();
        tensors.remove("bn.num_batches_tracked");
        var net = new Net();
        StateLoader.Report report = StateLoader.strict().load(net, tensors);
        assertFalse(report.loaded().contains("bn.num_batches_tracked"));
        assertEquals(0, net.state().get("bn.num_batches_tracked").item());
    }

    @Test
    void aTableOfAnotherNetworkStaysReadable() {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < 500; i++) {
            tensors.put("layer" + i, Tensor.scalar(0));
        }
        var error = assertThrows(
                CheckpointException.class, () -> StateLoader.strict().load(new Net(), tensors));
        assertTrue(error.getMessage().contains("unexpected  ... and 480 more"), error::getMessage);
        assertTrue(error.getMessage().lines().count() < 40, error::getMessage);
    }

    @ParameterizedTest
    @CsvSource({
        "weight, weight, 9, 0",
        "weight, wieght, 9, 2",
        "conv1, conv, 9, 1",
        "'', abc, 9, 3",
        "kitten, sitting, 9, 3",
        "abcdef, uvwxyz, 3, 4",
        "ab, abcdefgh, 2, 3"
    })
    void editDistance(String a, String b, int limit, int distance) {
        assertEquals(distance, EditDistance.between(a, b, limit));
        assertEquals(distance, EditDistance.between(b, a, limit));
    }
}

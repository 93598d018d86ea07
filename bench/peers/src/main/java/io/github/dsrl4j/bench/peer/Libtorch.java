package io.github.dsrl4j.bench.peer;

import io.github.dsrl4j.bench.KernelWork;
import io.github.dsrl4j.bench.MachineWork;
import io.github.dsrl4j.bench.NetworkWork;
import io.github.dsrl4j.bench.PeerProvider;
import io.github.dsrl4j.bench.Task;
import io.github.dsrl4j.bench.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's engine, as the bytedeco project packs it: operations one by one, and its own autograd. */
public final class Libtorch implements PeerProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public Libtorch() {}

    @Override
    public String label() {
        return "libtorch";
    }

    @Override
    public Task prepare(Work work, int threads) {
        unpack();
        torch.set_num_threads(threads);
        return switch (work) {
            case MachineWork limit ->
                throw new IllegalArgumentException("libtorch: '%s' is not its work".formatted(limit.name()));
            case KernelWork(var operation, boolean backward) ->
                TorchOperations.of(operation, ((KernelWork) work).inputs()).task(backward);
            case NetworkWork network -> TorchNetwork.task(network);
        };
    }

    /**
     * All libraries at once. By itself the loader unpacks them one by one as it loads them, and the first would take the system's version
     * of those that are not there yet.
     */
    private static void unpack() {
        try {
            Loader.cacheResources("/org/bytedeco/pytorch/" + Loader.getPlatform());
            Loader.load(torch.class);
        } catch (IOException e) {
            throw new UncheckedIOException("libtorch: cannot unpack its libraries", e);
        } catch (LinkageError e) {
            throw new UnsupportedOperationException("libtorch does not load here: " + e.getMessage(), e);
        }
    }
}

package io.github.dsrl4j.bench;

import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * Other libraries. What they need is not part of the ordinary build: {@code bench/bin/bench} builds the module {@code bench/peers} and
 * says by the system property {@code dsrl4j.peers.path} where its jars are, or by {@code dsrl4j.peers.missing} why there are none.
 */
enum Peer implements Contender {
    /** PyTorch's engine through JavaCPP: eager operations, real autograd. */
    LIBTORCH("libtorch") {
        @Override
        public boolean enters(Work work) {
            return switch (work) {
                case MachineWork limit -> false;
                case KernelWork kernel -> true;
                case NetworkWork network -> network.duty() != NetworkWork.Duty.TRAINING && !network.isLarger();
            };
        }

        @Override
        Optional<String> shortage(Work work) {
            return work instanceof KernelWork(AffinityOperation loss, boolean backward)
                    ? Memory.shortage(loss.plainBytes(), "the plain formula keeps matrices of N x N")
                    : Optional.empty();
        }
    },
    /** OpenBLAS through jblas, on one thread. */
    JBLAS("jblas") {
        @Override
        public boolean enters(Work work) {
            return work instanceof KernelWork kernel && kernel.operation() instanceof Operation.Product;
        }

        @Override
        public boolean scales() {
            return false;
        }

        @Override
        public Task prepare(Work work, int threads) {
            JblasMatrixProduct.Probe probe = JblasMatrixProduct.probe();
            if (!probe.works()) {
                throw new UnsupportedOperationException(probe.reason());
            }
            if (work instanceof KernelWork(Operation.Product product, boolean backward)) {
                var inputs = ((KernelWork) work).inputs();
                return product.by(new JblasMatrixProduct(), inputs).task(backward);
            }
            throw new IllegalArgumentException("jblas: '%s' is not its work".formatted(work.name()));
        }
    },
    /** Microsoft's engine for ONNX files, which gets the network as this project exports it. */
    ONNX_RUNTIME("onnxruntime") {
        @Override
        public boolean enters(Work work) {
            return work instanceof NetworkWork network && network.duty() == NetworkWork.Duty.INFERENCE;
        }
    };

    private static final String PATH = "dsrl4j.peers.path";
    private static final String MISSING = "dsrl4j.peers.missing";

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public boolean isPeer() {
        return true;
    }

    @Override
    public boolean scales() {
        return true;
    }

    @Override
    public Optional<String> obstacle(Work work) {
        return libraries().isEmpty()
                ? Optional.of(System.getProperty(MISSING, "start it by bench/bin/bench"))
                : shortage(work);
    }

    /** Why the machine is too small for this work. */
    Optional<String> shortage(Work work) {
        return Optional.empty();
    }

    @Override
    public List<Path> libraries() {
        return Arrays.stream(System.getProperty(PATH, "").split(Pattern.quote(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
    }

    /** Native libraries come from the peers' jars alone: of another version that the system has, half would be loaded, too. */
    @Override
    public List<String> jvmOptions(Work work) {
        var options = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.library.path=",
                "-Dorg.bytedeco.javacpp.cachedir="
                        + libraries().getFirst().resolveSibling("natives").toAbsolutePath()));
        if (libraries().stream().anyMatch(jar -> jar.getFileName().toString().startsWith("mkl-"))) {
            // Intel's matrix product, which PyTorch's own builds have, in place of OpenBLAS, whose threads get in the
            // way of libtorch's.
            options.add("-Dorg.bytedeco.openblas.load=mkl_rt");
        }
        return options;
    }

    /** Libraries within libraries do not all ask those that call them how many threads there shall be. */
    @Override
    public Map<String, String> environment(int threads) {
        String count = Integer.toString(threads);
        return Map.of(
                "OMP_NUM_THREADS", count,
                "MKL_NUM_THREADS", count,
                "OPENBLAS_NUM_THREADS", count,
                // The threads that libtorch has already.
                "MKL_THREADING_LAYER", "GNU");
    }

    @Override
    public Task prepare(Work work, int threads) {
        return ServiceLoader.load(PeerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("bench: the peers' jars do not provide " + label))
                .prepare(work, threads);
    }
}

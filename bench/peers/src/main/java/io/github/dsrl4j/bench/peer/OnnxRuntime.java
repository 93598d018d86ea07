package io.github.dsrl4j.bench.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dsrl4j.bench.NetworkWork;
import io.github.dsrl4j.bench.PeerProvider;
import io.github.dsrl4j.bench.Task;
import io.github.dsrl4j.bench.Work;
import io.github.dsrl4j.nn.onnx.OnnxExport;
import io.github.dsrl4j.nn.onnx.OnnxOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Microsoft's engine on the network as this project exports it, with all its optimisations, which are the default. */
public final class OnnxRuntime implements PeerProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public OnnxRuntime() {}

    @Override
    public String label() {
        return "onnxruntime";
    }

    @Override
    public Task prepare(Work work, int threads) {
        if (!(work instanceof NetworkWork network)) {
            throw new IllegalArgumentException("onnxruntime: '%s' is not its work".formatted(work.name()));
        }
        try {
            return inference(network, threads);
        } catch (OrtException e) {
            throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
        }
    }

    /** Input and output stay where they are: no run copies them. */
    @SuppressWarnings("resource") // they live as long as the process
    private static Task inference(NetworkWork work, int threads) throws OrtException {
        var images = work.input();
        var model = OnnxExport.toModel(work.model(), images.shape(), OnnxOptions.DEFAULT);
        var environment = OrtEnvironment.getEnvironment();
        var options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        OrtSession session = environment.createSession(model.toBytes(), options);
        FloatBuffer x = direct(images.size());
        x.put(0, images.toArray());
        long[] dims = Arrays.stream(images.shape().dims()).asLongStream().toArray();
        long[] out = {dims[0], work.classes(), dims[2], dims[3]};
        FloatBuffer y = direct(Math.toIntExact(out[0] * out[1] * out[2] * out[3]));
        var inputs = Map.of(session.getInputNames().iterator().next(), OnnxTensor.createTensor(environment, x, dims));
        var outputs = Map.of(session.getOutputNames().iterator().next(), OnnxTensor.createTensor(environment, y, out));
        return Task.of(
                () -> {
                    try (var _ = session.run(inputs, outputs)) {
                        // The result is in y.
                    } catch (OrtException e) {
                        throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
                    }
                },
                () -> {
                    float[] logits = new float[y.capacity()];
                    y.get(0, logits);
                    return List.of(logits);
                });
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(Float.BYTES * length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}

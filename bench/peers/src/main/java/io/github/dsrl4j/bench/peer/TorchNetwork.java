package io.github.dsrl4j.bench.peer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.bench.NetworkWork;
import io.github.dsrl4j.bench.Task;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.trace.Trace;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Inference and training steps of a whole network on libtorch. */
final class TorchNetwork {
    private TorchNetwork() {}

    static Task task(NetworkWork work) {
        return switch (work.duty()) {
            case INFERENCE -> inference(work);
            case DESCENT -> descent(work);
            case TRAINING ->
                throw new IllegalArgumentException("libtorch: '%s' is not its work".formatted(work.name()));
        };
    }

    private static Task inference(NetworkWork work) {
        var images = work.input();
        var graph = new TorchGraph(Trace.of(work.model(), images.shape()), false, Set.of());
        Tensor input = Torch.tensor(images);
        float[][] logits = new float[1][];
        return Task.of(() -> Torch.withoutGradients(() -> graph.run(input)), () -> {
            Torch.withoutGradients(() -> logits[0] = Torch.values(graph.run(input)));
            return List.of(logits[0]);
        });
    }

    private static Task descent(NetworkWork work) {
        Layer model = work.model();
        var images = work.input();
        var parameters = model.parameters();
        var graph = new TorchGraph(Trace.of(model, images.shape()), true, parameters.keySet());
        List<Tensor> leaves = graph.parameters(parameters.keySet());
        var optimizer = new SGD(new TensorVector(leaves.toArray(Tensor[]::new)), new SGDOptions(NetworkWork.RATE));
        Tensor input = Torch.tensor(images);
        Tensor labels = Torch.tensor(work.labels()).to(ScalarType.Long);
        float[] losses = new float[1];
        Runnable step = () -> {
            Torch.clearGradients(leaves);
            Tensor loss = Torch.crossEntropy(graph.run(input), labels, NetworkWork.IGNORED);
            losses[0] = loss.item_float();
            loss.backward();
            optimizer.step();
        };
        return Task.of(() -> Torch.scoped(step), () -> List.of(losses, gradients(parameters, graph)));
    }

    /** One after the other, in the model's order; zeros for what no output depends on. */
    private static float[] gradients(Map<String, Variable> parameters, TorchGraph graph) {
        int size = parameters.values().stream()
                .mapToInt(parameter -> parameter.shape().size())
                .sum();
        var gradients = FloatBuffer.allocate(size);
        parameters.forEach((name, parameter) -> {
            Tensor leaf = graph.constants().get(name);
            gradients.put(leaf == null ? new float[parameter.shape().size()] : Torch.gradient(leaf));
        });
        return gradients.array();
    }
}

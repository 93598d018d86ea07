package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Limits on gradients, applied between the backward pass and the optimiser's step. */
public final class GradientClipping {
    /** Keeps the scale finite for gradients of zero; PyTorch's value. */
    private static final double EPSILON = 1e-6;

    private GradientClipping() {}

    /**
     * Scales all gradients by {@code max / (norm + 1e-6)} if that is less than 1, where {@code norm} is the 2-norm of all
     * gradients taken together (Pascanu et al., 2013). It is summed in double precision in the order of the map, so it is the
     * same in every run.
     *
     * @return the norm before clipping
     * @throws ArithmeticException if a gradient is not finite; none is changed then
     */
    public static double clipNorm(Map<String, Variable> parameters, double max) {
        if (!(max > 0)) {
            throw new IllegalArgumentException("clipNorm: the largest norm must be positive, not " + max);
        }
        double sum = 0;
        for (var entry : squaredNorms(parameters).entrySet()) {
            if (!Double.isFinite(entry.getValue())) {
                throw new ArithmeticException("clipNorm: the gradient of '" + entry.getKey()
                        + "' is not finite; lower the learning rate or look for the cause in anomaly mode");
            }
            sum += entry.getValue();
        }
        double norm = Math.sqrt(sum);
        double scale = max / (norm + EPSILON);
        if (scale < 1) {
            parameters.values().stream().filter(Variable::hasGradient).forEach(p -> scale(p.gradient(), (float) scale));
        }
        return norm;
    }

    /** By name; on another device than the processor all norms are computed there and come back in one copy. */
    private static Map<String, Double> squaredNorms(Map<String, Variable> parameters) {
        var squares = new LinkedHashMap<String, Double>();
        var elsewhere = new LinkedHashMap<String, Tensor>();
        parameters.forEach((name, parameter) -> {
            if (parameter.hasGradient()) {
                Tensor gradient = parameter.gradient();
                boolean here = gradient.device() instanceof CpuDevice;
                squares.put(name, here ? squaredNorm(gradient) : Double.NaN);
                if (!here) {
                    elsewhere.put(name, gradient);
                }
            }
        });
        if (!elsewhere.isEmpty()) {
            Device device = elsewhere.values().iterator().next().device();
            Tensor norms = Tensor.empty(device, Shape.of(elsewhere.size()));
            int next = 0;
            for (Tensor gradient : elsewhere.values()) {
                device.kernels()
                        .reduction()
                        .squaredNorm(
                                gradient.size(),
                                gradient.array(),
                                gradient.offset(),
                                norms.array(),
                                norms.offset() + next);
                next++;
            }
            float[] values = norms.toArray();
            next = 0;
            for (String name : elsewhere.keySet()) {
                squares.put(name, (double) values[next]);
                next++;
            }
        }
        return squares;
    }

    private static double squaredNorm(Tensor tensor) {
        float[] values = tensor.array();
        double sum = 0;
        for (int i = tensor.offset(), end = i + tensor.size(); i < end; i++) {
            sum += (double) values[i] * values[i];
        }
        return sum;
    }

    private static void scale(Tensor tensor, float factor) {
        tensor.device()
                .kernels()
                .elementwise()
                .affine(tensor.size(), factor, 0, tensor.array(), tensor.offset(), tensor.array(), tensor.offset());
        tensor.markModified();
    }
}

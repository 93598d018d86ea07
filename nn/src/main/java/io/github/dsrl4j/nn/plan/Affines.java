package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;

/**
 * Functions {@code v scale[p] + shift[p]} of the planes of a tensor, as one array: the scales and behind them the shifts. A plane is
 * one channel of one image; a tensor of less than two dimensions is one plane.
 */
final class Affines {
    private Affines() {}

    static int planes(Shape shape) {
        return shape.rank() < 2 ? 1 : shape.dim(0) * shape.dim(1);
    }

    static int area(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.span(2, shape.rank());
    }

    /** {@code (x - mean) weight / sqrt(variance + epsilon) + bias}, in double precision but for the result. */
    static float[] of(BatchNorm norm, Node node) {
        float[] weight = constant(node, node.inputs().get(1));
        float[] bias = constant(node, node.inputs().get(2));
        float[] mean = norm.runningMean().toArray();
        float[] variance = norm.runningVariance().toArray();
        int planes = planes(node.output().shape());
        float[] affine = new float[2 * planes];
        for (int p = 0; p < planes; p++) {
            int c = p % weight.length;
            double scale = weight[c] / Math.sqrt((double) variance[c] + norm.epsilon());
            affine[p] = (float) scale;
            affine[planes + p] = (float) (bias[c] - mean[c] * scale);
        }
        return affine;
    }

    static float[] of(float scale, float shift, Shape shape) {
        int planes = planes(shape);
        float[] affine = new float[2 * planes];
        for (int p = 0; p < planes; p++) {
            affine[p] = scale;
            affine[planes + p] = shift;
        }
        return affine;
    }

    /** First {@code first}, then {@code second}. */
    static float[] then(float[] first, float[] second) {
        int planes = first.length / 2;
        float[] both = new float[2 * planes];
        for (int p = 0; p < planes; p++) {
            both[p] = first[p] * second[p];
            both[planes + p] = (float) ((double) first[planes + p] * second[p] + second[planes + p]);
        }
        return both;
    }

    /** One number a plane from one a channel, or one for all. */
    static float[] perPlane(float[] channels, Shape shape) {
        float[] values = new float[planes(shape)];
        for (int p = 0; p < values.length; p++) {
            values[p] = channels[p % channels.length];
        }
        return values;
    }

    /** The values of a parameter or buffer, copied. */
    static float[] constant(Node node, Value value) {
        if (value instanceof Value.Constant constant) {
            return constant.tensor().toArray();
        }
        throw new IllegalArgumentException(
                "plan: %s in layer '%s' needs %s to be a parameter or buffer of the model, not computed"
                        .formatted(node.operation().name(), node.layer(), value.name()));
    }
}

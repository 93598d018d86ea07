package io.github.dsrl4j.nn.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.run.Value;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model in ONNX Runtime, which infers all shapes when it loads and fails where they contradict the file. */
public final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private OnnxRuntime(byte[] model) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.addConfigEntry("session.strict_shape_type_inference", "1");
            options.setIntraOpNumThreads(1);
            session = environment.createSession(model, options);
        }
    }

    public static OnnxRuntime load(byte[] model) {
        try {
            return new OnnxRuntime(model);
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
        }
    }

    /** The output of a model with one input and one output. */
    public Tensor run(Tensor input) {
        String name = session.getInputNames().iterator().next();
        long[] dims = Arrays.stream(input.shape().dims()).asLongStream().toArray();
        try (var x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.toArray()), dims);
                var results = session.run(Map.of(name, x))) {
            var y = (OnnxTensor) results.get(0);
            int[] shape = Arrays.stream(y.getInfo().getShape())
                    .mapToInt(Math::toIntExact)
                    .toArray();
            float[] values = new float[Shape.of(shape).size()];
            y.getFloatBuffer().get(values);
            return Tensor.of(Shape.of(shape), values);
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime fails at " + input.shape() + ": " + e.getMessage(), e);
        }
    }

    /** The first output for inputs of float32, float16 or whole numbers of 64 bits; of other types than float16 float32. */
    public Tensor run(Map<String, Value> inputs) {
        var tensors = new LinkedHashMap<String, OnnxTensor>();
        try {
            for (Map.Entry<String, Value> input : inputs.entrySet()) {
                tensors.put(input.getKey(), tensor(input.getValue()));
            }
            try (var results = session.run(tensors)) {
                var y = (OnnxTensor) results.get(0);
                int[] shape = Arrays.stream(y.getInfo().getShape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                float[] values = new float[Shape.of(shape).size()];
                // Float16 is widened.
                y.getFloatBuffer().get(values);
                return Tensor.of(Shape.of(shape), values);
            }
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime fails: " + e.getMessage(), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Value value) throws OrtException {
        long[] dims = Arrays.stream(value.shape().dims()).asLongStream().toArray();
        if (value.type() == DataType.INT64) {
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(value.toLongs()), dims);
        }
        float[] values = value.toTensor().toArray();
        if (value.type() == DataType.FLOAT) {
            return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), dims);
        }
        var halves = ByteBuffer.allocateDirect(values.length * Short.BYTES).order(ByteOrder.nativeOrder());
        for (float number : values) {
            halves.putShort(Float.floatToFloat16(number));
        }
        return OnnxTensor.createTensor(environment, halves.flip(), dims, OnnxJavaType.FLOAT16);
    }

    /** What the model itself gives. */
    public static Tensor forward(Layer model, Tensor input) {
        return model.evaluating(
                () -> Gradients.off(() -> model.apply(Variable.of(input)).value()));
    }

    /**
     * The largest difference between two tensors, relative to the largest value where that is above 1.
     *
     * @throws AssertionError if the shapes differ
     */
    public static double difference(Tensor expected, Tensor actual) {
        if (!expected.shape().equals(actual.shape())) {
            throw new AssertionError("shape %s, not %s".formatted(actual.shape(), expected.shape()));
        }
        float[] a = expected.toArray();
        float[] b = actual.toArray();
        double largest = 1;
        double difference = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i]));
            // A NaN on one side alone counts as a difference.
            difference =
                    Float.compare(a[i], b[i]) == 0 ? difference : Math.max(difference, Math.abs((double) a[i] - b[i]));
        }
        return difference / largest;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }
}

package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.checkpoint.SmallFloats;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What flows along the edges of a graph: a tensor of float32 in the engine's own form, or a tensor of another type as a plain
 * array. Values are row-major, contiguous, and never changed once they are made.
 */
public sealed interface Value {
    /** How a file keeps float64. */
    ValueLayout.OfDouble LITTLE_ENDIAN_DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The element type. */
    DataType type();

    /** The extents; none for a scalar. */
    Shape shape();

    /** The same elements under another shape of the same size; shares memory. */
    Value reshape(Shape target);

    /** The array in which the elements lie: {@code float[]}, {@code long[]} or {@code double[]}. */
    Object array();

    /** Where in {@link #array} the first element lies. */
    default int offset() {
        return 0;
    }

    /** The number of elements. */
    default int size() {
        return shape().size();
    }

    /** Float32. */
    record Floats(Tensor tensor) implements Value {
        @Override
        public DataType type() {
            return DataType.FLOAT;
        }

        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public Floats reshape(Shape target) {
            return new Floats(tensor.reshape(target));
        }

        @Override
        public float[] array() {
            return tensor.array();
        }

        @Override
        public int offset() {
            return tensor.offset();
        }
    }

    /** Whole numbers of any width up to 64 bits, UINT64 as its bits, and booleans as 0 and 1. The array is not copied. */
    record Integers(DataType type, Shape shape, long[] array) implements Value {
        public Integers {
            checkSize(shape, array.length);
        }

        @Override
        public Integers reshape(Shape target) {
            return new Integers(type, checked(shape, target), array);
        }
    }

    /** Float64, and float16 and bfloat16 as the numbers they stand for. The array is not copied. */
    record Doubles(DataType type, Shape shape, double[] array) implements Value {
        public Doubles {
            checkSize(shape, array.length);
        }

        @Override
        public Doubles reshape(Shape target) {
            return new Doubles(type, checked(shape, target), array);
        }
    }

    /** A tensor of the engine. */
    static Value of(Tensor tensor) {
        return new Floats(tensor.to(Device.cpu()));
    }

    /** A tensor of type INT64; the array is not copied. */
    static Value of(Shape shape, long... values) {
        return new Integers(DataType.INT64, shape, values);
    }

    /**
     * The contents of a file's tensor.
     *
     * @throws UnsupportedOnnxException if its element type is one that no operator here works on
     */
    static Value of(TensorProto tensor) {
        Shape shape = shape(tensor);
        return switch (tensor.type()) {
            case FLOAT -> new Floats(Tensor.of(shape, tensor.toFloats()));
            case BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 ->
                new Integers(tensor.type(), shape, tensor.toLongs());
            case FLOAT16, BFLOAT16 -> {
                float[] values = tensor.toFloats();
                double[] wide = new double[values.length];
                Arrays.setAll(wide, i -> values[i]);
                yield new Doubles(tensor.type(), shape, wide);
            }
            case DOUBLE -> new Doubles(tensor.type(), shape, tensor.data().toArray(LITTLE_ENDIAN_DOUBLE));
            default ->
                throw new UnsupportedOnnxException(
                        "tensor '%s': elements of type %s are not supported".formatted(tensor.name(), tensor.type()));
        };
    }

    /** Whether a value can be of an element type. */
    static boolean isSupported(DataType type) {
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 ->
                true;
            default -> false;
        };
    }

    private static Shape shape(TensorProto tensor) {
        int[] dims = new int[tensor.dims().size()];
        for (int i = 0; i < dims.length; i++) {
            long extent = tensor.dims().get(i);
            if (extent > Integer.MAX_VALUE) {
                throw new OnnxException(
                        "tensor '%s' of shape %s has too many elements".formatted(tensor.name(), tensor.dims()));
            }
            dims[i] = (int) extent;
        }
        return Shape.of(dims);
    }

    /** This value as a tensor of the engine: itself where it is float32, else rounded to it; booleans become 0 and 1. */
    default Tensor toTensor() {
        if (this instanceof Floats(Tensor tensor)) {
            return tensor;
        }
        float[] values = new float[size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) real(i);
        }
        return Tensor.of(shape(), values);
    }

    /**
     * The elements of a value of whole numbers or booleans, copied.
     *
     * @throws OnnxException if the type is another
     */
    default long[] toLongs() {
        if (this instanceof Integers(DataType type, Shape shape, long[] array)) {
            return array.clone();
        }
        throw new OnnxException("whole numbers are expected, but the value is %s".formatted(describe()));
    }

    /** Element {@code i} in row-major order as a real number; 64-bit integers are rounded to the nearest. */
    default double real(int i) {
        return switch (this) {
            case Floats floats -> floats.array()[floats.offset() + i];
            case Integers(DataType type, Shape shape, long[] array) ->
                type == DataType.UINT64 && array[i] < 0 ? 2.0 * ((array[i] >>> 1) | (array[i] & 1)) : array[i];
            case Doubles(DataType type, Shape shape, double[] array) -> array[i];
        };
    }

    /** Type and shape, such as {@code INT64[2, 3]}. */
    default String describe() {
        return type() + shape().toString();
    }

    /** A number rounded to what {@code type} can hold. */
    static double round(DataType type, double value) {
        return switch (type) {
            case FLOAT -> (float) value;
            case FLOAT16 -> SmallFloats.fromFloat16(SmallFloats.toFloat16((float) value));
            case BFLOAT16 -> SmallFloats.fromBfloat16(SmallFloats.toBfloat16((float) value));
            default -> value;
        };
    }

    /** The lower bits of a whole number, as many as {@code type} has, with its sign. */
    static long wrap(DataType type, long value) {
        return switch (type) {
            case BOOL -> value == 0 ? 0 : 1;
            case INT8 -> (byte) value;
            case UINT8 -> value & 0xFF;
            case INT16 -> (short) value;
            case UINT16 -> value & 0xFFFF;
            case INT32 -> (int) value;
            case UINT32 -> value & 0xFFFFFFFFL;
            default -> value;
        };
    }

    private static void checkSize(Shape shape, int length) {
        if (shape.size() != length) {
            throw new ShapeException("value: %d elements do not fill shape %s".formatted(length, shape));
        }
    }

    private static Shape checked(Shape from, Shape to) {
        if (from.size() != to.size()) {
            throw new ShapeException(
                    "reshape: %s holds %d elements, %s holds %d".formatted(from, from.size(), to, to.size()));
        }
        return to;
    }
}

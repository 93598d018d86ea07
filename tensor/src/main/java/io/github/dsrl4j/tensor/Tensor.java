package io.github.dsrl4j.tensor;

import io.github.dsrl4j.tensor.kernel.Place;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A dense array of float32 numbers, contiguous and row-major, on a {@link Device}. Images are {@code N x C x H x W}.
 * {@link #reshape} and {@link #slice} share storage with the tensor they come from; everything else copies.
 */
public final class Tensor {
    private final Shape shape;
    private final Storage storage;
    private final int offset;

    private Tensor(Shape shape, Storage storage, int offset) {
        this.shape = shape;
        this.storage = storage;
        this.offset = offset;
    }

    /** A tensor on the processor with these values, copied. */
    public static Tensor of(Shape shape, float... values) {
        if (values.length != shape.size()) {
            throw new ShapeException("tensor: %d values do not fill shape %s, which holds %d"
                    .formatted(values.length, shape, shape.size()));
        }
        Tensor tensor = empty(shape);
        tensor.copyFrom(values);
        return tensor;
    }

    /** A scalar on the processor. */
    public static Tensor scalar(float value) {
        return of(Shape.of(), value);
    }

    /** A tensor on the processor whose contents are unspecified until they are written. */
    public static Tensor empty(Shape shape) {
        return empty(Device.cpu(), shape);
    }

    /** A tensor on {@code device} whose contents are unspecified until they are written. */
    public static Tensor empty(Device device, Shape shape) {
        return new Tensor(shape, device.allocate(shape.size()), 0);
    }

    /** A tensor of zeros on the processor. */
    public static Tensor zeros(Shape shape) {
        return full(shape, 0);
    }

    /** A tensor of zeros on {@code device}. */
    public static Tensor zeros(Device device, Shape shape) {
        return full(device, shape, 0);
    }

    /** A tensor on the processor with every element equal to {@code value}. */
    public static Tensor full(Shape shape, float value) {
        return full(Device.cpu(), shape, value);
    }

    /** A tensor on {@code device} with every element equal to {@code value}. */
    public static Tensor full(Device device, Shape shape, float value) {
        Tensor tensor = empty(device, shape);
        device.kernels().elementwise().fill(shape.size(), value, tensor.array(), tensor.offset());
        return tensor;
    }

    /** A tensor on the processor of independent samples of the standard normal distribution. */
    public static Tensor randn(RandomGenerator random, int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return of(Shape.of(dims), values);
    }

    public Shape shape() {
        return shape;
    }

    /** The number of elements. */
    public int size() {
        return shape.size();
    }

    public Device device() {
        return storage.device();
    }

    public Storage storage() {
        return storage;
    }

    /** The array in which the elements lie; for kernels. */
    public float[] array() {
        return storage.array();
    }

    /** Where in {@link #array()} the first element lies; for kernels. */
    public int offset() {
        return storage.offset() + offset;
    }

    /** {@link #array()} and {@link #offset()} together; for kernels. */
    public Place place() {
        return new Place(array(), offset());
    }

    /** The one value of a tensor of size 1. */
    public float item() {
        if (size() != 1) {
            throw new ShapeException("item: the tensor holds %d values, not one; shape %s".formatted(size(), shape));
        }
        return toArray()[0];
    }

    /** One element; slow, for tests and small results. */
    public float get(int... index) {
        if (index.length != shape.rank()) {
            throw new ShapeException("get: index %s has %d entries, shape %s has %d"
                    .formatted(Arrays.toString(index), index.length, shape, shape.rank()));
        }
        int position = 0;
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= shape.dim(i)) {
                throw new ShapeException(
                        "get: index %s lies outside shape %s".formatted(Arrays.toString(index), shape));
            }
            position = position * shape.dim(i) + index[i];
        }
        float[] value = new float[1];
        device().download(storage, offset + position, value, 0, 1);
        return value[0];
    }

    /** All elements in row-major order, copied to the host. */
    public float[] toArray() {
        float[] values = new float[size()];
        device().download(storage, offset, values, 0, values.length);
        return values;
    }

    /** The same elements under another shape of the same size; shares storage. */
    public Tensor reshape(Shape target) {
        if (target.size() != size()) {
            throw new ShapeException(
                    "reshape: %s holds %d elements, %s holds %d".formatted(shape, size(), target, target.size()));
        }
        return new Tensor(target, storage, offset);
    }

    /** The same elements under another shape of the same size; shares storage. */
    public Tensor reshape(int... dims) {
        return reshape(Shape.of(dims));
    }

    /** Entries {@code from} (inclusive) to {@code to} (exclusive) of the leading dimension; shares storage. */
    public Tensor slice(int from, int to) {
        if (shape.rank() == 0 || from < 0 || to < from || to > shape.dim(0)) {
            throw new ShapeException(
                    "slice: no entries %d to %d in the leading dimension of %s".formatted(from, to, shape));
        }
        int stride = shape.dim(0) == 0 ? 0 : size() / shape.dim(0);
        return new Tensor(shape.with(0, to - from), storage, offset + from * stride);
    }

    /** A copy with storage of its own on the same device. */
    public Tensor copy() {
        Tensor copy = empty(device(), shape);
        device().kernels().movement().copy(size(), array(), offset(), copy.array(), copy.offset());
        return copy;
    }

    /** This tensor on {@code device}: itself if it is there already, else a copy. */
    public Tensor to(Device device) {
        if (device.equals(device())) {
            return this;
        }
        Tensor moved = empty(device, shape);
        device.upload(toArray(), 0, moved.storage, 0, size());
        return moved;
    }

    /**
     * Moves this tensor itself, and all that share its storage, to {@code device}; for parameters, which many hold.
     *
     * @throws IllegalStateException if its memory belongs to a {@link StepMemory}
     */
    public void moveTo(Device device) {
        if (!device.equals(device())) {
            storage.moveTo(device);
        }
    }

    /** Overwrites all elements in place, from the host. */
    public void copyFrom(float[] values) {
        if (values.length != size()) {
            throw new ShapeException(
                    "copyFrom: %d values do not fill shape %s, which holds %d".formatted(values.length, shape, size()));
        }
        device().upload(values, 0, storage, offset, values.length);
    }

    /** Overwrites all elements in place with those of a tensor of the same shape. */
    public void copyFrom(Tensor source) {
        if (!source.shape.equals(shape)) {
            throw new ShapeException(
                    "copyFrom: shape %s cannot take the values of shape %s".formatted(shape, source.shape));
        }
        if (source.device().equals(device())) {
            device().kernels().movement().copy(size(), source.array(), source.offset(), array(), offset());
            markModified();
        } else {
            copyFrom(source.toArray());
        }
    }

    /** How often the elements were changed in place. */
    public int version() {
        return storage.version();
    }

    /** Says that the elements were changed in place, so that a backward pass that needs the old ones can refuse. */
    public void markModified() {
        storage.markModified();
    }

    @Override
    public String toString() {
        float[] values = toArray();
        String shown = Arrays.toString(values.length <= 16 ? values : Arrays.copyOf(values, 16));
        return "Tensor" + shape + " on " + device().name() + " "
                + (values.length <= 16 ? shown : shown.replace("]", ", ...]"));
    }
}

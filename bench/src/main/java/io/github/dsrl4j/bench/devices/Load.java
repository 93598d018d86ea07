package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.tensor.Device;
import java.util.function.LongSupplier;

/**
 * Something that every device computes from the same inputs: one member of a family of growing size.
 *
 * @param family what is done, such as {@code convolution 3x3}
 * @param size how large it is, for people
 * @param elements how large it is, for the axis of a chart
 * @param flops floating-point operations, a multiply-add being two; 0 where moving data is all. Asked for once, as counting those of a
 *     network takes a moment
 * @param bytes that have to pass through memory at least; 0 where that says nothing
 * @param tolerance how far results may be from those of the scalar kernels, relative to their root mean square
 * @param kind what it is
 * @param start puts it on a device
 */
record Load(
        String family,
        String size,
        long elements,
        LongSupplier flops,
        long bytes,
        double tolerance,
        Kind kind,
        Start start) {

    /** What is compared. */
    enum Kind {
        OPERATION,
        INFERENCE,
        TRAINING
    }

    /** Reserves memory on a device and draws inputs. */
    @FunctionalInterface
    interface Start {
        Running on(Device device);
    }

    /** A load on a device. All three together are what somebody pays whose data are on the host. */
    interface Running {
        /** Copies the inputs to the device. */
        void upload();

        /** Computes. */
        void run();

        /** Copies the results to the host. */
        float[][] download();
    }

    String name() {
        return family + ", " + size;
    }
}

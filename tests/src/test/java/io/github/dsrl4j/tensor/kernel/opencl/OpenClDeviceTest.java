package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors on an OpenCL device: their way there and back, their memory, and what is refused. */
final class OpenClDeviceTest {
    private static final int MEBI = (1 << 20) / Float.BYTES;

    /** Above and below the sizes of the buffers through which data goes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 1019, 1020, 1021, 4096, 1048571, 1048572, 1048573, 2500000})
    void dataComesBackAsItWent(int size) {
        OpenClDevice device = OpenClTestDevice.require();
        Tensor tensor = Tensor.randn(new Random(size), size);
        Counters before = device.counters();
        Tensor there = tensor.to(device);
        assertSame(device, there.device());
        assertArrayEquals(tensor.toArray(), there.toArray());
        Counters counted = device.counters().since(before);
        assertEquals(1, counted.uploads());
        assertEquals(1, counted.downloads());
        assertEquals((long) size * Float.BYTES, counted.uploadedBytes());
        assertEquals((long) size * Float.BYTES, counted.downloadedBytes());
        assertEquals(0, counted.launches());
    }

    @Test
    void viewsShareStorageAndCopiesStayOnTheDevice() {
        OpenClDevice device = OpenClTestDevice.require();
        Tensor whole = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6).to(device);
        Counters before = device.counters();
        Tensor row = whole.slice(1, 2);
        Tensor copy = row.copy();
        row.copyFrom(Tensor.full(device, Shape.of(1, 3), 7));
        Counters counted = device.counters().since(before);
        assertEquals(0, counted.uploads() + counted.downloads(), counted::toString);
        assertArrayEquals(new float[] {1, 2, 3, 7, 7, 7}, whole.toArray());
        assertArrayEquals(new float[] {4, 5, 6}, copy.toArray());
        assertEquals(7, whole.get(1, 2));
    }

    @Test
    void aTensorMovesWithAllThatShareItsStorage() {
        OpenClDevice device = OpenClTestDevice.require();
        Tensor whole = Tensor.of(Shape.of(2, 2), 1, 2, 3, 4);
        Tensor row = whole.slice(1, 2);
        whole.moveTo(device);
        assertSame(device, row.device());
        assertArrayEquals(new float[] {3, 4}, row.toArray());
        System.gc();
        row.copyFrom(new float[] {5, 6});
        whole.moveTo(Device.cpu());
        assertSame(Device.cpu(), row.device());
        assertArrayEquals(new float[] {1, 2, 5, 6}, whole.toArray());
    }

    /** They are added to by the host at each step; everything that operations work on moves, and a plan asks for no more. */
    @Test
    void countersStayOnTheHost() {
        OpenClDevice device = OpenClTestDevice.require();
        var norm = new BatchNorm2d(2);
        norm.moveTo(device);
        assertSame(Device.cpu(), norm.buffers().get("num_batches_tracked").device());
        assertEquals(
                List.of("weight", "bias", "running_mean", "running_var"),
                List.copyOf(norm.movableState().keySet()));
        norm.movableState().values().forEach(tensor -> assertSame(device, tensor.device()));
        norm.apply(Variable.of(Tensor.randn(new Random(1), 2, 2, 3, 3).to(device)));
        assertEquals(1, norm.buffers().get("num_batches_tracked").item());
        norm.eval();
        Plan plan = Plan.compile(norm, Shape.of(1, 2, 3, 3));
        assertEquals(Shape.of(1, 2, 3, 3), plan.output());
    }

    /** A launch that a program has no code for would do nothing, without a word. */
    @Test
    void anOperationOfTheOtherProgramIsRefused() {
        OpenClTestDevice.require();
        for (OpenClContext context : HostKernels.contexts()) {
            int[] others = context.gpu()
                    ? new int[] {
                        Op.ACTIVATE, Op.ACTIVATE_BACKWARD, Op.GATHER, Op.GATHER_ROWS, Op.WEIGHT_SUMS, Op.BILINEAR_ROWS
                    }
                    : new int[] {Op.LOCAL_PRODUCT, Op.LOCAL_GATHER, Op.DIRECT_GATHER, Op.LOCAL_WEIGHT_SUMS};
            for (int op : others) {
                assertEquals(
                        "opencl:0: operation %d is not part of the program for %s"
                                .formatted(op, context.gpu() ? "graphics processors" : "processors"),
                        assertThrows(IllegalStateException.class, () -> context.launch(op))
                                .getMessage());
            }
        }
    }

    @Test
    void anOperandOnTheHostIsRefused() {
        OpenClDevice device = OpenClTestDevice.require();
        Tensor there = Tensor.zeros(device, Shape.of(4));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> device.kernels()
                                .elementwise()
                                .affine(4, 1, 0, new float[4], 0, there.array(), there.offset()))
                .getMessage();
        assertEquals(
                "opencl:0: an operand lies on the host, in an array of 4 floats; move the tensor to this device first (Tensor.to)",
                message);
        message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Variable.of(there).plus(Variable.of(Tensor.zeros(Shape.of(4)))))
                .getMessage();
        assertTrue(
                message.startsWith("plus: all inputs must live on one device: input 0 of shape [4] is on opencl:0"),
                message);
    }

    @Test
    void whatAStepMadeGoesBackAtItsEnd() throws Exception {
        OpenClDevice device = OpenClTestDevice.require();
        Tensor kept = Tensor.zeros(device, Shape.of(100));
        long before = device.usedBytes();
        var memory = new StepMemory();
        Tensor outlived = memory.run(() -> {
            Tensor inStep = Tensor.full(device, Shape.of(3 * MEBI), 1);
            assertTrue(device.usedBytes() >= before + 3L * MEBI * Float.BYTES);
            kept.copyFrom(inStep.slice(0, 100));
            return inStep;
        });
        assertEquals(before, device.usedBytes());
        assertEquals(3L * MEBI * Float.BYTES, memory.peakBytes());
        assertEquals(1, kept.get(99));
        assertThrows(IllegalStateException.class, outlived::array);
    }

    @Test
    void memoryOfTensorsThatNobodyHoldsIsFoundAgain() {
        OpenClTestDevice.require();
        try (var device = OpenClDevice.open(0, new OpenClOptions(16L << 20, OpenClOptions.Variant.CPU))) {
            float sum = 0;
            for (int i = 0; i < 20; i++) {
                sum += Tensor.full(device, Shape.of(3 * MEBI), i).get(3 * MEBI - 1);
            }
            assertEquals(190, sum);
        }
    }

    @Test
    void aFullDeviceSaysSoWithFigures() {
        OpenClTestDevice.require();
        try (var device = OpenClDevice.open(0, new OpenClOptions(16L << 20, OpenClOptions.Variant.CPU))) {
            var held = new ArrayList<Tensor>();
            String message = assertThrows(DeviceMemoryException.class, () -> {
                        while (true) {
                            held.add(Tensor.zeros(device, Shape.of(5 * MEBI)));
                        }
                    })
                    .getMessage();
            assertEquals(3, held.size());
            assertEquals(
                    "opencl:0 is full: 5.0 MiB were asked for; of 16.0 MiB in 1 arena(s), 15.0 MiB are taken by 3 tensors, and the "
                            + "longest free stretch has 1.0 MiB. Take a smaller batch or image, or a larger arena: "
                            + "-Ddsrl4j.opencl.arena=..., with -Xmx above it",
                    message);
            held.removeFirst();
            assertEquals(5 * MEBI, Tensor.zeros(device, Shape.of(5 * MEBI)).size());
        }
    }

    @Test
    void severalArenasServeOneOperation() {
        OpenClTestDevice.require();
        var arenas = new ArenaSet(
                "opencl:0", java.util.List.of(new Arena(0, 3 * MEBI, false), new Arena(1, 3 * MEBI, false)));
        Block first = arenas.allocate(2 * MEBI);
        Block second = arenas.allocate(2 * MEBI);
        assertEquals(0, arenas.indexOf(first.array()));
        assertEquals(1, arenas.indexOf(second.array()));
        first.close();
        first.close();
        assertEquals(2L * MEBI * Float.BYTES, arenas.usedBytes());
        assertSame(first.array(), arenas.allocate(MEBI).array());
    }

    @Test
    void aClosedDeviceIsRefused() {
        OpenClTestDevice.require();
        var device = OpenClDevice.open(0, new OpenClOptions(4L << 20, OpenClOptions.Variant.CPU));
        device.close();
        assertEquals(
                "opencl:0 was closed",
                assertThrows(IllegalStateException.class, () -> Tensor.zeros(device, Shape.of(1)))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, 'device: ''gpu'' is none; use cpu, opencl, or opencl:N with the number of a device'",
        "opencl:, 'device: ''opencl:'' is none; use cpu, opencl, or opencl:N with the number of a device'",
        "opencl:-1, 'device: ''opencl:-1'' is none; use cpu, opencl, or opencl:N with the number of a device'"
    })
    void aNameThatIsNoDevice(String name, String expected) {
        assertEquals(
                expected,
                assertThrows(IllegalArgumentException.class, () -> Device.named(name))
                        .getMessage());
    }

    @Test
    void aDeviceThatIsNotThere() {
        OpenClTestDevice.require();
        String message = assertThrows(IllegalArgumentException.class, () -> Device.named("opencl:99"))
                .getMessage();
        assertTrue(message.startsWith("opencl:99: there is no such device; this machine has [opencl:0, "), message);
        assertSame(Device.cpu(), Device.named("cpu"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "512k, 524288", "1m, 1048576", "2G, 2147483648"})
    void sizesOfArenas(String text, long bytes) {
        assertEquals(bytes, OpenClOptions.bytes(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1.5g", "lots", "99999999999g"})
    void sizesThatAreNone(String text) {
        assertEquals(
                "dsrl4j.opencl.arena: '%s' is no size; write for example 512m or 2g".formatted(text),
                assertThrows(IllegalArgumentException.class, () -> OpenClOptions.bytes(text))
                        .getMessage());
    }

    @Test
    void anArenaThatTheHeapCannotMirror() {
        OpenClTestDevice.require();
        long tooMuch = Runtime.getRuntime().maxMemory() + (64L << 20);
        String message = assertThrows(
                        DeviceMemoryException.class,
                        () -> OpenClDevice.open(0, new OpenClOptions(tooMuch, OpenClOptions.Variant.CPU)))
                .getMessage();
        assertTrue(message.contains("larger -Xmx") || message.contains("its memory cannot be"), message);
        assertTrue(message.contains("dsrl4j.opencl.arena"), message);
    }
}

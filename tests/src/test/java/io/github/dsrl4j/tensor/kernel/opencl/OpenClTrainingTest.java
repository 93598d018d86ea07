package io.github.dsrl4j.tensor.kernel.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.nn.optim.GradientClipping;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.nn.optim.Sgd;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.OpenClDevice;
import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Dual super-resolution learning on an OpenCL device, from the images to the optimiser's step. */
final class OpenClTrainingTest {
    private static final int BATCH = 4;
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;
    private static final int STEPS = 6;

    /**
     * By how much a loss may differ from the processor's, relatively. Roundings differ by some 1e-7, and training amplifies them: 7e-5 after six
     * steps were measured, about as much as between the scalar and the vector kernels.
     */
    private static final double TOLERANCE = 1e-3;

    /** How long another Java machine may take, which may have to build the kernels first. */
    private static final long MINUTES = 5;

    private record Run(float[] losses, List<Counters> steps) {}

    /** Trains on random images with labels that depend on them; {@code betweenSteps} is run after each step. */
    private static Run train(Device device, int steps, Runnable betweenSteps) throws Exception {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.DSRL), HEIGHT, WIDTH);
        var model = description.forTraining(1);
        model.train();
        model.moveTo(device);
        var loss = new DsrlLoss(description.options(), ClassSet.CAMVID.ignoreIndex(), null);
        var optimizer = new Sgd(List.of(ParameterGroup.of(model.parameters())), 0.9, 5e-4);
        var random = new Random(3);
        Tensor input = Tensor.randn(random, BATCH, 3, HEIGHT, WIDTH);
        Tensor large = Tensor.randn(random, BATCH, 3, 2 * HEIGHT, 2 * WIDTH);
        float[] ids = new float[BATCH * 4 * HEIGHT * WIDTH];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i / 37 % 11;
        }
        Tensor labels = Tensor.of(Shape.of(BATCH, 2 * HEIGHT, 2 * WIDTH), ids);
        var memory = new StepMemory();
        float[] losses = new float[steps];
        var counted = new ArrayList<Counters>();
        for (int step = 0; step < steps; step++) {
            Counters before = counters(device);
            losses[step] = memory.run(() -> {
                var terms = loss.of(model.train(Variable.of(input.to(device))), labels, large.to(device));
                model.clearGradients();
                terms.total().backward();
                optimizer.step(0.01);
                return terms.total().value().item();
            });
            counted.add(counters(device).since(before));
            betweenSteps.run();
        }
        return new Run(losses, counted);
    }

    private static Counters counters(Device device) {
        return device instanceof OpenClDevice there ? there.counters() : new Counters(0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void aStepCopiesItsInputsInAndTheLossOutAndNothingBetweenOperations() throws Exception {
        Run run = train(OpenClTestDevice.require(), 3, () -> {});
        Counters step = run.steps().getLast();
        System.out.println("OpenCL, a training step: " + step);
        assertEquals(3, step.uploads(), "input, large image and labels");
        assertEquals((3L + 4 * 3 + 4) * BATCH * HEIGHT * WIDTH * Float.BYTES, step.uploadedBytes());
        assertEquals(1, step.downloads(), "the loss");
        assertEquals(Float.BYTES, step.downloadedBytes());
        assertTrue(step.launches() > 1000, () -> "only " + step.launches() + " operations ran on the device");
    }

    @Test
    void theLossCurveIsThatOfTheProcessor() throws Exception {
        OpenClDevice device = OpenClTestDevice.require();
        float[] expected = train(Device.cpu(), STEPS, () -> {}).losses();
        float[] actual = train(device, STEPS, () -> {}).losses();
        assertTrue(expected[STEPS - 1] < 0.97 * expected[0], "the network learns: " + Arrays.toString(expected));
        System.out.println(
                "losses on the processor " + Arrays.toString(expected) + ", on OpenCL " + Arrays.toString(actual));
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected[i], actual[i], TOLERANCE * expected[i], "loss of step " + i);
        }
    }

    @Test
    void theSameDeviceGivesTheSameBits() throws Exception {
        OpenClDevice device = OpenClTestDevice.require();
        assertArrayEquals(
                train(device, 3, () -> {}).losses(), train(device, 3, () -> {}).losses());
    }

    @Test
    void labelsOnTheDeviceAreCheckedThere() {
        OpenClDevice device = OpenClTestDevice.require();
        Variable logits = Variable.of(Tensor.zeros(device, Shape.of(1, 3, 1, 4)));
        Tensor labels = Tensor.of(Shape.of(1, 1, 4), 0, 2, 255, 1).to(device);
        Counters before = device.counters();
        Variable loss = logits.crossEntropy(labels, 255, null);
        assertEquals(Float.BYTES, device.counters().since(before).downloadedBytes(), "how many are wrong");
        assertEquals(Math.log(3), loss.value().item(), 1e-6);
        Tensor wrong = Tensor.of(Shape.of(1, 1, 4), 0, 2, 255, 3).to(device);
        assertEquals(
                "crossEntropy: label 3 at [0, 0, 3] is neither a class, 0 to 2, nor the ignored id 255; labels [1, 1, 4]",
                assertThrows(IllegalArgumentException.class, () -> logits.crossEntropy(wrong, 255, null))
                        .getMessage());
    }

    @Test
    void gradientsAreClippedOnTheDevice() {
        OpenClDevice device = OpenClTestDevice.require();
        var here = Variable.parameter(Tensor.of(Shape.of(2), 3, 4));
        var there = Variable.parameter(Tensor.of(Shape.of(2), 3, 4).to(device));
        for (Variable parameter : List.of(here, there)) {
            parameter.square().sum().backward();
        }
        assertEquals(10, GradientClipping.clipNorm(java.util.Map.of("w", here), 1), 1e-5);
        Counters before = device.counters();
        assertEquals(10, GradientClipping.clipNorm(java.util.Map.of("w", there), 1), 1e-5);
        assertEquals(1, device.counters().since(before).downloads());
        assertArrayEquals(here.gradient().toArray(), there.gradient().toArray(), 1e-6f);
    }

    /** Under pressure: hardly more heap than the arenas need, and a collection of all garbage after every step. */
    @Test
    void collectionsDoNotChangeTheResultOrAreNoticed() throws Exception {
        OpenClTestDevice.require();
        String said = inAnotherJavaMachine(
                "pressure", "-XX:+UseG1GC", "-Xmx176m", "-Ddsrl4j.opencl.arena=96m", "-Ddsrl4j.kernels=scalar");
        if (!said.contains("the garbage collector moved the mirror")) {
            assertEquals(
                    Arrays.toString(
                            train(OpenClTestDevice.require(), 4, () -> {}).losses()),
                    said.strip());
        }
    }

    /** Serial collections slide arrays together, large ones, too. */
    @Test
    void aMovedMirrorIsAnErrorAndNeverAWrongNumber() throws Exception {
        OpenClTestDevice.require();
        String said = inAnotherJavaMachine("moved", "-XX:+UseSerialGC", "-Xmx512m", "-Ddsrl4j.opencl.arena=64m");
        assertEquals("""
                opencl:0: the garbage collector moved the mirror of the device's memory, and the data on the device is lost; no result can \
                be trusted. Start java with -XX:+UseG1GC, regions of at most 32 MiB, and -Xmx well above the 64.0 MiB of the arenas
                opencl:0: the garbage collector moved the mirror of the device's memory, and the data on the device is lost; no result can \
                be trusted. Start java with -XX:+UseG1GC, regions of at most 32 MiB, and -Xmx well above the 64.0 MiB of the arenas
                """, said);
    }

    /** Standard output of {@link #main}. */
    private static String inAnotherJavaMachine(String what, String... options) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Dcom.aparapi.logLevel=SEVERE",
                "-cp",
                System.getProperty("java.class.path"),
                OpenClTrainingTest.class.getName(),
                what));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            fail(what + ": took more than " + MINUTES + " minutes");
        }
        return said;
    }

    /** What needs a Java machine with options of its own. */
    public static void main(String[] arguments) throws Exception {
        try {
            switch (arguments[0]) {
                case "pressure" ->
                    System.out.println(Arrays.toString(
                            train(OpenClDevice.open(0), 4, System::gc).losses()));
                case "moved" -> move();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (DeviceMemoryException e) {
            System.out.println(e.getMessage());
        }
    }

    /** Leaves a hole in front of the mirror, into which the next collection moves it. */
    @SuppressWarnings("ModifiedButNotUsed") // it only takes up room
    private static void move() {
        var hole = new ArrayList<float[]>();
        for (int i = 0; i < 16; i++) {
            hole.add(new float[1 << 20]);
        }
        System.gc();
        OpenClDevice device = OpenClDevice.open(0);
        Tensor tensor = Tensor.full(device, Shape.of(1000), 7);
        hole.clear();
        System.gc();
        try {
            System.out.println("7 is " + tensor.get(999));
        } catch (DeviceMemoryException e) {
            System.out.println(e.getMessage());
        }
        System.out.println("7 is " + Tensor.full(device, Shape.of(1), 7).item());
    }
}

package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import io.github.dsrl4j.tensor.kernel.opencl.DeviceFacts;
import io.github.dsrl4j.tensor.kernel.opencl.OpenCl;
import java.util.ArrayList;
import java.util.List;

/**
 * Who computes.
 *
 * @param label in tables
 * @param device its name for {@link io.github.dsrl4j.tensor.Device#named}
 * @param options of the Java machine that it runs in
 */
record Contestant(String label, String device, List<String> options) {
    /** The one that the others are compared with. */
    static final String REFERENCE = "scalar";

    /** The fastest kernels of this project on a processor. */
    static final String PROCESSOR = "vector";

    /** The mirror of a device's memory must not be moved, which G1 does not do with large arrays. */
    private static final List<String> WITH_A_MIRROR = List.of("-XX:+UseG1GC");

    private static final String ARRAYS_ON_THE_HEAP = "-XX:+UseParallelGC";

    /** All that work here, and why others do not. */
    record Field(List<Contestant> contestants, List<String> absent) {}

    boolean isProcessor() {
        return device.equals("cpu");
    }

    /** Who can take part on this machine. */
    static Field here() {
        var absent = new ArrayList<String>();
        var contestants = new ArrayList<Contestant>();
        contestants.add(onHeap(REFERENCE, "-Ddsrl4j.kernels=scalar"));
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            contestants.add(onHeap(PROCESSOR, "-Ddsrl4j.kernels=vector"));
        } else {
            absent.add("vector: this Java runtime lacks the module jdk.incubator.vector");
        }
        JblasMatrixProduct.Probe jblas = JblasMatrixProduct.probe();
        if (jblas.works()) {
            contestants.add(onHeap(PROCESSOR + "+jblas", "-Ddsrl4j.kernels=vector", "-Ddsrl4j.matrixProduct=jblas"));
        } else {
            absent.add("jblas: " + jblas.reason());
        }
        OpenCl.Devices devices = OpenCl.devices();
        if (devices.list().isEmpty()) {
            absent.add("opencl: " + devices.reason());
        }
        for (DeviceFacts facts : devices.list()) {
            String name = "opencl:" + facts.index();
            contestants.add(new Contestant(name, name, WITH_A_MIRROR));
        }
        return new Field(contestants, absent);
    }

    private static Contestant onHeap(String label, String... properties) {
        var options = new ArrayList<>(List.of(properties));
        options.add(ARRAYS_ON_THE_HEAP);
        return new Contestant(label, "cpu", options);
    }
}

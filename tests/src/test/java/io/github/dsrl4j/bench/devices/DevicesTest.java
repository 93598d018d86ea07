package io.github.dsrl4j.bench.devices;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.bench.devices.Comparison.Entrant;
import io.github.dsrl4j.bench.devices.Load.Kind;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The comparison of devices: what is measured, how it is told, and that the command runs. */
final class DevicesTest {
    private static final List<Load> LOADS = Stream.of(1_000, 10_000, 100_000)
            .map(size ->
                    new Load("sum", size + " values", size, () -> 2L * size, 0, 1e-3, Kind.OPERATION, device -> null))
            .toList();

    static Stream<Load> smallestLoads() {
        return Measure.loads(Scale.SMOKE).stream();
    }

    @ParameterizedTest
    @MethodSource("smallestLoads")
    void everyLoadGivesTheSameResultsOnAllKernels(Load load) {
        Device scalar = new CpuDevice(KernelChoice.scalar("test"));
        float[][] expected = results(load, scalar);
        float[][] actual = results(load, Device.cpu());
        assertEquals(expected.length, actual.length);
        for (int r = 0; r < expected.length; r++) {
            double sum = 0;
            for (float value : expected[r]) {
                sum += (double) value * value;
            }
            float allowed = (float) (load.tolerance() * Math.sqrt(sum / expected[r].length));
            assertTrue(allowed > 0, "result " + r + " is all zeros: nothing was computed");
            assertArrayEquals(expected[r], actual[r], allowed, load.name() + ", result " + r);
        }
    }

    private static float[][] results(Load load, Device device) {
        Load.Running running = load.start().on(device);
        running.upload();
        running.run();
        return running.download();
    }

    @Test
    void largerScalesHoldMoreSizesInGrowingOrder() {
        assertTrue(
                Measure.loads(Scale.SMOKE).size() < Measure.loads(Scale.QUICK).size());
        List<Load> full = Measure.loads(Scale.FULL);
        assertTrue(Measure.loads(Scale.QUICK).size() < full.size());
        assertEquals(full.size(), full.stream().map(Load::name).distinct().count());
        for (int i = 1; i < full.size(); i++) {
            boolean grows = full.get(i).elements() > full.get(i - 1).elements();
            assertTrue(
                    grows || !full.get(i).family().equals(full.get(i - 1).family()),
                    full.get(i).name());
        }
    }

    private static Figures figures(String load, double compute, double copy, double sample) {
        return new Figures(
                load,
                compute,
                0.25 * copy,
                0.75 * copy,
                9,
                0.1,
                3,
                1,
                4,
                new double[] {1, sample},
                new double[] {2, 2},
                null);
    }

    /** Milliseconds for the three sizes. */
    private static Entrant entrant(String label, boolean device, double copy, double... times) {
        Map<String, Figures> figures = new HashMap<>();
        for (int i = 0; i < times.length; i++) {
            String load = LOADS.get(i).name();
            figures.put(
                    load,
                    Double.isNaN(times[i])
                            ? Figures.failed(load, "broken")
                            : figures(load, times[i] * 1e6, copy * 1e6, 3));
        }
        return new Entrant(
                new Contestant(label, device ? label : "cpu", List.of()),
                new Facts("Processor <2>", 2, 3L << 30, "Java 25", label + " kernels"),
                figures);
    }

    private static Comparison comparison(Entrant... entrants) {
        Map<String, Long> flops = new HashMap<>();
        LOADS.forEach(load -> flops.put(load.name(), load.flops().getAsLong()));
        return new Comparison(LOADS, flops, List.of(entrants));
    }

    private static Comparison example() {
        return comparison(
                entrant("scalar", false, 0, 1, 10, 100),
                entrant("vector", false, 0, 0.1, 1, 10),
                entrant("opencl:0", true, 0.5, 0.2, 0.6, 2));
    }

    @Test
    void aDevicePaysForItselfFromTheFirstSizeOnThatLargerOnesConfirm() {
        Comparison comparison = example();
        Entrant device = comparison.entrant("opencl:0").orElseThrow();
        assertEquals(Optional.of(LOADS.get(1)), comparison.paysFrom(device, "sum", Figures::compute));
        assertEquals(Optional.of(LOADS.get(2)), comparison.paysFrom(device, "sum", Figures::withCopies));
        Entrant slowAtLast = entrant("opencl:0", true, 0.5, 0.01, 0.01, 11);
        assertEquals(Optional.empty(), comparison.paysFrom(slowAtLast, "sum", Figures::compute));
        Entrant fails = entrant("opencl:0", true, 0.5, 0.01, Double.NaN, 0.01);
        assertEquals(Optional.of(LOADS.get(2)), comparison.paysFrom(fails, "sum", Figures::compute));
    }

    @Test
    void theReportIsOneTableWithCopiesApart() {
        assertEquals("""
                scalar        Processor <2>, 2 compute units, 3.0 GiB, Java 25
                              scalar kernels
                vector        Processor <2>, 2 compute units, 3.0 GiB, Java 25
                              vector kernels
                opencl:0      Processor <2>, 2 compute units, 3.0 GiB, Java 25
                              opencl:0 kernels
                not here      jblas: not installed

                                    scalar ms    rate  vector ms    rate  opencl:0 ms    rate  copy ms
                --------------------------------------------------------------------------------------
                sum  1000 values         1.00  0.0020      0.100  0.0200        0.200  0.0100    0.500
                     10000 values        10.0  0.0020       1.00  0.0200        0.600  0.0333    0.500
                     100000 values        100  0.0020       10.0  0.0200         2.00   0.100    0.500

                ms: median time to compute, on data that are there. copy ms: to copy inputs to the device and results back,
                which is not in it. GFLOP/s, a multiply-add being two; GB/s (with a B) where moving data is the work.

                opencl:0 is faster than the vector kernels  computing alone    with copies
                ---------------------------------------------------------------------------------
                sum                                         from 10000 values  from 100000 values
                """, new Report(example()).toText(List.of("jblas: not installed")));
        assertTrue(new Report(example()).allIsWell());
    }

    @Test
    void wrongResultsAndFailuresAreTold() {
        Entrant wrong = entrant("opencl:0", true, 0.5, 0.2, 0.6, Double.NaN);
        String first = LOADS.getFirst().name();
        wrong.figures().put(first, figures(first, 1e5, 0, 3.5));
        Entrant dead = new Entrant(
                new Contestant("opencl:1", "opencl:1", List.of()),
                Facts.unknown("did not start: status 134"),
                Map.of());
        var report = new Report(comparison(
                entrant("scalar", false, 0, 1, 10, 100), entrant("vector", false, 0, 1, 10, 100), wrong, dead));
        assertFalse(report.allIsWell());
        String text = report.toText(List.of());
        assertTrue(text.endsWith("""
                        ! opencl:0, sum, 1000 values: results differ from those of the scalar kernels by 2.5e-01, relative; allowed are 1e-03
                        ! opencl:0, sum, 100000 values: broken
                        ! opencl:1: did not start: status 134
                        """), text);
        assertTrue(text.contains("0.100 !"), "the table marks it, too: " + text);
        var slow = new Figures(first, 1, 0, 0, 1, 0, 0, 0, 0, new double[] {1}, new double[] {2}, null);
        assertEquals(0, figures(first, 1, 0, 3).errorAgainst(slow), "who is slow makes fewer training steps");
        Entrant lost = entrant("opencl:0", true, 0.5, 0.2, 0.6, 2);
        lost.figures().put(first, figures(first, 1e5, 0, Double.NaN));
        assertTrue(comparison(entrant("scalar", false, 0, 1, 10, 100), lost)
                .objection(LOADS.getFirst(), lost)
                .orElseThrow()
                .contains("by NaN"));
    }

    @Test
    void figuresAndFactsSurviveTheirWayBetweenProcesses() {
        Figures sent = figures("a, 1", 1.5e6, 3e5, Double.NaN);
        Figures received = Figures.parse(sent.toJson());
        assertEquals(sent.toJson(), received.toJson());
        assertArrayEquals(sent.samples(), received.samples());
        Figures failed = Figures.parse(Figures.failed("b", "out of \"memory\"").toJson());
        assertTrue(failed.isFailed());
        assertEquals("out of \"memory\"", failed.failure());
        Facts facts = new Facts("GPU x", 132, 80L << 30, "driver 1", "kernels");
        assertEquals(facts, Facts.parse(Json.write(facts.toJson())));
    }

    @Test
    void theChartIsXmlWithALineForEveryoneAndADashedOneForADevice() throws Exception {
        String svg = new Chart(example()).toSvg(List.of("jblas: <not> installed"));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertEquals(4, svg.split("<path ", -1).length - 1, "three times computing, and one with copies");
        assertEquals(1, svg.split("stroke-dasharray", -1).length - 1);
        for (String part : List.of("Processor &lt;2&gt;", "jblas: &lt;not&gt; installed", "0.100 GFLOP/s", "10 ms")) {
            assertTrue(svg.contains(part), part);
        }
    }

    @Test
    void theCommandMeasuresInProcessesOfTheirOwn(@TempDir Path folder) throws Exception {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = new CommandLine(new DevicesCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(
                        "--smoke",
                        "--only",
                        "scalar",
                        "--out",
                        folder.resolve("new").toString());
        assertEquals(0, status, () -> err + "\n" + out);
        Map<String, Object> json = Json.parseObject(Files.readString(folder.resolve("new/devices.json")));
        var labels = new ArrayList<Object>();
        for (Object device : (List<?>) json.get("devices")) {
            labels.add(((Map<?, ?>) device).get("label"));
            assertEquals(Measure.loads(Scale.SMOKE).size(), ((List<?>) ((Map<?, ?>) device).get("rows")).size());
        }
        assertEquals(List.of("scalar"), labels);
        assertTrue(Files.readString(folder.resolve("new/devices.svg")).startsWith("<svg "));
        String table = Files.readString(folder.resolve("new/devices.txt"));
        assertTrue(table.contains("the figures mean nothing"), table);
        assertTrue(out.toString().contains(table), out.toString());
    }

    @Test
    void anUnknownDeviceIsWrongUsage() {
        var err = new StringWriter();
        int status = new CommandLine(new DevicesCommand())
                .setErr(new PrintWriter(err, true))
                .execute("--only", "opencl:99");
        assertEquals(2, status);
        assertTrue(
                err.toString().contains("--only: there is no 'opencl:99' here; there are scalar, vector"),
                err.toString());
    }
}

package io.github.dsrl4j.bench.devices;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What all contestants needed for all loads.
 *
 * @param loads in the order of the table
 * @param flops of each load, by name
 * @param entrants in the order of the table
 */
record Comparison(List<Load> loads, Map<String, Long> flops, List<Entrant> entrants) {
    /**
     * A contestant and its figures.
     *
     * @param facts what it says of itself
     * @param figures by the load's name
     */
    record Entrant(Contestant contestant, Facts facts, Map<String, Figures> figures) {
        /** Whether it measured anything. */
        boolean started() {
            return !figures.isEmpty();
        }

        /** What it needed for a load; failed where nothing was heard of it. */
        Figures of(Load load) {
            Figures found = figures.get(load.name());
            return found == null ? Figures.failed(load.name(), "its process ended before") : found;
        }
    }

    /** The families of loads in their order. */
    List<String> families() {
        return List.copyOf(new LinkedHashSet<>(loads.stream().map(Load::family).toList()));
    }

    List<Load> family(String name) {
        return loads.stream().filter(load -> load.family().equals(name)).toList();
    }

    Optional<Entrant> entrant(String label) {
        return entrants.stream()
                .filter(entrant -> entrant.contestant().label().equals(label))
                .findFirst();
    }

    /** Billions of floating-point operations in a second of computing; NaN for loads that have none to speak of. */
    double gigaflops(Load load, Figures figures) {
        long count = flops.get(load.name());
        return count == 0 ? Double.NaN : count / figures.compute();
    }

    /** Billions of bytes in a second of computing; NaN for loads where that says nothing. */
    static double gigabytes(Load load, Figures figures) {
        return load.bytes() == 0 ? Double.NaN : load.bytes() / figures.compute();
    }

    /** Why the figures of this load are not to be trusted; empty where they are. */
    Optional<String> objection(Load load, Entrant entrant) {
        Figures figures = entrant.of(load);
        if (figures.isFailed()) {
            return Optional.of(figures.failure());
        }
        Optional<Entrant> reference = entrant(Contestant.REFERENCE);
        if (reference.isEmpty() || reference.get().of(load).isFailed()) {
            return Optional.of("there is no result of the scalar kernels to compare with");
        }
        double error = figures.errorAgainst(reference.get().of(load));
        return error <= load.tolerance()
                ? Optional.empty()
                : Optional.of("results differ from those of the scalar kernels by %.1e, relative; allowed are %.0e"
                        .formatted(error, load.tolerance()));
    }

    /**
     * The load of a family from which on, larger ones included, a device is faster than the vector kernels; empty where it is not even at
     * the largest.
     *
     * @param time of a device: with or without copies
     */
    Optional<Load> paysFrom(Entrant device, String family, ToDoubleFunction<Figures> time) {
        Entrant processor = entrant(Contestant.PROCESSOR)
                .orElseThrow(() -> new IllegalStateException("there is no vector kernel to compare with"));
        Load from = null;
        for (Load load : family(family).reversed()) {
            Figures own = device.of(load);
            Figures other = processor.of(load);
            boolean faster = !own.isFailed() && !other.isFailed() && time.applyAsDouble(own) < other.compute();
            if (!faster) {
                break;
            }
            from = load;
        }
        return Optional.ofNullable(from);
    }

    Map<String, Object> toJson(Map<String, Object> host, List<String> absent) {
        var json = new LinkedHashMap<String, Object>();
        json.put("host", host);
        json.put("absent", absent);
        json.put("devices", entrants.stream().map(this::json).toList());
        return json;
    }

    private Map<String, Object> json(Entrant entrant) {
        var json = new LinkedHashMap<String, Object>();
        json.put("label", entrant.contestant().label());
        json.putAll(entrant.facts().toJson());
        json.put("rows", loads.stream().map(load -> json(load, entrant)).toList());
        return json;
    }

    private Map<String, Object> json(Load load, Entrant entrant) {
        var json = new LinkedHashMap<String, Object>();
        Figures figures = entrant.of(load);
        json.put("family", load.family());
        json.put("size", load.size());
        json.put("elements", load.elements());
        json.put("flops", flops.get(load.name()));
        json.put("bytes", load.bytes());
        objection(load, entrant).ifPresent(objection -> json.put("objection", objection));
        if (!figures.isFailed()) {
            json.put("compute_ns", figures.compute());
            json.put("upload_ns", figures.upload());
            json.put("download_ns", figures.download());
            json.put("runs", figures.runs());
            json.put("noise", figures.noise());
            json.put("launches", figures.launches());
            json.put("copies_within", figures.copies());
            json.put("copied_bytes_within", figures.copiedBytes());
        }
        return json;
    }
}

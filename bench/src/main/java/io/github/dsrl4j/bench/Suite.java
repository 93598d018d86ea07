package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.MachineWork.Bandwidth;
import io.github.dsrl4j.bench.MachineWork.FmaPeak;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All works, all contenders, and the rows that they make. */
final class Suite {
    /** The works whose speed is the limit of all others; see {@link Limits}. */
    static final MachineWork PEAK = new FmaPeak();

    static final MachineWork MEMORY = new Bandwidth(true, 256);

    private static final List<Section> SECTIONS = List.of(Section.MACHINE, Section.KERNELS, Section.STEP);
    private static final List<Contender> CONTENDERS = List.of(Engine.values());

    private Suite() {}

    /** The works of a section in the order of the table. */
    static List<Work> works(Section section) {
        return switch (section) {
            case MACHINE ->
                List.of(PEAK, new Bandwidth(false, 64), new Bandwidth(true, 64), new Bandwidth(false, 256), MEMORY);
            case KERNELS ->
                Shapes.operations().stream()
                        .flatMap(op -> Stream.<Work>of(new KernelWork(op, false), new KernelWork(op, true)))
                        .toList();
            case STEP -> Shapes.networks();
            case ALL -> SECTIONS.stream().flatMap(each -> works(each).stream()).toList();
        };
    }

    /** The work of this name. */
    static Work work(String name) {
        return find("work", works(Section.ALL), Work::name, name);
    }

    /** The contender of this name. */
    static Contender contender(String label) {
        return find("contender", CONTENDERS, Contender::label, label);
    }

    private static <T> T find(String what, List<T> all, Function<T, String> name, String wanted) {
        return all.stream()
                .filter(one -> name.apply(one).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("bench: there is no %s '%s'".formatted(what, wanted)));
    }

    /**
     * The rows of a section whose labels the filter finds something in, after those that measure the limits for every number of threads.
     *
     * @throws IllegalArgumentException if the filter leaves nothing
     */
    static List<Entry> entries(Section wanted, Pattern filter, List<Integer> threads) {
        var all = SECTIONS.stream()
                .filter(wanted::includes)
                .flatMap(section -> entries(section, threads).stream())
                .toList();
        var found = all.stream()
                .filter(entry -> filter.matcher(entry.label()).find())
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("--filter '%s' finds none of the %d rows of '%s'; one of them is '%s'"
                    .formatted(filter, all.size(), wanted, all.getLast().label()));
        }
        var entries = new LinkedHashSet<Entry>();
        for (Work limit : List.of(PEAK, MEMORY)) {
            threads.forEach(count -> entries.add(new Entry(Section.MACHINE, limit, Engine.VECTOR, count)));
        }
        entries.addAll(found);
        return List.copyOf(entries);
    }

    private static List<Entry> entries(Section section, List<Integer> threads) {
        var entries = new ArrayList<Entry>();
        for (Work work : works(section)) {
            for (Contender contender : CONTENDERS) {
                if (contender.enters(work)) {
                    List<Integer> counts = contender.scales() ? threads : List.of(1);
                    counts.forEach(count -> entries.add(new Entry(section, work, contender, count)));
                }
            }
        }
        return entries;
    }
}

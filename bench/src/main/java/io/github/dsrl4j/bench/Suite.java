package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.MachineWork.Bandwidth;
import io.github.dsrl4j.bench.MachineWork.FmaPeak;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** All works and all contenders. */
final class Suite {
    /** The works whose speed is the limit of all others; see {@link Limits}. */
    static final MachineWork PEAK = new FmaPeak();

    static final MachineWork MEMORY = new Bandwidth(true, 256);

    /** In the order of the table. */
    static final List<Section> SECTIONS =
            List.of(Section.MACHINE, Section.KERNELS, Section.AFFINITY, Section.NETWORKS, Section.SCALING);
    /** In the order of the table. */
    static final List<Contender> CONTENDERS = Stream.<Contender[]>of(Engine.values(), Peer.values())
            .flatMap(Stream::of)
            .toList();

    private Suite() {}

    /** The works of a section in the order of the table. */
    static List<Work> works(Section section) {
        return switch (section) {
            case MACHINE ->
                List.of(PEAK, new Bandwidth(false, 64), new Bandwidth(true, 64), new Bandwidth(false, 256), MEMORY);
            case KERNELS -> passes(Shapes.operations());
            case AFFINITY -> passes(Shapes.affinities());
            case NETWORKS ->
                Stream.concat(Shapes.networks().stream(), Shapes.variants().stream())
                        .toList();
            case SCALING -> Shapes.larger();
            case ALL -> SECTIONS.stream().flatMap(each -> works(each).stream()).toList();
        };
    }

    /** What a quick run measures of a section: the limits, and what other libraries are known to do well or badly. */
    static List<Work> quickWorks(Section section) {
        return switch (section) {
            case MACHINE -> List.of(PEAK, MEMORY);
            case KERNELS -> passes(Shapes.comparable());
            case AFFINITY -> works(section);
            case NETWORKS -> Shapes.networks();
            case SCALING -> Shapes.larger().subList(0, 2);
            case ALL ->
                SECTIONS.stream().flatMap(each -> quickWorks(each).stream()).toList();
        };
    }

    private static List<Work> passes(List<Operation> operations) {
        return operations.stream()
                .flatMap(op -> Stream.<Work>of(new KernelWork(op, false), new KernelWork(op, true)))
                .toList();
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
}

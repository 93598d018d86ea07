package io.github.dsrl4j.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is to be measured.
 *
 * @param section the rows to choose from
 * @param filter rows in whose labels it finds something, besides those that measure the limits
 * @param threads the numbers of threads; most works are done with the last alone
 * @param peers whether other libraries take part
 * @param quick whether {@link Suite#quickWorks} are enough
 */
record Selection(Section section, Pattern filter, List<Integer> threads, boolean peers, boolean quick) {
    /**
     * The rows: the limits for every number of threads, then all others; rows that are to be compared stand one after the other.
     *
     * @throws IllegalArgumentException if the filter leaves nothing
     */
    List<Entry> entries() {
        var all = Suite.SECTIONS.stream()
                .filter(section::includes)
                .flatMap(each -> entries(each).stream())
                .toList();
        var found = all.stream()
                .filter(entry -> filter.matcher(entry.label()).find())
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("--filter '%s' finds none of the %d rows of '%s'; one of them is '%s'"
                    .formatted(filter, all.size(), section, all.getLast().label()));
        }
        var entries = new LinkedHashSet<Entry>();
        for (Work limit : List.of(Suite.PEAK, Suite.MEMORY)) {
            threads.forEach(count -> entries.add(new Entry(Section.MACHINE, limit, Engine.VECTOR, count)));
        }
        entries.addAll(found);
        return List.copyOf(entries);
    }

    private List<Entry> entries(Section each) {
        var entries = new ArrayList<Entry>();
        for (Work work : quick ? Suite.quickWorks(each) : Suite.works(each)) {
            var entering = Suite.CONTENDERS.stream()
                    .filter(contender -> contender.enters(work) && (peers || !contender.isPeer()))
                    .toList();
            entering.stream()
                    .filter(contender -> !contender.scales())
                    .forEach(contender -> entries.add(new Entry(each, work, contender, 1)));
            for (int count : counts(work)) {
                entering.stream()
                        .filter(Contender::scales)
                        .forEach(contender -> entries.add(new Entry(each, work, contender, count)));
            }
        }
        return entries;
    }

    /** How much threads help is shown by the machine, the matrix product, and the networks for inference. */
    private List<Integer> counts(Work work) {
        boolean every = switch (work) {
            case MachineWork limit -> true;
            case KernelWork kernel -> kernel.operation() instanceof Operation.Product;
            case NetworkWork network -> network.duty() == NetworkWork.Duty.INFERENCE;
        };
        return every ? threads : List.of(threads.getLast());
    }
}

package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.Json;

/** The samples of another data set with other classes. */
final class RelabelledDataset implements Dataset {
    private final Dataset source;
    private final Labelling labelling;

    RelabelledDataset(Dataset source, Labelling labelling) {
        if (labelling.byColor()) {
            throw new DatasetException("classes '%s': the labels of %s are values, not colours"
                    .formatted(labelling.classes().name(), source.name()));
        }
        this.source = source;
        this.labelling = labelling;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public ClassSet classes() {
        return labelling.classes();
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public Sample get(int index) {
        var sample = source.get(index);
        return new Sample(sample.name(), sample.image(), labelling.map(sample.labels(), sample.name()));
    }

    @Override
    public String fingerprint() {
        return new FileHash()
                .text(source.fingerprint())
                .text(Json.write(labelling.toJson()))
                .hex();
    }
}

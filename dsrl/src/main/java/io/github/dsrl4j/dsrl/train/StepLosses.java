package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.DsrlLoss;

/** The loss of one step or, summed and divided, of an epoch; terms that a variant lacks are NaN. */
record StepLosses(double total, double crossEntropy, double image, double affinity) {
    static final StepLosses ZERO = new StepLosses(0, 0, 0, 0);

    static StepLosses of(DsrlLoss.Terms terms) {
        return new StepLosses(
                terms.total().value().item(),
                terms.crossEntropy().value().item(),
                terms.image() == null ? Double.NaN : terms.image().value().item(),
                terms.affinity() == null ? Double.NaN : terms.affinity().value().item());
    }

    StepLosses plus(StepLosses other) {
        return new StepLosses(
                total + other.total, crossEntropy + other.crossEntropy, image + other.image, affinity + other.affinity);
    }

    StepLosses dividedBy(double steps) {
        return new StepLosses(total / steps, crossEntropy / steps, image / steps, affinity / steps);
    }
}

package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.dsrl.network.Networks;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.TrainingOptions;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** What a shell offers to complete the values of options. */
final class Choices {
    private Choices() {}

    /** The names of a library's own list. */
    abstract static class Names implements Iterable<String> {
        private final List<String> names;

        private Names(List<String> names) {
            this.names = names;
        }

        @Override
        public Iterator<String> iterator() {
            return names.iterator();
        }
    }

    static final class OfDatasets extends Names {
        OfDatasets() {
            super(Datasets.names());
        }
    }

    static final class OfNetworks extends Names {
        OfNetworks() {
            super(Networks.names());
        }
    }

    static final class OfWidths extends Names {
        OfWidths() {
            super(Stream.of(EspNetV2.Width.values()).map(EspNetV2.Width::factor).toList());
        }
    }

    static final class OfVariants extends Names {
        OfVariants() {
            super(Stream.of(Variant.values()).map(Variant::label).toList());
        }
    }

    static final class OfOptimizers extends Names {
        OfOptimizers() {
            super(TrainingOptions.Optimisation.OPTIMIZERS);
        }
    }

    static final class OfSchedules extends Names {
        OfSchedules() {
            super(TrainingOptions.Optimisation.SCHEDULES);
        }
    }

    static final class OfClassWeights extends Names {
        OfClassWeights() {
            super(TrainingOptions.Optimisation.CLASS_WEIGHTS);
        }
    }

    static final class OfMatrixProducts extends Names {
        OfMatrixProducts() {
            super(KernelChoice.MATRIX_PRODUCTS);
        }
    }

    /** The parts of a data set that are evaluated. */
    static final class OfSplits extends Names {
        OfSplits() {
            super(Stream.of(Split.values()).map(Split::key).toList());
        }
    }
}

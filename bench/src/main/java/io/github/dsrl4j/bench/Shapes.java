package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.NetworkWork.Duty;
import io.github.dsrl4j.bench.PlaneOperation.Kind;
import io.github.dsrl4j.dsrl.Variant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is measured at which size. */
final class Shapes {
    private Shapes() {}

    /** All single operations but the affinity. */
    static List<Operation> operations() {
        return Stream.of(comparable(), encoder(), head(), planes())
                .flatMap(List::stream)
                .toList();
    }

    /** Shapes at which other libraries are known to do well or badly. */
    static List<Operation> comparable() {
        return List.of(
                new Operation.Product(1024),
                ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 1, 1),
                ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 2, 1),
                ConvolutionOperation.of(1, 128, 64, 128, 128, 3, 1, 1, 1),
                ConvolutionOperation.of(1, 512, 32, 64, 512, 3, 1, 2, 1),
                ConvolutionOperation.of(1, 256, 64, 128, 256, 1, 1, 1, 1),
                ConvolutionOperation.of(1, 128, 64, 128, 128, 1, 1, 1, 1),
                ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 1, 64),
                ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 4, 64),
                ConvolutionOperation.doubling(2, 11, 180, 240));
    }

    /** Layers of ESPNetv2 s=2.0 on 256 x 512: the first, those of its pyramids from level 2 to 4, and two on the way to the classes. */
    private static List<Operation> encoder() {
        return List.of(
                ConvolutionOperation.of(1, 3, 256, 512, 32, 3, 2, 1, 1),
                ConvolutionOperation.of(1, 24, 128, 256, 24, 3, 2, 2, 24),
                ConvolutionOperation.of(1, 256, 32, 64, 64, 1, 1, 1, 4),
                ConvolutionOperation.of(1, 64, 32, 64, 64, 3, 1, 4, 64),
                ConvolutionOperation.of(1, 256, 32, 64, 256, 1, 1, 1, 4),
                ConvolutionOperation.of(1, 128, 16, 32, 128, 3, 1, 3, 128),
                ConvolutionOperation.of(1, 512, 16, 32, 512, 1, 1, 1, 4),
                ConvolutionOperation.of(1, 128, 64, 128, 48, 3, 1, 1, 16),
                ConvolutionOperation.of(1, 50, 128, 256, 10, 3, 1, 1, 10));
    }

    /** Layers of the super-resolution branches for 11 classes and batches of 4 images 180 x 240. */
    private static List<Operation> head() {
        return List.of(
                ConvolutionOperation.doubling(4, 11, 90, 120),
                ConvolutionOperation.doubling(4, 11, 180, 240),
                ConvolutionOperation.of(4, 11, 360, 480, 11, 1, 1, 1, 1),
                ConvolutionOperation.of(4, 32, 90, 120, 32, 3, 1, 1, 1),
                ConvolutionOperation.of(4, 32, 90, 120, 48, 3, 1, 1, 1));
    }

    private static List<Operation> planes() {
        return List.of(
                new PlaneOperation(Kind.BATCH_NORM, 1, 64, 128, 256),
                new PlaneOperation(Kind.BATCH_NORM, 4, 11, 360, 480),
                new PlaneOperation(Kind.PRELU, 1, 64, 128, 256),
                new PlaneOperation(Kind.PRELU, 4, 11, 360, 480),
                new PlaneOperation(Kind.BILINEAR, 1, 20, 128, 256),
                new PlaneOperation(Kind.CROSS_ENTROPY, 4, 11, 360, 480));
    }

    static List<Operation> affinities() {
        return IntStream.of(1024, 4096, 8192, 32768)
                .<Operation>mapToObj(positions -> new AffinityOperation(1, 32, positions))
                .toList();
    }

    /** The networks that others have, too. */
    static List<Work> networks() {
        return List.of(inference(1, 1), new NetworkWork(Duty.DESCENT, Variant.BASELINE, 2.0, 20, 4, 256, 512));
    }

    /** Training steps with one branch after the other, at the size of the README's training runs. */
    static List<Work> variants() {
        return Stream.of(Variant.values())
                .<Work>map(variant -> new NetworkWork(Duty.TRAINING, variant, 0.5, 11, 4, 180, 240))
                .toList();
    }

    /** Inference of 4 and 16 times the pixels: in more images, and in larger ones. */
    static List<Work> larger() {
        return List.of(inference(4, 1), inference(1, 2), inference(16, 1), inference(1, 4));
    }

    private static Work inference(int batch, int scale) {
        return new NetworkWork(Duty.INFERENCE, Variant.BASELINE, 2.0, 20, batch, scale * 256, scale * 512);
    }
}

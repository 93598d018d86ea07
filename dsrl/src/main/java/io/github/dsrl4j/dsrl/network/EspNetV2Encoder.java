package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The encoder of ESPNetv2: features at 1/2, 1/4, 1/8 and 1/16 of the input size, under the names of the published weights. */
final class EspNetV2Encoder extends Module {
    private static final int LEVEL3_UNITS = 3;
    private static final int LEVEL4_UNITS = 7;

    private final ConvolutionBlock level1;
    private final EspDownSampler level2;
    private final EspDownSampler level3Down;
    private final List<EspUnit> level3 = new ArrayList<>();
    private final EspDownSampler level4Down;
    private final List<EspUnit> level4 = new ArrayList<>();

    EspNetV2Encoder(RandomGenerator random, int[] planes) {
        level1 = child("level1", ConvolutionBlock.activated(random, 3, planes[0], 3, 2, 1));
        level2 = child("level2_0", new EspDownSampler(random, planes[0], planes[1], 13));
        level3Down = child("level3_0", new EspDownSampler(random, planes[1], planes[2], 11));
        for (int i = 0; i < LEVEL3_UNITS; i++) {
            level3.add(child("level3." + i, new EspUnit(random, planes[2], planes[2], 1, 9)));
        }
        level4Down = child("level4_0", new EspDownSampler(random, planes[2], planes[3], 9));
        for (int i = 0; i < LEVEL4_UNITS; i++) {
            level4.add(child("level4." + i, new EspUnit(random, planes[3], planes[3], 1, 7)));
        }
    }

    /** Features of levels 1 to 4. */
    List<Variable> encode(Variable image) {
        Variable half = image.averagePool2d(EspDownSampler.HALF, true);
        Variable quarter = half.averagePool2d(EspDownSampler.HALF, true);
        Variable eighth = quarter.averagePool2d(EspDownSampler.HALF, true);
        Variable sixteenth = eighth.averagePool2d(EspDownSampler.HALF, true);
        Variable features1 = level1.apply(image);
        Variable features2 = level2.apply(features1, quarter);
        Variable features3 = level3Down.apply(features2, eighth);
        for (EspUnit unit : level3) {
            features3 = unit.apply(features3);
        }
        Variable features4 = level4Down.apply(features3, sixteenth);
        for (EspUnit unit : level4) {
            features4 = unit.apply(features4);
        }
        return List.of(features1, features2, features3, features4);
    }
}

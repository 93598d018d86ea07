package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The bottom-up decoder of ESPNetv2, under the names of the published weights: pyramid pooling at 1/16, then three times enlarge, add
 * the encoder's features, normalise, pyramid pooling; the last map is at 1/2 of the input size.
 */
final class EspNetV2Decoder extends Decoder {
    private static final int BASE_PLANES = 16;

    private final int planes;
    private final PyramidPool pool1;
    private final PyramidPool pool2;
    private final PyramidPool pool3;
    private final PyramidPool pool4;
    private final Layer skip2;
    private final Layer skip3;
    private final Layer skip4;
    private final Layer join2;
    private final Layer join3;
    private final Layer join4;

    EspNetV2Decoder(RandomGenerator random, int[] encoderPlanes, int planes) {
        this.planes = planes;
        int projected = Math.min(planes / 2, BASE_PLANES);
        int planes1 = 4 * BASE_PLANES;
        int planes2 = 3 * BASE_PLANES;
        int planes3 = 2 * BASE_PLANES;
        pool1 = child("bu_dec_l1", new PyramidPool(random, encoderPlanes[3], projected, planes1, false));
        pool2 = child("bu_dec_l2", new PyramidPool(random, planes1, projected, planes2, false));
        pool3 = child("bu_dec_l3", new PyramidPool(random, planes2, projected, planes3, false));
        pool4 = child("bu_dec_l4", new PyramidPool(random, planes3, projected, planes, true));
        skip2 = child("merge_enc_dec_l2", new SkipConnection(random, encoderPlanes[2], planes1));
        skip3 = child("merge_enc_dec_l3", new SkipConnection(random, encoderPlanes[1], planes2));
        skip4 = child("merge_enc_dec_l4", new SkipConnection(random, encoderPlanes[0], planes3));
        join2 = child("bu_br_l2", new Sequential(new BatchNorm2d(planes1), new PRelu(planes1)));
        join3 = child("bu_br_l3", new Sequential(new BatchNorm2d(planes2), new PRelu(planes2)));
        join4 = child("bu_br_l4", new Sequential(new BatchNorm2d(planes3), new PRelu(planes3)));
    }

    @Override
    public Variable decode(List<Variable> features) {
        Variable map = pool1.apply(features.get(3));
        map = pool2.apply(join2.apply(enlarge(map, skip2.apply(features.get(2)))));
        map = pool3.apply(join3.apply(enlarge(map, skip3.apply(features.get(1)))));
        return pool4.apply(join4.apply(enlarge(map, skip4.apply(features.get(0)))));
    }

    /** Twice the size or, where the encoder rounded up, exactly the size of the features to be added. */
    private static Variable enlarge(Variable map, Variable skip) {
        return map.resizeBilinear(skip.shape().dim(2), skip.shape().dim(3), true)
                .plus(skip);
    }

    @Override
    public int planes() {
        return planes;
    }

    @Override
    public int stride() {
        return 2;
    }
}

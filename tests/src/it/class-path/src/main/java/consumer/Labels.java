package consumer;

import io.github.dsrl4j.dsrl.inference.Segmentation;
import io.github.dsrl4j.dsrl.inference.Segmenter;
import java.awt.image.BufferedImage;
import java.util.TreeMap;

/** What is to be seen in a picture. */
public final class Labels {
    private final Segmenter model;

    public Labels(Segmenter model) {
        this.model = model;
    }

    /** The share of each class. */
    public TreeMap<String, Double> shares(BufferedImage picture) {
        Segmentation result = model.segment(picture);
        var shares = new TreeMap<String, Double>();
        for (int c = 0; c < result.shares().length; c++) {
            shares.put(model.classes().names().get(c), result.shares()[c]);
        }
        return shares;
    }
}

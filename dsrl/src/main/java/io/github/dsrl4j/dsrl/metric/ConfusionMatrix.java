package io.github.dsrl4j.dsrl.metric;

/**
 * How often each true class was predicted as each class, summed over all pixels of a data set; pixels with the ignored label
 * are excluded. {@code IoU(c) = TP / (TP + FP + FN)}; the mean is over the classes that occur in the truth or in the
 * predictions, so that one which is predicted but does not occur counts as 0 (as in cityscapesScripts and mmsegmentation).
 */
public final class ConfusionMatrix {
    private final int classes;
    private final int ignoreIndex;
    private final long[] counts;

    public ConfusionMatrix(int classes, int ignoreIndex) {
        this.classes = classes;
        this.ignoreIndex = ignoreIndex;
        this.counts = new long[classes * classes];
    }

    /** Counts one pixel. */
    public void add(int truth, int predicted) {
        if (truth == ignoreIndex) {
            return;
        }
        if (truth < 0 || truth >= classes || predicted < 0 || predicted >= classes) {
            throw new IllegalArgumentException("confusion matrix: truth %d or prediction %d is none of the %d classes"
                    .formatted(truth, predicted, classes));
        }
        counts[truth * classes + predicted]++;
    }

    /** Adds the counts of another matrix of the same classes. */
    public void add(ConfusionMatrix other) {
        if (other.classes != classes) {
            throw new IllegalArgumentException(
                    "confusion matrix: %d classes cannot be added to %d".formatted(other.classes, classes));
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    public int classes() {
        return classes;
    }

    /** How many pixels of class {@code truth} were predicted as {@code predicted}. */
    public long count(int truth, int predicted) {
        return counts[truth * classes + predicted];
    }

    /** Intersection over union of a class, in [0, 1]; NaN if the class occurs neither in truth nor in predictions. */
    public double iou(int c) {
        return count(c, c) / (double) union(c);
    }

    private long union(int c) {
        long predicted = 0;
        for (int t = 0; t < classes; t++) {
            predicted += count(t, c);
        }
        return truthCount(c) + predicted - count(c, c);
    }

    /** Mean IoU over the classes that occur in the truth or in the predictions; NaN if no pixel was counted. */
    public double meanIou() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++) {
            if (union(c) > 0) {
                sum += iou(c);
                present++;
            }
        }
        return sum / present;
    }

    /** The share of counted pixels that were predicted right. */
    public double pixelAccuracy() {
        long right = 0;
        long all = 0;
        for (int c = 0; c < classes; c++) {
            right += count(c, c);
            all += truthCount(c);
        }
        return right / (double) all;
    }

    /** How many pixels have this class in the truth. */
    public long truthCount(int c) {
        long sum = 0;
        for (int p = 0; p < classes; p++) {
            sum += count(c, p);
        }
        return sum;
    }
}

package io.github.dsrl4j.dsrl;

/** How much of dual super-resolution learning is used; the rows of the paper's ablation. */
public enum Variant {
    /** The network alone: logits at the size of the input. */
    BASELINE("baseline", false, false, false),
    /** Segmentation at twice the input's size. */
    SSSR("sssr", true, false, false),
    /** And, in training, the image at twice the input's size from the same encoder. */
    SSSR_SISR("sssr+sisr", true, true, false),
    /** And, in training, the feature affinity loss between the two branches: the whole method. */
    DSRL("dsrl", true, true, true);

    private final String label;
    private final boolean superResolvesSegmentation;
    private final boolean superResolvesImage;
    private final boolean tiesFeatures;

    Variant(String label, boolean superResolvesSegmentation, boolean superResolvesImage, boolean tiesFeatures) {
        this.label = label;
        this.superResolvesSegmentation = superResolvesSegmentation;
        this.superResolvesImage = superResolvesImage;
        this.tiesFeatures = tiesFeatures;
    }

    /** The name on the command line and in files. */
    public String label() {
        return label;
    }

    /** Whether the prediction is twice the size of the input (SSSR). */
    public boolean superResolvesSegmentation() {
        return superResolvesSegmentation;
    }

    /** Whether training has the image branch (SISR). */
    public boolean superResolvesImage() {
        return superResolvesImage;
    }

    /** Whether training has the feature affinity loss (FA). */
    public boolean tiesFeatures() {
        return tiesFeatures;
    }

    /** How many times larger the prediction is than the input, per side. */
    public int factor() {
        return superResolvesSegmentation ? 2 : 1;
    }

    /** The variant with this label. */
    public static Variant of(String label) {
        for (Variant variant : values()) {
            if (variant.label.equals(label)) {
                return variant;
            }
        }
        throw new IllegalArgumentException(
                "variant: there is no '" + label + "'; choose baseline, sssr, sssr+sisr or dsrl");
    }
}

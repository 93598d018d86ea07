package io.github.dsrl4j.dsrl.dataset;

import java.util.Locale;

/** The part of a data set: for training, for choosing (validation), for the final figure (test). */
public enum Split {
    /** Seen by the optimiser. */
    TRAIN,
    /** Used to choose the best epoch. */
    VAL,
    /** Used once, for the reported figure. */
    TEST;

    /** The name in files and on the command line: {@code train}, {@code val} or {@code test}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The split of a name, in any case.
     *
     * @throws DatasetException where the text is none of the three names
     */
    public static Split parse(String text) {
        for (var split : values()) {
            if (split.key().equals(text.toLowerCase(Locale.ROOT))) {
                return split;
            }
        }
        throw new DatasetException("split: '" + text + "' is unknown; one of train, val, test is expected");
    }
}

package io.github.dsrl4j.dsrl.train;

import java.util.Map;

/** Told about long work as it goes on. */
public interface Progress {
    /** Nobody watches. */
    Progress NONE = new Progress() {};

    /** A stretch of work begins: an epoch, an evaluation. */
    default void begin(String what, int images) {}

    /** {@code images} more are done; {@code loss} is the mean so far, NaN where there is none. */
    default void advance(int images, double loss) {}

    /** The stretch is over. */
    default void end() {}

    /** An epoch is over, with its line of metrics. */
    default void epoch(Map<String, Object> metrics) {}
}

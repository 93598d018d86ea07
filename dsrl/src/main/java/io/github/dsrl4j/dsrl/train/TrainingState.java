package io.github.dsrl4j.dsrl.train;

/**
 * How far a run has come: the next step is number {@code step} of epoch {@code epoch}, both from 0. Order and augmentation follow from
 * seed, epoch and image alone, so that nothing else is needed to go on.
 *
 * @param losses sums over the steps of this epoch so far
 * @param seconds spent on this epoch so far
 * @param bestIou the best validation mIoU so far, NaN before the first
 */
record TrainingState(int epoch, int step, StepLosses losses, double seconds, double bestIou) {
    static final TrainingState START = new TrainingState(0, 0, StepLosses.ZERO, 0, Double.NaN);
}

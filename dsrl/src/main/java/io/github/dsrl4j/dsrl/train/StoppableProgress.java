package io.github.dsrl4j.dsrl.train;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Shows progress as another does, and ends the work by a {@link CancellationException} when it is to stop. */
record StoppableProgress(Progress shown, BooleanSupplier stop) implements Progress {
    @Override
    public void begin(String what, int images) {
        shown.begin(what, images);
    }

    @Override
    public void advance(int images, double loss) {
        shown.advance(images, loss);
        if (stop.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
    }

    @Override
    public void end() {
        shown.end();
    }

    @Override
    public void epoch(Map<String, Object> metrics) {
        shown.epoch(metrics);
    }
}

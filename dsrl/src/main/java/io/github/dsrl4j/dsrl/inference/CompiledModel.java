package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.nn.plan.PlanCache;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Tensor;

/** A model of ours, compiled for each size of image that it sees. */
record CompiledModel(ModelDescription description, DualSuperResolution model, PlanCache plans) implements Scorer {
    CompiledModel(ModelDescription description, DualSuperResolution model) {
        this(description, model, new PlanCache(model, PlanCache.defaultBytes()));
    }

    @Override
    public boolean takesAsItIs(int height, int width) {
        return height == description.inputHeight() && width == description.inputWidth();
    }

    /** Any. */
    @Override
    public void checkSize(ColorImage image, int fedHeight, int fedWidth) {}

    @Override
    public Tensor scores(Tensor input) {
        return plans.run(input.to(model.device()));
    }

    @Override
    public Scorer on(Device device) {
        model.moveTo(device);
        return new CompiledModel(description, model);
    }
}

package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;

/** Convolution and its adjoints as matrix products on the vector unit, on all threads. */
public final class VectorConvolution implements Convolution {
    /** Where there is nothing to multiply, there is nothing to make fast. */
    private final Convolution empty = new ScalarKernels().convolution();

    private final GatherConvolution gather;
    private final WinogradConvolution winograd;
    private final WeightGradient weightGradient;
    private final WinogradGradient winogradGradient;
    private final OuterGradient outerGradient;
    private final PlanCache<ConvolutionGeometry, GatherPlan> forwardPlans = new PlanCache<>(GatherPlan::forward);
    private final PlanCache<ConvolutionGeometry, GatherPlan> backwardPlans = new PlanCache<>(GatherPlan::backwardData);
    private final PlanCache<ConvolutionGeometry, WinogradPlan> winogradPlans = new PlanCache<>(WinogradPlan::forward);
    private final PlanCache<ConvolutionGeometry, WinogradPlan> winogradBackwardPlans =
            new PlanCache<>(WinogradPlan::backwardData);
    private final PlanCache<ConvolutionGeometry, WeightPlan> weightPlans = new PlanCache<>(WeightPlan::new);
    private final PlanCache<ConvolutionGeometry, WinogradGradientPlan> winogradGradientPlans =
            new PlanCache<>(WinogradGradientPlan::new);
    private final PlanCache<ConvolutionGeometry, OuterPlan> outerPlans = new PlanCache<>(OuterPlan::new);

    public VectorConvolution(Parallel parallel) {
        var scratch = ThreadLocal.withInitial(Scratch::new);
        gather = new GatherConvolution(parallel, scratch);
        winograd = new WinogradConvolution(parallel, scratch);
        weightGradient = new WeightGradient(parallel, scratch);
        winogradGradient = new WinogradGradient(parallel, scratch);
        outerGradient = new OuterGradient(parallel, scratch);
    }

    @Override
    public void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        if (g.isEmpty()) {
            empty.forward(g, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
        } else if (WinogradPlan.suits(g)) {
            winograd.run(winogradPlans.get(g), x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
        } else {
            gather.run(forwardPlans.get(g), x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
        }
    }

    @Override
    public void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset) {
        if (g.isEmpty()) {
            empty.backwardData(g, dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
        } else if (WinogradPlan.suits(g)) {
            var plan = winogradBackwardPlans.get(g);
            winograd.run(plan, dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
        } else {
            gather.run(backwardPlans.get(g), dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
        }
    }

    @Override
    public void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        if (g.isEmpty()) {
            empty.backwardWeight(g, x, xOffset, dy, dyOffset, dweight, dweightOffset);
        } else if (WinogradGradientPlan.suits(g)) {
            winogradGradient.run(winogradGradientPlans.get(g), x, xOffset, dy, dyOffset, dweight, dweightOffset);
        } else if (OuterPlan.suits(g)) {
            outerGradient.run(outerPlans.get(g), x, xOffset, dy, dyOffset, dweight, dweightOffset);
        } else {
            weightGradient.run(weightPlans.get(g), x, xOffset, dy, dyOffset, dweight, dweightOffset);
        }
    }
}

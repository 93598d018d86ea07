package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Epilogue;

/** Launches of {@link EpilogueCode}: as many stages at a time as one has operands for. */
@SuppressWarnings("EnumOrdinal") // the device program counts stages in their order
final class OpenClEpilogue implements Epilogue {
    private final OpenClContext context;

    OpenClEpilogue(OpenClContext context) {
        this.context = context;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
    public void apply(Chain chain, int planes, int area, float[] x, int xOffset, float[] y, int yOffset) {
        if (chain.length() == 0) {
            if (x != y || xOffset != yOffset) {
                new OpenClMovement(context).copy(planes * area, x, xOffset, y, yOffset);
            }
            return;
        }
        for (int first = 0; first < chain.length(); first += EpilogueCode.STAGES) {
            Launch launch = context.launch(Op.EPILOGUE)
                    .at(first == 0 ? x : y, first == 0 ? xOffset : yOffset)
                    .at(y, yOffset);
            int[] sizes = {planes, area, -1, -1, -1, -1};
            for (int s = first; s < Math.min(first + EpilogueCode.STAGES, chain.length()); s++) {
                sizes[2 + s - first] = chain.stage(s).ordinal();
                launch.at(chain.operand(s), chain.offset(s));
            }
            launch.overElements(planes * area, sizes);
        }
    }
}

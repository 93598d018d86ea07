package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Movement;
import java.util.List;

/** Launches of {@link MovementCode}. */
final class OpenClMovement implements Movement {
    private final OpenClContext context;

    OpenClMovement(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void copy(int n, float[] x, int xOffset, float[] y, int yOffset) {
        context.launch(Op.COPY).at(x, xOffset).at(y, yOffset).overElements(n);
    }

    @Override
    public void copyAll(List<Copy> copies) {
        var table = new StretchTable(context);
        copies.forEach(copy -> table.add(copy.n(), copy.x(), copy.y()));
        table.launch(Op.COPY_ALL, launch -> launch);
    }

    @Override
    public void stridedCopy(
            int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides) {
        Box box = Box.inAnyOrder(dims, xStrides, yStrides);
        box.forEachLaunch((xi, yi, index) -> context.launch(Op.STRIDED_COPY)
                .at(x, xOffset + xi)
                .at(y, yOffset + yi)
                .overElements(box.size(), box.numbers()));
    }
}

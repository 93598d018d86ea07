package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;
import io.github.dsrl4j.tensor.kernel.Resampling;

/** Pooling and resizing of images {@code [N, C, H, W]}. */
final class ImageSteps {
    private final Frame f;
    private final Pooling pooling;
    private final Resampling resampling;

    ImageSteps(Frame frame, Kernels kernels) {
        this.f = frame;
        this.pooling = kernels.pooling();
        this.resampling = kernels.resampling();
    }

    Step max(PoolingGeometry g, Operand x, Operand y) {
        return () ->
                pooling.maxForward(g, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step average(PoolingGeometry g, boolean countIncludePad, Operand x, Operand y) {
        return () -> pooling.averageForward(
                g, countIncludePad, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step adaptiveAverage(Operand x, Operand y) {
        Shape in = x.shape();
        Shape out = y.shape();
        int planes = in.dim(0) * in.dim(1);
        return () -> pooling.adaptiveAverageForward(
                planes,
                in.dim(2),
                in.dim(3),
                out.dim(2),
                out.dim(3),
                f.array(x.slot()),
                f.offset(x.slot()),
                f.array(y.slot()),
                f.offset(y.slot()));
    }

    Step bilinear(boolean alignCorners, Operand x, Operand y) {
        var g = geometry(x.shape(), y.shape());
        return () -> resampling.bilinearForward(
                g, alignCorners, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step nearest(Operand x, Operand y) {
        var g = geometry(x.shape(), y.shape());
        return () -> resampling.nearestForward(
                g, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    private static Resampling.Geometry geometry(Shape x, Shape y) {
        return new Resampling.Geometry(x.dim(0) * x.dim(1), x.dim(2), x.dim(3), y.dim(2), y.dim(3));
    }
}

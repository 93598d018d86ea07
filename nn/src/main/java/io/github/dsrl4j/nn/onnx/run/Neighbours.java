package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.run.Resampler.Nearest;
import io.github.dsrl4j.nn.onnx.run.Resampler.Source;
import io.github.dsrl4j.nn.onnx.run.Resizes.Scale;

/**
 * Nearest-neighbour resizing along one axis: which input entry each output entry copies.
 *
 * <p>Where the caller gives sizes, the scale is a ratio of two whole numbers, source positions are fractions, and they are rounded
 * exactly. Where the caller gives scales, positions are computed in float32 and with the very operations of ONNX Runtime, since
 * a float32 scale such as 1.7 is not the number its author meant: in exact arithmetic 17 / 1.7f lies below 10. An output as
 * large as the input is a copy of it in either case, as in ONNX Runtime and PyTorch, whatever the scale.
 */
record Neighbours(Source source, Nearest nearest, int in, int out, Scale scale, double[] region) {
    private static final double HALF = 0.5;

    /** For each output entry the input entry, within the input. */
    int[] indices() {
        int[] indices = new int[out];
        for (int i = 0; i < out; i++) {
            long index = in == out && source != Source.TF_CROP_AND_RESIZE
                    ? i
                    : scale.isRatio() && source != Source.TF_CROP_AND_RESIZE ? exact(i) : rounded(position(i));
            indices[i] = (int) Math.clamp(index, 0L, in - 1L);
        }
        return indices;
    }

    private long exact(long i) {
        long to = scale.numerator();
        long from = scale.denominator();
        return switch (source) {
            case HALF_PIXEL, HALF_PIXEL_SYMMETRIC -> rounded((2 * i + 1) * from - to, 2 * to);
            case PYTORCH_HALF_PIXEL -> out > 1 ? rounded((2 * i + 1) * from - to, 2 * to) : 0;
            case ALIGN_CORNERS -> out > 1 ? rounded(i * (in - 1), out - 1) : 0;
            case ASYMMETRIC -> rounded(i * from, to);
            case TF_HALF_PIXEL_FOR_NN -> rounded((2 * i + 1) * from, 2 * to);
            case TF_CROP_AND_RESIZE -> throw new IllegalStateException("a region has no exact positions");
        };
    }

    private long rounded(long numerator, long denominator) {
        return switch (nearest) {
            case ROUND_PREFER_FLOOR -> Math.ceilDiv(2 * numerator - denominator, 2 * denominator);
            case ROUND_PREFER_CEIL -> Math.floorDiv(2 * numerator + denominator, 2 * denominator);
            case FLOOR -> Math.floorDiv(numerator, denominator);
            case CEIL -> Math.ceilDiv(numerator, denominator);
            case SIMPLE ->
                scale.factor() < 1 ? Math.ceilDiv(numerator, denominator) : Math.floorDiv(numerator, denominator);
        };
    }

    /** The source position in float32. */
    float position(int i) {
        float factor = (float) scale.factor();
        return switch (source) {
            case HALF_PIXEL -> (i + 0.5f) / factor - 0.5f;
            case HALF_PIXEL_SYMMETRIC -> {
                float offset = in / 2f * (1 - out / (factor * in));
                yield offset + (i + 0.5f) / factor - 0.5f;
            }
            case PYTORCH_HALF_PIXEL -> out > 1 ? (i + 0.5f) / factor - 0.5f : 0;
            case ALIGN_CORNERS -> out > 1 ? (float) i * (in - 1) / (out - 1) : 0;
            case ASYMMETRIC -> i / factor;
            case TF_HALF_PIXEL_FOR_NN -> (i + 0.5f) / factor;
            case TF_CROP_AND_RESIZE -> {
                float start = (float) region[0];
                float end = (float) region[1];
                yield out > 1
                        ? start * (in - 1) + i * (end - start) * (in - 1) / (out - 1)
                        : (float) (HALF * (start + end) * (in - 1));
            }
        };
    }

    private long rounded(double position) {
        return (long)
                switch (nearest) {
                    case ROUND_PREFER_FLOOR -> Math.ceil(position - HALF);
                    case ROUND_PREFER_CEIL -> Math.floor(position + HALF);
                    case FLOOR -> Math.floor(position);
                    case CEIL -> Math.ceil(position);
                    case SIMPLE -> scale.factor() < 1 ? Math.ceil(position) : Math.floor(position);
                };
    }
}

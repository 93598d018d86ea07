package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;

/**
 * Whole numbers that stand for real ones, {@code x = scale (q - zeroPoint)}: QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear. Scale and
 * zero point are one number, or a vector along an axis, or one number for each block of entries along it.
 */
final class Quantization {
    private Quantization() {}

    /** Which scale belongs to an element: the parameters lie along {@code axis}, each for {@code block} entries in a row. */
    private record Places(int inner, int extent, int block, int blocks) {
        static Places of(Shape x, Shape scale, long axis, long block) {
            if (scale.size() == 1 && scale.rank() <= 1 && block == 0) {
                return new Places(1, 1, 1, 0);
            }
            int a = Extents.axis(axis, x.rank());
            int extent = x.dim(a);
            boolean fits = block == 0
                    ? scale.rank() == 1 && scale.size() == extent
                    : block > 0
                            && block <= Integer.MAX_VALUE
                            && scale.equals(x.with(a, (int) Math.ceilDiv((long) extent, block)));
            if (!fits) {
                throw new OnnxException("a scale of shape %s does not fit %s along dimension %d%s"
                        .formatted(scale, x, a, block == 0 ? "" : " in blocks of " + block));
            }
            int inner = Extents.behind(x, a);
            return block == 0 ? new Places(inner, extent, 1, 0) : new Places(inner, extent, (int) block, scale.dim(a));
        }

        int at(int element) {
            int entry = element / inner % extent;
            if (blocks == 0) {
                return entry;
            }
            return (element / inner / extent * blocks + entry / block) * inner + element % inner;
        }
    }

    /**
     * {@code q = saturate(round(x / scale) + zeroPoint)}, ties to the even number, of the zero point's type, which is UINT8 if there is
     * none (from version 21 on the attribute output_dtype says another). The axis (1) is there from version 13 on, blocks from 21 on.
     */
    static Operator quantize(Attributes attributes) {
        long axis = attributes.opset() < 13 ? 1 : attributes.integer("axis", 1);
        long block = attributes.opset() < 21 ? 0 : attributes.integer("block_size", 0);
        long type = attributes.opset() < 21 ? 0 : attributes.integer("output_dtype", 0);
        attributes.flag("saturate", true);
        DataType otherwise = type == 0 ? DataType.UINT8 : Constants.type("output_dtype", type);
        return Operator.of(call -> {
            Value x = call.widened(0);
            Value scale = call.widened(1);
            Value zero = call.has(2) ? call.value(2) : null;
            checkZero(scale, zero);
            DataType to = zero == null ? otherwise : zero.type();
            if (to.bits() > 16 || !to.isInteger() || to == DataType.BOOL) {
                throw new UnsupportedOnnxException("quantised elements of type %s are not supported".formatted(to));
            }
            Places places = Places.of(x.shape(), scale.shape(), axis, block);
            Value y = call.create(to, x.shape());
            for (int i = 0; i < y.size(); i++) {
                int p = places.at(i);
                double real = (float) (x.real(i) / scale.real(p));
                put(y, i, real, zero == null ? 0 : ((Integers) zero).array()[p]);
            }
            return y;
        });
    }

    private static void put(Value y, int at, double scaled, long zero) {
        boolean unsigned = y.type().name().startsWith("U");
        long most = (1L << (y.type().bits() - (unsigned ? 0 : 1))) - 1;
        long least = unsigned ? 0 : -most - 1;
        // First without the zero point, since an infinite number has no sum that is whole.
        long rounded = Math.clamp((long) Math.rint(scaled), least - most - 1, most - least);
        ((Integers) y).array()[at] = Math.clamp(rounded + zero, least, most);
    }

    private static void checkZero(Value scale, Value zero) {
        if (zero != null && (!(zero instanceof Integers) || zero.size() != scale.size())) {
            throw new OnnxException(
                    "a zero point %s does not fit the scale %s".formatted(zero.describe(), scale.shape()));
        }
    }

    /** {@code x = scale (q - zeroPoint)} in the scale's type. The axis (1) is there from version 13 on, blocks from 21 on. */
    static Operator dequantize(Attributes attributes) {
        long axis = attributes.opset() < 13 ? 1 : attributes.integer("axis", 1);
        long block = attributes.opset() < 21 ? 0 : attributes.integer("block_size", 0);
        return Operator.of(call -> {
            if (!(call.value(0) instanceof Integers x)) {
                throw new OnnxException("whole numbers are expected, not %s"
                        .formatted(call.value(0).describe()));
            }
            Value scale = call.value(1);
            Value zero = call.has(2) ? call.value(2) : null;
            checkZero(scale, zero);
            Places places = Places.of(x.shape(), scale.shape(), axis, block);
            Value y = call.create(scale.type(), x.shape());
            for (int i = 0; i < y.size(); i++) {
                int p = places.at(i);
                long whole = x.array()[i] - (zero == null ? 0 : ((Integers) zero).array()[p]);
                Cells.put(y, i, (float) whole * scale.real(p));
            }
            return y;
        });
    }

    /**
     * To UINT8 by what x holds: {@code scale = (max(x, 0) - min(x, 0)) / 255}, and the zero point that 0 becomes. Outputs are q, the scale
     * and the zero point.
     */
    static Operator dynamic(Attributes attributes) {
        return call -> {
            Tensor x = call.tensor(0);
            float least = 0;
            float most = 0;
            for (int i = x.offset(); i < x.offset() + x.size(); i++) {
                least = Math.min(least, x.array()[i]);
                most = Math.max(most, x.array()[i]);
            }
            float scale = (most - least) / 255;
            long zero = scale == 0 ? 0 : (long) Math.clamp(Math.rint(-least / scale), 0, 255);
            Value y = call.create(DataType.UINT8, x.shape());
            for (int i = 0; i < y.size(); i++) {
                put(y, i, scale == 0 ? 0 : x.array()[x.offset() + i] / scale, zero);
            }
            return List.of(
                    y, Value.of(Tensor.scalar(scale)), new Integers(DataType.UINT8, Shape.of(), new long[] {zero}));
        };
    }
}

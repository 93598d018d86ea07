package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import jdk.incubator.vector.FloatVector;

/** One row of {@code c = f(a, b)}: both operands along memory, or one of them a single number. */
final class BinaryLoops {
    private BinaryLoops() {}

    /** A row whose operands advance by any strides. */
    static void row(
            Binary f,
            int n,
            float[] a,
            int aFrom,
            int aStride,
            float[] b,
            int bFrom,
            int bStride,
            float[] c,
            int cFrom) {
        if (aStride == 1 && bStride == 1) {
            both(f, n, a, aFrom, b, bFrom, c, cFrom);
        } else if (aStride == 1 && bStride == 0) {
            scalarRight(f, n, a, aFrom, b[bFrom], c, cFrom);
        } else if (aStride == 0 && bStride == 1) {
            scalarLeft(f, n, a[aFrom], b, bFrom, c, cFrom);
        } else {
            for (int i = 0; i < n; i++) {
                c[cFrom + i] = value(f, a[aFrom + i * aStride], b[bFrom + i * bStride]);
            }
        }
    }

    static void both(Binary f, int n, float[] a, int aFrom, float[] b, int bFrom, float[] c, int cFrom) {
        int bound = SPECIES.loopBound(n);
        switch (f) {
            case ADD -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i)
                            .add(FloatVector.fromArray(SPECIES, b, bFrom + i))
                            .intoArray(c, cFrom + i);
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i)
                            .sub(FloatVector.fromArray(SPECIES, b, bFrom + i))
                            .intoArray(c, cFrom + i);
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i)
                            .mul(FloatVector.fromArray(SPECIES, b, bFrom + i))
                            .intoArray(c, cFrom + i);
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i)
                            .div(FloatVector.fromArray(SPECIES, b, bFrom + i))
                            .intoArray(c, cFrom + i);
                }
            }
        }
        for (int i = bound; i < n; i++) {
            c[cFrom + i] = value(f, a[aFrom + i], b[bFrom + i]);
        }
    }

    private static void scalarRight(Binary f, int n, float[] a, int aFrom, float b, float[] c, int cFrom) {
        int bound = SPECIES.loopBound(n);
        switch (f) {
            case ADD -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i).add(b).intoArray(c, cFrom + i);
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i).sub(b).intoArray(c, cFrom + i);
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i).mul(b).intoArray(c, cFrom + i);
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < bound; i += LANES) {
                    FloatVector.fromArray(SPECIES, a, aFrom + i).div(b).intoArray(c, cFrom + i);
                }
            }
        }
        for (int i = bound; i < n; i++) {
            c[cFrom + i] = value(f, a[aFrom + i], b);
        }
    }

    private static void scalarLeft(Binary f, int n, float a, float[] b, int bFrom, float[] c, int cFrom) {
        int bound = SPECIES.loopBound(n);
        var left = FloatVector.broadcast(SPECIES, a);
        switch (f) {
            case ADD, MULTIPLY -> {
                scalarRight(f, n, b, bFrom, a, c, cFrom);
                return;
            }
            case SUBTRACT -> {
                for (int i = 0; i < bound; i += LANES) {
                    left.sub(FloatVector.fromArray(SPECIES, b, bFrom + i)).intoArray(c, cFrom + i);
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < bound; i += LANES) {
                    left.div(FloatVector.fromArray(SPECIES, b, bFrom + i)).intoArray(c, cFrom + i);
                }
            }
        }
        for (int i = bound; i < n; i++) {
            c[cFrom + i] = value(f, a, b[bFrom + i]);
        }
    }

    private static float value(Binary f, float a, float b) {
        return switch (f) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
        };
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

/** The program for graphics processors: work items of a group share local memory and read neighbouring elements. */
@SuppressWarnings("HidingField")
final class GpuProgram extends AffinityLocalCode {
    // These hide those of DeviceProgram, to be found sooner.
    int op, arenas;
    int pAt, qAt, rAt, sAt, tAt, uAt, vAt, wAt, kAt, lAt, mAt, nAt, oAt;
    int i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15;
    int i16, i17, i18, i19, i20, i21, i22, i23, i24, i25, i26, i27, i28, i29, i30, i31;
    float f0, f1, f2, f3, f4, f5, f6, f7;

    @Override
    boolean runs(int operation) {
        boolean processors = operation >= Op.ROWS
                || (operation >= Op.NORMALIZED_ACTIVATION && operation < Op.POOLING)
                || operation == Op.GATHER
                || operation == Op.GATHER_ROWS
                || operation == Op.WEIGHT_SUMS;
        return !processors;
    }

    @Override
    public void run() {
        int item = getGlobalId();
        int pArena = arenas & 3;
        float[] p = arena0;
        if (pArena == 1) {
            p = arena1;
        }
        if (pArena == 2) {
            p = arena2;
        }
        if (pArena == 3) {
            p = arena3;
        }
        int qArena = arenas >> 2 & 3;
        float[] q = arena0;
        if (qArena == 1) {
            q = arena1;
        }
        if (qArena == 2) {
            q = arena2;
        }
        if (qArena == 3) {
            q = arena3;
        }
        int rArena = arenas >> 4 & 3;
        float[] r = arena0;
        if (rArena == 1) {
            r = arena1;
        }
        if (rArena == 2) {
            r = arena2;
        }
        if (rArena == 3) {
            r = arena3;
        }
        int sArena = arenas >> 6 & 3;
        float[] s = arena0;
        if (sArena == 1) {
            s = arena1;
        }
        if (sArena == 2) {
            s = arena2;
        }
        if (sArena == 3) {
            s = arena3;
        }
        int tArena = arenas >> 8 & 3;
        float[] t = arena0;
        if (tArena == 1) {
            t = arena1;
        }
        if (tArena == 2) {
            t = arena2;
        }
        if (tArena == 3) {
            t = arena3;
        }
        int uArena = arenas >> 10 & 3;
        float[] u = arena0;
        if (uArena == 1) {
            u = arena1;
        }
        if (uArena == 2) {
            u = arena2;
        }
        if (uArena == 3) {
            u = arena3;
        }
        int vArena = arenas >> 12 & 3;
        float[] v = arena0;
        if (vArena == 1) {
            v = arena1;
        }
        if (vArena == 2) {
            v = arena2;
        }
        if (vArena == 3) {
            v = arena3;
        }
        int wArena = arenas >> 14 & 3;
        float[] w = arena0;
        if (wArena == 1) {
            w = arena1;
        }
        if (wArena == 2) {
            w = arena2;
        }
        if (wArena == 3) {
            w = arena3;
        }
        if (op < Op.ELEMENTWISE) {
            transfer(item, p);
        }
        if (op >= Op.ELEMENTWISE && op < Op.REDUCTION) {
            elementwise(item, p, q, r, s);
        }
        if (op >= Op.REDUCTION && op < Op.MOVEMENT) {
            reduction(item, p, q, r);
        }
        if (op >= Op.MOVEMENT && op < Op.UPDATE) {
            movement(item, p, q);
        }
        if (op >= Op.UPDATE && op < Op.SOFTMAX) {
            update(item, p, q, r, s);
        }
        if (op >= Op.SOFTMAX && op < Op.NORMALIZATION) {
            softmax(item, p, q, r, s, t);
        }
        if (op >= Op.NORMALIZATION && op < Op.NORMALIZED_ACTIVATION) {
            normalization(item, p, q, r, s, t, u, v, w);
        }
        if (op >= Op.POOLING && op < Op.RESAMPLING) {
            pooling(item, p, q, r);
        }
        if (op >= Op.RESAMPLING && op < Op.EPILOGUE) {
            resampling(item, p, q);
        }
        if (op >= Op.EPILOGUE && op < Op.MATRIX_PRODUCT) {
            epilogue(item, p, q, r, s, t, u);
        }
        if (op == Op.DIRECT_GATHER) {
            directGather(item, p, q, r, s);
        }
        if (op == Op.ADD_PARTS) {
            addWeightParts(item, p, q);
        }
        if (op == Op.AFFINITY_UNITS) {
            affinityUnits(item, p, q, r, s);
        }
        if (op == Op.AFFINITY_GRADIENT) {
            affinityGradient(item, p, q, r, s);
        }
        if (op == Op.AFFINITY_LOSS) {
            affinityLoss(item, p, q);
        }
        // Those with barriers come last, one the alternative of the other: PoCL compiles all that may follow a barrier
        // once more.
        if (op == Op.LOCAL_PRODUCT) {
            localProduct(p, q, r);
        } else {
            if (op == Op.LOCAL_GATHER) {
                localGather(p, q, r, s);
            } else {
                if (op == Op.LOCAL_WEIGHT_SUMS) {
                    localWeightSums(p, q, r);
                } else {
                    if (op == Op.AFFINITY_TILES) {
                        affinityLocalTiles(p, q, r, s, t, u, v);
                    }
                }
            }
        }
    }
}

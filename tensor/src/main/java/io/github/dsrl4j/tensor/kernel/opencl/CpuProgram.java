package io.github.dsrl4j.tensor.kernel.opencl;

/** The program for processors: a work item computes a run or a tile of its own, which the OpenCL compiler vectorises. */
@SuppressWarnings("HidingField")
final class CpuProgram extends DepthwiseWeightCode {
    // These hide those of DeviceProgram, to be found sooner.
    int op, arenas;
    int pAt, qAt, rAt, sAt, tAt, uAt, vAt, wAt, kAt, lAt, mAt, nAt, oAt;
    int i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15;
    int i16, i17, i18, i19, i20, i21, i22, i23, i24, i25, i26, i27, i28, i29, i30, i31;
    float f0, f1, f2, f3, f4, f5, f6, f7;

    @Override
    boolean runs(int operation) {
        return operation != Op.LOCAL_PRODUCT
                && operation != Op.LOCAL_GATHER
                && operation != Op.DIRECT_GATHER
                && operation != Op.LOCAL_WEIGHT_SUMS;
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
        int kArena = arenas >> 16 & 3;
        float[] k = arena0;
        if (kArena == 1) {
            k = arena1;
        }
        if (kArena == 2) {
            k = arena2;
        }
        if (kArena == 3) {
            k = arena3;
        }
        int lArena = arenas >> 18 & 3;
        float[] l = arena0;
        if (lArena == 1) {
            l = arena1;
        }
        if (lArena == 2) {
            l = arena2;
        }
        if (lArena == 3) {
            l = arena3;
        }
        int mArena = arenas >> 20 & 3;
        float[] m = arena0;
        if (mArena == 1) {
            m = arena1;
        }
        if (mArena == 2) {
            m = arena2;
        }
        if (mArena == 3) {
            m = arena3;
        }
        int nArena = arenas >> 22 & 3;
        float[] n = arena0;
        if (nArena == 1) {
            n = arena1;
        }
        if (nArena == 2) {
            n = arena2;
        }
        if (nArena == 3) {
            n = arena3;
        }
        int oArena = arenas >> 24 & 3;
        float[] o = arena0;
        if (oArena == 1) {
            o = arena1;
        }
        if (oArena == 2) {
            o = arena2;
        }
        if (oArena == 3) {
            o = arena3;
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
        if (op >= Op.NORMALIZED_ACTIVATION && op < Op.POOLING) {
            normalizedActivation(item, p, q, r, s, t, u, v, w, k, l, m, n, o);
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
        if (op == Op.GATHER) {
            gather(item, p, q, r, s);
        }
        if (op == Op.GATHER_ROWS) {
            gatherRows(item, p, q, r, s);
        }
        if (op == Op.WEIGHT_SUMS) {
            weightSums(item, p, q, r);
        }
        if (op == Op.ADD_PARTS) {
            addParts(item, p, q);
        }
        if (op == Op.AFFINITY_UNITS) {
            affinityUnits(item, p, q, r, s);
        }
        if (op == Op.AFFINITY_TILES) {
            affinityTiles(item, p, q, r, s, t, u, v);
        }
        if (op == Op.AFFINITY_GRADIENT) {
            affinityGradient(item, p, q, r, s);
        }
        if (op == Op.AFFINITY_LOSS) {
            affinityLoss(item, p, q);
        }
        if (op >= Op.BILINEAR_ROWS && op < Op.ADAPTIVE_ROWS) {
            resamplingRows(item, p, q);
        }
        if (op >= Op.ADAPTIVE_ROWS && op < Op.DEPTHWISE_WEIGHTS) {
            poolingRows(item, p, q);
        }
        if (op == Op.DEPTHWISE_WEIGHTS) {
            depthwiseWeights(item, p, q, r);
        }
    }
}

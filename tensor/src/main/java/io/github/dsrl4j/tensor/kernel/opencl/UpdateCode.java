package io.github.dsrl4j.tensor.kernel.opencl;

/** The optimisers' formulas, over the entries of a {@link StretchTable}. */
abstract class UpdateCode extends MovementCode {
    final void update(int item, float[] p, float[] q, float[] r, float[] s) {
        int first = item / i1 * i3;
        int last = min(i0, first + i3);
        int from = item % i1 * i2;
        for (int entry = first; entry < last; entry++) {
            int at = entry * StretchTable.WIDTH;
            int to = min(table[at], from + i2);
            if (op == Op.SGD) {
                sgd(from, to, f0, f1, f2, i4, i5, p, q, s, table[at + 1], table[at + 2], table[at + 4]);
            }
            if (op == Op.ADAM) {
                adam(from, to, p, q, r, s, table[at + 1], table[at + 2], table[at + 3], table[at + 4]);
            }
        }
    }

    private void sgd(
            int from,
            int to,
            float rate,
            float momentum,
            float decay,
            int nesterov,
            int first,
            float[] gradient,
            float[] velocity,
            float[] w,
            int gradientAt,
            int velocityAt,
            int wAt) {
        if (velocityAt < 0) {
            for (int i = from; i < to; i++) {
                w[wAt + i] = w[wAt + i] - rate * (gradient[gradientAt + i] + decay * w[wAt + i]);
            }
        } else {
            for (int i = from; i < to; i++) {
                float d = gradient[gradientAt + i] + decay * w[wAt + i];
                float v = first == 1 ? d : momentum * velocity[velocityAt + i] + d;
                velocity[velocityAt + i] = v;
                w[wAt + i] = w[wAt + i] - rate * (nesterov == 1 ? d + momentum * v : v);
            }
        }
    }

    /** f0 rate, f1 and f2 the betas, f3 epsilon, f4 decay, f5 and f6 the corrections of the means; i4: decay is decoupled. */
    private void adam(
            int from,
            int to,
            float[] gradient,
            float[] mean,
            float[] square,
            float[] w,
            int gradientAt,
            int meanAt,
            int squareAt,
            int wAt) {
        for (int i = from; i < to; i++) {
            float parameter = w[wAt + i];
            float d = gradient[gradientAt + i];
            if (i4 == 1) {
                parameter = parameter - f0 * f4 * parameter;
            } else {
                d = d + f4 * parameter;
            }
            float m = f1 * mean[meanAt + i] + (1f - f1) * d;
            float v = f2 * square[squareAt + i] + (1f - f2) * d * d;
            mean[meanAt + i] = m;
            square[squareAt + i] = v;
            w[wAt + i] = parameter - f0 * (m / f5) / (sqrt(v / f6) + f3);
        }
    }
}

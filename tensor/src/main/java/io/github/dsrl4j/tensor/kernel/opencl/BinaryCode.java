package io.github.dsrl4j.tensor.kernel.opencl;

/** Functions of two numbers, of operands of one shape or of shapes that broadcast. */
abstract class BinaryCode extends UnaryCode {
    /** {@code c = f(a, b)} on n elements; a step of 0 takes the same element again and again. */
    final void binary(
            int function, int n, float[] a, float[] b, float[] c, int aAt, int aStep, int bAt, int bStep, int cAt) {
        if (aStep == 1 && bStep == 1) {
            rowByRow(function, n, a, b, c, aAt, bAt, cAt);
        }
        if (aStep == 1 && bStep == 0) {
            rowByNumber(function, n, a, b[bAt], c, aAt, cAt);
        }
        if ((aStep != 1 || bStep > 1) || bStep < 0) {
            anyRows(function, n, a, b, c, aAt, aStep, bAt, bStep, cAt);
        }
    }

    private void rowByRow(int function, int n, float[] a, float[] b, float[] c, int aAt, int bAt, int cAt) {
        if (function == 0) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] + b[bAt + i];
            }
        }
        if (function == 1) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] - b[bAt + i];
            }
        }
        if (function == 2) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] * b[bAt + i];
            }
        }
        if (function == 3) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = (float) ((double) a[aAt + i] / (double) b[bAt + i]);
            }
        }
    }

    private void rowByNumber(int function, int n, float[] a, float b, float[] c, int aAt, int cAt) {
        if (function == 0) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] + b;
            }
        }
        if (function == 1) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] - b;
            }
        }
        if (function == 2) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i] * b;
            }
        }
        if (function == 3) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = (float) ((double) a[aAt + i] / (double) b);
            }
        }
    }

    private void anyRows(
            int function, int n, float[] a, float[] b, float[] c, int aAt, int aStep, int bAt, int bStep, int cAt) {
        if (function == 0) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i * aStep] + b[bAt + i * bStep];
            }
        }
        if (function == 1) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i * aStep] - b[bAt + i * bStep];
            }
        }
        if (function == 2) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = a[aAt + i * aStep] * b[bAt + i * bStep];
            }
        }
        if (function == 3) {
            for (int i = 0; i < n; i++) {
                c[cAt + i] = (float) ((double) a[aAt + i * aStep] / (double) b[bAt + i * bStep]);
            }
        }
    }

    /**
     * Elements {@code from} to {@code to} of c, whose extents are i2 to i5; the strides of a are i6 to i9, those of b i10 to i13.
     */
    final void broadcast(int function, int from, int to, float[] a, float[] b, float[] c, int aAt, int bAt, int cAt) {
        int i = from;
        while (i < to) {
            int column = i % i5;
            int row = i / i5;
            int z = row % i4;
            int y = row / i4 % i3;
            int x = row / i4 / i3;
            int count = min(i5 - column, to - i);
            binary(
                    function,
                    count,
                    a,
                    b,
                    c,
                    aAt + x * i6 + y * i7 + z * i8 + column * i9,
                    i9,
                    bAt + x * i10 + y * i11 + z * i12 + column * i13,
                    i13,
                    cAt + i);
            i = i + count;
        }
    }
}

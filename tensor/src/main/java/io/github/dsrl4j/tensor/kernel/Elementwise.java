package io.github.dsrl4j.tensor.kernel;

/** Arithmetic on one element at a time. Here the output may be the same stretch of memory as an input. */
public interface Elementwise {
    /** Functions of one number, with their derivative from x and y = f(x). */
    enum Unary {
        /** max(x, 0); derivative 0 at 0. */
        RELU,
        /** 1 / (1 + exp(-x)). */
        SIGMOID,
        TANH,
        EXP,
        /** Natural logarithm. */
        LOG,
        SQRT,
        /** |x|; derivative 0 at 0. */
        ABS,
        NEGATE,
        SQUARE
    }

    /** Functions of two numbers. */
    enum Binary {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE
    }

    /** Every element = value. */
    void fill(int n, float value, float[] y, int yOffset);

    /** {@code y = f(x)}. */
    void unary(Unary f, int n, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * {@code dx = dy f'(x)}; y is f(x). LOG, ABS and SQUARE read x alone, SIGMOID, TANH, EXP and SQRT y alone, and RELU the sign
     * of x, which y has too: who keeps only the one passes it for both.
     */
    void unaryBackward(
            Unary f,
            int n,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset);

    /** {@code c = f(a, b)} element by element. */
    void binary(Binary f, int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset);

    /**
     * {@code c = f(a, b)} on operands that broadcast. c is contiguous with extents {@code dims}; a stride of 0 stretches an
     * operand along that dimension.
     */
    void binaryBroadcast(
            Binary f,
            int[] dims,
            float[] a,
            int aOffset,
            int[] aStrides,
            float[] b,
            int bOffset,
            int[] bStrides,
            float[] c,
            int cOffset);

    /** {@code y = scale x + shift}. */
    void affine(int n, float scale, float shift, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y += scale x}. */
    void addScaled(int n, float scale, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * On {@code [batch, channels, area]}: {@code y = x} where x is positive, else {@code slope[channel] x}. One slope for all is
     * {@code channels = 1}.
     */
    void preluForward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] y,
            int yOffset);

    /** {@code dx = dy} or {@code slope dy}; {@code dslope = sum of dy x} over the elements that are not positive. */
    void preluBackward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dslope,
            int dslopeOffset);
}

package io.github.dsrl4j.tensor.kernel.opencl;

/** The numbers by which a launch says what the device program shall do; each family has a range of its own. */
final class Op {
    // Transfers: 1 to 9.
    static final int COPY_IN_SMALL = 1;
    static final int COPY_IN_LARGE = 2;
    static final int COPY_OUT_SMALL = 3;
    static final int COPY_OUT_LARGE = 4;
    static final int MARK = 5;
    static final int NEVER = 6;

    static final int ELEMENTWISE = 10;
    static final int FILL = 10;
    static final int AFFINE = 11;
    static final int ADD_SCALED = 12;
    static final int PRELU = 13;
    static final int PRELU_BACKWARD = 14;
    static final int PRELU_SLOPE = 15;
    static final int UNKNOWN_LABELS = 16;

    /** Plus the ordinal of Elementwise.Binary. */
    static final int BINARY = 20;

    /** Plus the ordinal of Elementwise.Binary. */
    static final int BROADCAST = 24;

    /** Plus the ordinal of Elementwise.Unary. */
    static final int UNARY = 30;

    /** Plus the ordinal of Elementwise.Unary. */
    static final int UNARY_BACKWARD = 40;

    static final int REDUCTION = 50;
    static final int SUM_ROWS = 50;
    static final int SUM_COLUMNS = 51;
    static final int MAX_ROWS = 52;
    static final int MAX_COLUMNS = 53;
    static final int ARG_MAX = 54;
    static final int SQUARED_DIFFERENCE = 55;
    static final int SQUARED_NORM = 56;

    static final int MOVEMENT = 70;
    static final int COPY = 70;
    static final int STRIDED_COPY = 71;
    static final int COPY_ALL = 72;

    static final int UPDATE = 80;
    static final int SGD = 80;
    static final int ADAM = 81;

    static final int SOFTMAX = 90;
    static final int SOFTMAX_FORWARD = 90;
    static final int SOFTMAX_BACKWARD = 91;
    static final int LOG_SOFTMAX_FORWARD = 92;
    static final int LOG_SOFTMAX_BACKWARD = 93;
    static final int CROSS_ENTROPY_FORWARD = 94;
    static final int CROSS_ENTROPY_BACKWARD = 95;
    static final int CROSS_ENTROPY_INVERSE = 96;

    static final int NORMALIZATION = 110;
    static final int STATISTICS = 110;
    static final int CHANNEL_SUMS = 111;
    static final int CHANNEL_SQUARES = 112;
    static final int CHANNEL_MEANS = 113;
    static final int NORMALIZE = 114;
    static final int NORMALIZE_BACKWARD = 115;
    static final int NORMALIZE_SUMS = 116;
    static final int NORMALIZE_TOTALS = 117;
    static final int NORMALIZE_DX = 118;
    static final int FOLLOW = 119;

    static final int NORMALIZED_ACTIVATION = 125;
    static final int ACTIVATE = 125;
    static final int ACTIVATE_BACKWARD = 126;

    static final int POOLING = 130;
    static final int MAX_POOL = 130;
    static final int MAX_POOL_BACKWARD = 131;
    static final int AVERAGE_POOL = 132;
    static final int AVERAGE_POOL_BACKWARD = 133;
    static final int ADAPTIVE_POOL = 134;
    static final int ADAPTIVE_BACKWARD_WIDTH = 135;
    static final int ADAPTIVE_BACKWARD_HEIGHT = 136;

    static final int RESAMPLING = 150;
    static final int BILINEAR = 150;
    static final int BILINEAR_BACKWARD_WIDTH = 151;
    static final int BILINEAR_BACKWARD_HEIGHT = 152;
    static final int NEAREST = 153;
    static final int NEAREST_BACKWARD = 154;

    static final int EPILOGUE = 170;

    static final int MATRIX_PRODUCT = 200;
    static final int LOCAL_PRODUCT = 200;

    static final int CONVOLUTION = 300;
    static final int GATHER = 300;
    static final int WEIGHT_SUMS = 301;
    static final int ADD_PARTS = 302;
    static final int LOCAL_GATHER = 303;
    static final int DIRECT_GATHER = 304;
    static final int LOCAL_WEIGHT_SUMS = 305;
    static final int GATHER_ROWS = 306;

    static final int AFFINITY = 400;
    static final int AFFINITY_UNITS = 400;
    static final int AFFINITY_TILES = 401;
    static final int AFFINITY_GRADIENT = 402;
    static final int AFFINITY_LOSS = 403;

    static final int ROWS = 500;
    static final int BILINEAR_ROWS = 500;
    static final int BILINEAR_ROWS_BACKWARD_HEIGHT = 501;
    static final int BILINEAR_ROWS_BACKWARD_WIDTH = 502;
    static final int ADAPTIVE_ROWS = 503;
    static final int ADAPTIVE_ROWS_BACKWARD_WIDTH = 504;
    static final int ADAPTIVE_ROWS_BACKWARD_HEIGHT = 505;
    static final int AVERAGE_ROWS_BACKWARD = 506;

    static final int DEPTHWISE_WEIGHTS = 510;

    static final int END = 600;

    private Op() {}
}

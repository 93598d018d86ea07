package io.github.dsrl4j.dsrl.dataset.street;

/** The class ids of CamVid. */
final class Label {
    static final int SKY = 0;
    static final int BUILDING = 1;
    static final int POLE = 2;
    static final int ROAD = 3;
    static final int PAVEMENT = 4;
    static final int TREE = 5;
    static final int SIGN = 6;
    static final int FENCE = 7;
    static final int CAR = 8;
    static final int PEDESTRIAN = 9;
    static final int BICYCLIST = 10;
    static final int UNLABELLED = 11;

    private Label() {}
}

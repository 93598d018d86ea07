/** The segmentation networks, the dual super-resolution framework around them, and the command line. */
module io.github.dsrl4j.dsrl {
    requires transitive io.github.dsrl4j.nn;
    requires transitive java.desktop;
    // What the JVM was started with, for the command line's doctor.
    requires java.management;
    // Optional: only the command line needs it.
    requires static info.picocli;

    exports io.github.dsrl4j.dsrl;
    exports io.github.dsrl4j.dsrl.dataset;
    exports io.github.dsrl4j.dsrl.inference;
    exports io.github.dsrl4j.dsrl.metric;
    exports io.github.dsrl4j.dsrl.network;
    exports io.github.dsrl4j.dsrl.report;
    exports io.github.dsrl4j.dsrl.train;

    // picocli fills the options by reflection.
    opens io.github.dsrl4j.dsrl.cli to
            info.picocli;
}

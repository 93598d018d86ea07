/** A program of somebody else, as a module. */
module consumer {
    requires transitive io.github.dsrl4j.dsrl;
}

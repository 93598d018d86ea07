package io.github.dsrl4j.dsrl.cli;

import java.io.Console;
import java.util.Optional;

/** What stands at the other end. */
final class Terminal {
    private Terminal() {}

    /** Whether a person watches, on a terminal that understands colours and redrawing. */
    static boolean isWatched() {
        // Whether there is a console object without a terminal differs between versions of Java.
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /** Two blanks in a colour and one without, where a person watches; else nothing. */
    static String swatch(int rgb) {
        return isWatched() ? "\033[48;2;%d;%d;%dm  \033[0m ".formatted(rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff) : "";
    }
}

package io.github.dsrl4j.nn.checkpoint;

import java.util.Set;

/** Names from files, which may hold anything, as they are fit to be shown in a message. */
final class Names {
    private static final int SHOWN = 100;

    private Names() {}

    /** At most {@value #SHOWN} characters of a name, control characters replaced. */
    static String shorten(String name) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), SHOWN); i++) {
            shown.append(printable(name.charAt(i)));
        }
        return name.length() > SHOWN ? shown + "..." : shown.toString();
    }

    /** That a file has no tensor of a name, and which one may be meant. */
    static CheckpointException unknown(String source, String name, Set<String> known) {
        return new CheckpointException(
                "%s: there is no tensor '%s'%s".formatted(source, shorten(name), EditDistance.didYouMean(name, known)));
    }

    /** The character itself, or its code if a terminal would not show it. */
    static String printable(char c) {
        return Character.isISOControl(c) || Character.isSurrogate(c) || !Character.isDefined(c)
                ? "\\u%04x".formatted((int) c)
                : Character.toString(c);
    }
}

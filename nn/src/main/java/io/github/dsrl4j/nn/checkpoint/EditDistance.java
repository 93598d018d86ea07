package io.github.dsrl4j.nn.checkpoint;

import java.util.Collection;

/** How many letters must be inserted, removed or replaced to turn one name into another (Levenshtein 1966). */
public final class EditDistance {
    private static final int MAX_LENGTH = 256;

    private EditDistance() {}

    /** {@code "; did you mean 'x'?"} for the nearest of the candidates, or nothing if none is near. */
    public static String didYouMean(String name, Collection<String> candidates) {
        String nearest = nearest(name, candidates);
        return nearest == null ? "" : "; did you mean '" + nearest + "'?";
    }

    /** The candidate that differs from {@code name} in the fewest letters, in a third of them at most, or null. */
    static String nearest(String name, Collection<String> candidates) {
        String nearest = null;
        int limit = Math.max(2, name.length() / 3);
        for (String candidate : candidates) {
            int distance = between(name, candidate, limit);
            if (distance <= limit) {
                nearest = candidate;
                limit = distance - 1;
            }
        }
        return nearest;
    }

    /** The distance between two names, or some number above {@code limit} if it is larger than that. */
    static int between(String a, String b, int limit) {
        int tooFar = Math.max(limit, 0) + 1;
        if (Math.abs(a.length() - b.length()) > limit || a.length() > MAX_LENGTH || b.length() > MAX_LENGTH) {
            return tooFar;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            int least = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
                least = Math.min(least, row[j]);
            }
            if (least > limit) {
                return tooFar;
            }
        }
        return row[b.length()];
    }
}

package io.github.dsrl4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RandomSourceTest {
    @Test
    void theSameArgumentsGiveTheSameNumbers() {
        assertEquals(
                RandomSource.seeded(1, 2, 3).nextLong(),
                RandomSource.seeded(1, 2, 3).nextLong());
    }

    @Test
    void neighboursAndOtherOrdersGiveOthers() {
        var seen = new HashSet<Long>();
        int count = 0;
        for (long seed = -2; seed < 3; seed++) {
            seen.add(RandomSource.seeded(seed).nextLong());
            count++;
            for (long a = 0; a < 20; a++) {
                seen.add(RandomSource.seeded(seed, a).nextLong());
                count++;
                for (long b = 0; b < 20; b++) {
                    seen.add(RandomSource.seeded(seed, a, b).nextLong());
                    count++;
                }
            }
        }
        assertEquals(count, seen.size());
    }

    @Test
    void neighboursAreUnrelated() {
        // The means of n first draws in [0, 1) of neighbouring seeds scatter around 1/2 by sqrt(1/12 / n) = 0.003.
        int n = 10_000;
        double sum = 0;
        double products = 0;
        double last = 0.5;
        for (int i = 0; i < n; i++) {
            double draw = RandomSource.seeded(5, i).nextDouble();
            sum += draw;
            products += (draw - 0.5) * (last - 0.5);
            last = draw;
        }
        assertEquals(0.5, sum / n, 0.012);
        assertEquals(0, products / n / (1.0 / 12), 0.04, "correlation");
    }

    @Test
    void isBoundForTheAction() {
        RandomGenerator own = RandomSource.seeded(1);
        RandomGenerator bound = RandomSource.seeded(2);
        assertSame(own, RandomSource.currentOr(own));
        assertSame(
                bound, RandomSource.<RandomGenerator, RuntimeException>with(bound, () -> RandomSource.currentOr(own)));
        assertSame(own, RandomSource.currentOr(own));
    }
}

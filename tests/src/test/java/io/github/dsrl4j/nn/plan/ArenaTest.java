package io.github.dsrl4j.nn.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArenaTest {
    /** A buffer and where it was put. */
    private static final class Buffer {
        private final Arena.Lifetime lifetime;
        private int offset = -1;

        Buffer(int size, int first, int last) {
            lifetime = new Arena.Lifetime(size, first, last, at -> offset = at);
        }

        boolean meets(Buffer other) {
            return lifetime.first() <= other.lifetime.last()
                    && other.lifetime.first() <= lifetime.last()
                    && offset < other.offset + other.lifetime.size()
                    && other.offset < offset + lifetime.size();
        }
    }

    @Test
    void reusesWhatIsNoLongerRead() {
        var a = new Buffer(100, 0, 1);
        var b = new Buffer(50, 1, 2);
        var c = new Buffer(100, 2, 3);
        assertEquals(112 + 64, Arena.assign(List.of(a.lifetime, b.lifetime, c.lifetime)));
        assertEquals(a.offset, c.offset);
        assertEquals(112, b.offset);
    }

    @Test
    void fillsTheLowestGap() {
        var wide = new Buffer(160, 0, 1);
        var low = new Buffer(64, 2, 9);
        var high = new Buffer(48, 2, 9);
        var late = new Buffer(32, 5, 6);
        assertEquals(160, Arena.assign(List.of(wide.lifetime, low.lifetime, high.lifetime, late.lifetime)));
        assertEquals(0, low.offset);
        assertEquals(64, high.offset);
        assertEquals(112, late.offset);
    }

    @Test
    void buffersThatLiveAtOneTimeNeverMeet() {
        for (int seed = 0; seed < 100; seed++) {
            var random = new Random(seed);
            var buffers = new ArrayList<Buffer>();
            for (int i = 0; i < 40; i++) {
                int first = random.nextInt(50);
                buffers.add(new Buffer(1 + random.nextInt(300), first, first + random.nextInt(10)));
            }
            int length =
                    Arena.assign(buffers.stream().map(buffer -> buffer.lifetime).toList());
            for (Buffer a : buffers) {
                assertTrue(a.offset >= 0 && a.offset + a.lifetime.size() <= length);
                assertEquals(0, a.offset % 16);
                for (Buffer b : buffers) {
                    assertTrue(a == b || !a.meets(b), "seed " + seed);
                }
            }
        }
    }
}

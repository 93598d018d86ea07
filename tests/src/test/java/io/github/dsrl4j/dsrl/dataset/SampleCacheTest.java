package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory that samples are kept in is bounded, over all data sets together. */
final class SampleCacheTest {
    /** 4 x 3 pixels of 4 bytes. */
    private static final int SAMPLE = 48;

    /** Counts how often a sample is made. */
    private static final class Counted implements Dataset {
        private final AtomicInteger reads = new AtomicInteger();

        @Override
        public String name() {
            return "counted";
        }

        @Override
        public ClassSet classes() {
            return ClassSet.CAMVID;
        }

        @Override
        public int size() {
            return 10;
        }

        @Override
        public Sample get(int index) {
            reads.incrementAndGet();
            return new Sample("s" + index, Pictures.texture(4, 3), Pictures.uniform(4, 3, index));
        }

        @Override
        public List<String> notes() {
            return List.of("a note");
        }

        @Override
        public String fingerprint() {
            return "fingerprint";
        }
    }

    private static void epochs(Dataset dataset, int count) {
        for (int epoch = 0; epoch < count; epoch++) {
            IntStream.range(0, dataset.size())
                    .forEach(i -> assertEquals("s" + i, dataset.get(i).name()));
        }
    }

    /** Size of the cache, how many of the ten samples fit, and how often five epochs read. */
    @ParameterizedTest
    @CsvSource({"0, 0, 50", "47, 0, 50", "48, 1, 46", "150, 3, 38", "479, 9, 14", "480, 10, 10", "100000, 10, 10"})
    void whatFitsIsReadOnce(long bytes, int kept, int reads) {
        var source = new Counted();
        var cache = new SampleCache(bytes);
        epochs(cache.of(source), 5);
        assertEquals(reads, source.reads.get());
        assertEquals((long) kept * SAMPLE, cache.reserved());
        assertEquals(bytes, cache.limit());
    }

    @Test
    void dataSetsShareTheBound() {
        var cache = new SampleCache(12 * SAMPLE);
        var first = new Counted();
        var second = new Counted();
        epochs(cache.of(first), 2);
        epochs(cache.of(second), 2);
        assertEquals(10, first.reads.get());
        assertEquals(2 + 2 * 8, second.reads.get());
        assertEquals(12 * SAMPLE, cache.reserved());
    }

    @Test
    void threadsThatReadAtOnceReserveOnce() {
        var cache = new SampleCache(10 * SAMPLE);
        var dataset = cache.of(new Counted());
        IntStream.range(0, 10_000).parallel().forEach(i -> dataset.get(i % 10));
        assertEquals(10 * SAMPLE, cache.reserved());
    }

    @Test
    void allElseIsTheSources() {
        var source = new Counted();
        var cached = new SampleCache(1000).of(source);
        assertEquals("counted", cached.name());
        assertEquals(List.of("a note"), cached.notes());
        assertEquals("fingerprint", cached.fingerprint());
        assertEquals("fingerprint", cached.samplesFingerprint());
        assertSame(ClassSet.CAMVID, cached.classes());
        assertSame(cached, cached.cached());
        assertSame(source, new SampleCache(0).of(source));
        assertEquals(7, cached.labels(7).label(0, 0));
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertEquals(
                "sample cache: -1 bytes; at least 0 are expected",
                assertThrows(IllegalArgumentException.class, () -> new SampleCache(-1))
                        .getMessage());
    }
}

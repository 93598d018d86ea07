package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.SampleCache;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How much memory keeps decoded images. */
final class CacheOption {
    @Option(
            names = "--cache",
            paramLabel = "SIZE",
            converter = Converter.class,
            description = {
                "Memory for decoded images, 4 bytes per pixel, e.g. 512m or 2g; 0 reads every image again in every epoch.",
                "A quarter of the heap unless given; the images that fit are kept, and given up before memory runs out.",
                "The result is the same."
            })
    private SampleCache cache;

    SampleCache cache() {
        if (cache == null) {
            cache = SampleCache.ofHeap();
        }
        return cache;
    }

    /** A number of bytes, KiB (k), MiB (m) or GiB (g). */
    static final class Converter implements ITypeConverter<SampleCache> {
        private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kmg]?)b?");

        @Override
        public SampleCache convert(String value) {
            Matcher size = SIZE.matcher(value.strip().toLowerCase(Locale.ROOT));
            if (!size.matches()) {
                throw new TypeConversionException(
                        "'" + value + "' is no size; bytes with k, m or g behind are expected, e.g. 512m, or 0");
            }
            int shift = 10 * " kmg".indexOf(size.group(2).isEmpty() ? " " : size.group(2));
            return new SampleCache(Long.parseLong(size.group(1)) << shift);
        }
    }
}

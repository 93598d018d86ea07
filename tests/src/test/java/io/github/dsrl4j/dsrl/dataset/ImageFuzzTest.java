package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged images of all formats give an image or the documented exception. {@code -Ddsrl4j.fuzz.images=N} sets the number of inputs,
 * {@code -Ddsrl4j.fuzz.seed=S} where they begin.
 */
final class ImageFuzzTest {
    private static final int INPUTS = Integer.getInteger("dsrl4j.fuzz.images", 20_000);
    private static final long SEED = Long.getLong("dsrl4j.fuzz.seed", 1);

    @TempDir
    private Path folder;

    private static List<byte[]> seeds() throws IOException {
        var seeds = new ArrayList<byte[]>();
        for (int type : new int[] {
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_USHORT_GRAY,
            BufferedImage.TYPE_BYTE_BINARY
        }) {
            var image = new BufferedImage(9, 7, type);
            for (String format : new String[] {"png", "jpg", "bmp", "gif", "tif"}) {
                var out = new ByteArrayOutputStream();
                try {
                    if (ImageIO.write(image, format, out)) {
                        seeds.add(out.toByteArray());
                    }
                } catch (IOException e) {
                    assertTrue(type != BufferedImage.TYPE_3BYTE_BGR, format + " takes plain RGB");
                }
            }
        }
        // With contents, in every compression, and with what stands beside the pixels.
        TruncatedImagesTest.files().forEach(file -> seeds.add((byte[]) file.get()[0]));
        seeds.add(TruncatedImagesTest.gif(true, 0b00_000_100, 0b0000_101_0));
        seeds.add(ImageFormsTest.withSegments(
                ImageFormsTest.jpeg(),
                ImageFormsTest.exif(ImageFormsTest.tiff(ByteOrder.BIG_ENDIAN, 3, 6)),
                ImageFormsTest.adobe(1)));
        seeds.add(ImageFormsTest.png(0, 8, ImageFormsTest.pixels(1), ImageFormsTest.chunk("tRNS", (byte) 0, (byte) 5)));
        seeds.add(ImageFormsTest.bmp16(0xF800, 0x7E0, 0x1F, 0x1234));
        return seeds;
    }

    private static byte[] mutated(Random random, byte[] seed) {
        byte[] file = seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(random.nextBoolean() ? Math.min(64, file.length) : file.length);
            switch (random.nextInt(4)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt(256);
                case 2 -> file[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                default -> file = Arrays.copyOf(file, Math.max(1, at));
            }
        }
        return file;
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void damagedFilesGiveImagesOrTheDocumentedException() throws IOException {
        List<byte[]> seeds = seeds();
        assertTrue(seeds.size() >= 35, seeds.size() + " seeds");
        Path file = folder.resolve("damaged");
        int read = 0;
        int refused = 0;
        for (int i = 0; i < INPUTS; i++) {
            var random = new Random(SEED * 1_000_003 + i);
            Files.write(file, mutated(random, seeds.get(random.nextInt(seeds.size()))));
            try {
                if (random.nextBoolean()) {
                    ColorImage.read(file);
                } else {
                    LabelMap.read(file);
                }
                read++;
            } catch (DatasetException e) {
                assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("input %d of seed %d".formatted(i, SEED), e);
            }
        }
        assertTrue(read > INPUTS / 20 && refused > INPUTS / 20, read + " read, " + refused + " refused");
    }
}

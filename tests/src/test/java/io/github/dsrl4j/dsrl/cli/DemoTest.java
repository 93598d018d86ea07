package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.Evaluator;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a very small scale. */
final class DemoTest {
    @Test
    void trainsBothVariantsAndShowsThem(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("demo");
        String[] demo = {
            "demo",
            "--out",
            out.toString(),
            "--images",
            "4",
            "--epochs",
            "1",
            "--input",
            "32x48",
            "--seconds",
            "120",
            "--json"
        };
        Map<String, Object> json = Dsrl.run(demo).expect(0).json();
        assertEquals(out.resolve("report.html").toString(), json.get("report"));
        String page = Files.readString(out.resolve("report.html"));
        // The images that no network was trained on, generated here apart from the demo.
        Dataset test = Datasets.open("streets:128", null, Split.TEST, 96, 64);
        assertEquals(32, test.size());
        for (String variant : List.of("baseline", "dsrl")) {
            assertTrue(Files.isRegularFile(out.resolve(variant).resolve("best.safetensors")), variant);
            assertTrue(page.contains("mIoU of " + variant), variant);
            Map<?, ?> scores = (Map<?, ?>) ((Map<?, ?>) json.get("test")).get(variant);
            Evaluation expected = new Evaluator(test, 32, 48, 8)
                    .evaluate(new RunDirectory(out.resolve(variant)).lastModel(), false, Progress.NONE);
            assertEquals(
                    expected.fullResolution().meanIou(), ((Number) scores.get("miou")).doubleValue(), 1e-12, variant);
            String percent = String.format(
                    Locale.ROOT, "%.1f %%", 100 * expected.fullResolution().meanIou());
            assertTrue(
                    page.contains("<b>%s</b><span>mIoU of %s".formatted(percent, variant)),
                    () -> variant + " has " + percent);
        }
        // Four pictures of each: input, truth and two predictions with the photograph beneath; input, bilinear, branch
        // and original.
        assertEquals(3 * (1 + 3 * 2) + 4 * 4, page.split("<img ", -1).length - 1);
        assertFalse(page.contains("src=\"http"));
        assertTrue(page.contains("dsrl demo --images 4 --epochs 1 --input 32x48 --seed 1"));

        var again = Dsrl.run(demo).expect(2);
        assertTrue(again.err().contains("there is a demo already"), again.err());
    }
}

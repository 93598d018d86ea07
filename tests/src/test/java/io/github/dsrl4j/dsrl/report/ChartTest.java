package io.github.dsrl4j.dsrl.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.dataset.ClassSet;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

final class ChartTest {
    @ParameterizedTest
    @CsvSource({
        // range, ticks wanted; axis
        "0, 1, 4, 0, 1, 0.5",
        "0, 0.97, 5, 0, 1, 0.2",
        "0.31, 0.36, 4, 0.3, 0.36, 0.02",
        "0, 8, 8, 0, 8, 1",
        "0, 60, 8, 0, 60, 10",
        "2.1, 2.1, 4, 2, 3, 1",
        "0, 0, 4, 0, 0.5, 0.5"
    })
    void axesEndAtRoundNumbers(double least, double most, int ticks, double from, double to, double step) {
        Axis axis = Axis.covering(least, most, ticks);
        assertEquals(from, axis.least(), 1e-9);
        assertEquals(to, axis.most(), 1e-9);
        assertEquals(step, axis.step(), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"0.2, 0.6, 0.6", "0.02, 0.06, 0.06", "5, 10, 10", "0.5, 0, 0.0", "2, -0.0, 0"})
    void ticksHaveTheDecimalsOfTheStep(double step, double tick, String label) {
        assertEquals(label, new Axis(0, 1, step).label(tick));
    }

    @Test
    void aLineIsInterruptedWhereAValueIsMissing() throws Exception {
        String html = new LineChart("Loss & <more>", "why")
                .with("a", 0, new double[] {3, Double.NaN, 1, 0.5})
                .with("missing", 1, new double[] {Double.NaN, Double.NaN})
                .html();
        Document drawing = parse(html);
        Element path = (Element) drawing.getElementsByTagName("path").item(0);
        assertEquals(1, drawing.getElementsByTagName("path").getLength());
        assertEquals(2, path.getAttribute("d").chars().filter(c -> c == 'M').count(), path.getAttribute("d"));
        assertEquals(3, drawing.getElementsByTagName("circle").getLength());
        assertTrue(html.contains("Loss &amp; &lt;more&gt;"), html);
        assertFalse(html.contains("NaN"), html);
    }

    @Test
    void pointsLieWhereTheirValuesAre() throws Exception {
        Document drawing = parse(
                new LineChart("t", "r").with("a", 0, new double[] {0, 5, 10}).html());
        List<Double> heights = List.of(0, 1, 2).stream()
                .map(i -> Double.parseDouble(
                        ((Element) drawing.getElementsByTagName("circle").item(i)).getAttribute("cy")))
                .toList();
        assertEquals(heights.get(0) - heights.get(1), heights.get(1) - heights.get(2), 0.02);
        assertTrue(heights.get(2) < heights.get(0), "larger values stand higher");
    }

    @Test
    void aSingleEpochIsADot() throws Exception {
        Document drawing =
                parse(new LineChart("t", "r").with("a", 0, new double[] {0.5}).html());
        assertEquals(1, drawing.getElementsByTagName("circle").getLength());
        assertTrue(new LineChart("t", "r").with("a", 0, new double[0]).isEmpty());
    }

    @Test
    void everyClassHasABarOfEveryModel() throws Exception {
        double[] shares = new double[11];
        shares[0] = 1;
        shares[1] = 0.5;
        shares[2] = Double.NaN;
        Document drawing = parse(new BarChart(ClassSet.CAMVID)
                .with("one", 0, shares)
                .with("two", 1, new double[11])
                .html());
        var boxes = drawing.getElementsByTagName("rect");
        // A swatch and two bars a class, but for the one that is missing.
        assertEquals(3 * 11 - 1, boxes.getLength());
        double full = Double.parseDouble(((Element) boxes.item(1)).getAttribute("width"));
        double half = Double.parseDouble(((Element) boxes.item(4)).getAttribute("width"));
        assertEquals(full / 2, half, 0.02);
    }

    @ParameterizedTest
    @CsvSource({"999, 999", "9999, '9,999'", "78132, 78 k", "13514205, 13.5 M", "2699050000, 2.70 G"})
    void countsAreShort(long number, String text) {
        assertEquals(text, Html.count(number));
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.3 s", "9.94, 9.9 s", "42.4, 42 s", "65, 1 min 05 s", "3725, 1 h 02 min"})
    void durationsAreAsPeopleSayThem(double seconds, String text) {
        assertEquals(text, Html.duration(seconds));
    }

    private static Document parse(String html) throws Exception {
        String svg = html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + 6);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}

package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pieces of HTML. Arguments called {@code text} are plain and become escaped; those called {@code html} stay as they are. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** An image that the page itself holds; with sharp pixels where a pixel means something of its own. */
    static String image(ColorImage image, String altText, boolean pixels) {
        return "<img src=\"data:image/png;base64,%s\" width=\"%d\" height=\"%d\" alt=\"%s\"%s>"
                .formatted(
                        Base64.getEncoder().encodeToString(png(image)),
                        image.width(),
                        image.height(),
                        escape(altText),
                        pixels ? " class=\"pixels\"" : "");
    }

    private static byte[] png(ColorImage image) {
        var bytes = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image.toBufferedImage(), "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException("report: an image cannot be encoded: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /** An image with a caption of a title and a remark. */
    static String figure(String imageHtml, String titleText, String remarkText) {
        return "<figure>%s<figcaption><b>%s</b> <span>%s</span></figcaption></figure>\n"
                .formatted(imageHtml, escape(titleText), escape(remarkText));
    }

    /** A colour as CSS writes it. */
    static String color(int rgb) {
        return "#%06x".formatted(rgb);
    }

    /** A table whose first column names the row; the first row is the head. */
    static String table(List<List<String>> rowsOfText) {
        var html = new StringBuilder("<div class=\"scroll\"><table>\n");
        for (int r = 0; r < rowsOfText.size(); r++) {
            html.append(r == 0 ? "<thead><tr>" : "<tr>");
            List<String> row = rowsOfText.get(r);
            for (int c = 0; c < row.size(); c++) {
                String scope = r == 0 ? "col" : "row";
                html.append(
                        r == 0 || c == 0
                                ? "<th scope=\"%s\">%s</th>".formatted(scope, escape(row.get(c)))
                                : "<td>%s</td>".formatted(escape(row.get(c))));
            }
            html.append(r == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    /** A share as per cent with one decimal. */
    static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    static String fixed(double number, int decimals) {
        return Double.isNaN(number) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    /** A large count in thousands, millions or milliards, with three digits or so. */
    static String count(long number) {
        if (number < 10_000) {
            return String.format(Locale.ROOT, "%,d", number);
        }
        if (number < 1_000_000) {
            return String.format(Locale.ROOT, "%.0f k", number / 1e3);
        }
        return number < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f M", number / 1e6)
                : String.format(Locale.ROOT, "%.2f G", number / 1e9);
    }

    /** A length of time as people say it. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return fixed(seconds, seconds < 10 ? 1 : 0) + " s";
        }
        return whole < 3600
                ? "%d min %02d s".formatted(whole / 60, whole % 60)
                : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
    }
}

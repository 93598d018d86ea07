package io.github.dsrl4j.dsrl.dataset;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Names what a file is that no decoder takes: mostly a format of the web, or something that went wrong on the way here. */
final class UnknownFormat {
    private static final int SNIFFED = 64;

    /** By what they begin with, a dot for any byte. */
    private static final Map<String, String> BEGINNINGS = beginnings();

    private UnknownFormat() {}

    private static Map<String, String> beginnings() {
        var known = new LinkedHashMap<String, String>();
        known.put("RIFF....WEBP", "WebP");
        known.put("....ftypavif", "AVIF");
        known.put("....ftypavis", "AVIF");
        known.put("....ftyphei", "HEIC");
        known.put("....ftyphev", "HEIC");
        known.put("....ftypmif1", "HEIC or AVIF");
        known.put("....ftypcrx", "a raw photograph (CR3)");
        known.put("....ftyp", "a film");
        known.put("....jP  \r\n", "JPEG 2000");
        known.put("\u00FFO\u00FFQ", "JPEG 2000");
        known.put("....JXL \r\n", "JPEG XL");
        known.put("\u00FF\n", "JPEG XL");
        known.put("8BPS", "a Photoshop file");
        known.put("%PDF", "PDF");
        known.put("%!PS", "PostScript");
        known.put("<svg", "SVG");
        known.put("<?xml", "XML, perhaps SVG");
        known.put("<", "a web page");
        known.put("version https://git-lfs", "a Git LFS pointer and not the image; fetch it with 'git lfs pull'");
        known.put("PK\u0003\u0004", "a zip file");
        known.put("\u001F\u008B", "a gzip file");
        for (int kind = 1; kind <= 7; kind++) {
            known.put("P" + kind + "\n", "PNM");
            known.put("P" + kind + " ", "PNM");
        }
        known.put("II+\0", "BigTIFF");
        known.put("MM\0+", "BigTIFF");
        known.put("\0\0\u0001\0", "an icon (ICO)");
        known.put("v/1\u0001", "OpenEXR");
        known.put("#?RADIANCE", "Radiance HDR");
        known.put("#?RGBE", "Radiance HDR");
        known.put("BZh", "a bzip2 file");
        known.put("\u00FD7zXZ", "an xz file");
        known.put("(\u00B5/\u00FD", "a zstd file");
        known.put("7z\u00BC\u00AF", "a 7z file");
        known.put("Rar!", "a rar file");
        known.put("\u0093NUMPY", "a NumPy array");
        known.put("\u0089HDF", "HDF5");
        known.put("\u0089PNG", "a PNG that was damaged when it was copied as text");
        return known;
    }

    static String describe(byte[] file) {
        if (file.length == 0) {
            return "the file is empty";
        }
        String start = new String(file, 0, Math.min(SNIFFED, file.length), StandardCharsets.ISO_8859_1);
        for (var known : BEGINNINGS.entrySet()) {
            String beginning = known.getKey();
            String compared = beginning.startsWith("<")
                    ? start.replaceFirst("^\u00EF\u00BB\u00BF", "")
                            .stripLeading()
                            .toLowerCase(Locale.ROOT)
                    : start;
            if (begins(compared, beginning)) {
                return "it is " + known.getValue();
            }
        }
        return "unknown format";
    }

    private static boolean begins(String start, String pattern) {
        if (start.length() < pattern.length()) {
            return false;
        }
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.charAt(i) != '.' && pattern.charAt(i) != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}

package io.github.dsrl4j.nn.checkpoint;

import java.util.List;
import java.util.Locale;

/**
 * What a file looks like that is no checkpoint of a known format: something that went wrong on the way here, or a file
 * of another tool. Judged by its first bytes, and by its name where they say nothing.
 */
final class ForeignFile {
    private static final String READ =
            "safetensors (.safetensors) and PyTorch (.pth, .pt, .bin) files and indices of several (.index.json) are read";
    private static final String EXPORT =
            "; in the tool that made it, save the weights as a PyTorch or safetensors file";

    private ForeignFile() {}

    /**
     * A beginning by which a kind of file is known.
     *
     * @param at where the letters stand
     */
    private record Magic(int at, String letters, String kind) {}

    private static final List<Magic> MAGICS = List.of(
            new Magic(
                    0,
                    "version https://git-lfs",
                    "a Git LFS pointer and not the weights; fetch them with 'git lfs pull'"),
            new Magic(0, "/annex/objects/", "a git-annex pointer and not the weights; fetch them with 'git annex get'"),
            new Magic(0, "\u001f\u008b", "a gzip file; unpack it first"),
            new Magic(0, "BZh", "a bzip2 file; unpack it first"),
            new Magic(0, "\u00fd7zXZ", "an xz file; unpack it first"),
            new Magic(0, "(\u00b5/\u00fd", "a Zstandard file; unpack it first"),
            new Magic(0, "7z\u00bc\u00af", "a 7z archive; unpack it first"),
            new Magic(0, "Rar!", "a RAR archive; unpack it first"),
            new Magic(0, "\u0089HDF", "an HDF5 file (.h5), as Keras and MATLAB write them" + EXPORT),
            new Magic(4, "TFL3", "a TensorFlow Lite model (.tflite)" + EXPORT),
            new Magic(0, "GGUF", "a GGUF file, as llama.cpp reads it" + EXPORT),
            new Magic(
                    0, "\u0093NUMPY", "a NumPy array (.npy); in Python, save a dictionary of tensors with torch.save"),
            new Magic(0, "MATLAB 5.0", "a MATLAB file (.mat)" + EXPORT),
            new Magic(0, "ftrt", "a TensorRT engine, which holds no weights for other programs" + EXPORT),
            new Magic(0, "ptrt", "a TensorRT engine, which holds no weights for other programs" + EXPORT),
            new Magic(0, "%PDF", "a PDF and not the weights; the download went wrong"),
            new Magic(0, "\u0089PNG", "an image and not the weights"),
            new Magic(0, "\u00ff\u00d8\u00ff", "an image and not the weights"));

    /** The endings of names whose contents begin with nothing of their own. */
    private record Ending(String regex, String kind) {}

    private static final List<Ending> ENDINGS = List.of(
            new Ending(
                    ".*\\.onnx[._]data|.*\\.data",
                    "the external data of an ONNX model, which says nothing of names and shapes; read the .onnx file beside it"),
            new Ending(".*\\.onnx", "an ONNX model, which is run as it is and not read as weights (OnnxModel.load)"),
            new Ending(".*\\.pb", "a TensorFlow model (.pb)" + EXPORT),
            new Ending(".*\\.(ckpt|index|data-[0-9]+-of-[0-9]+)", "a TensorFlow checkpoint" + EXPORT),
            new Ending(".*\\.tflite", "a TensorFlow Lite model (.tflite)" + EXPORT),
            new Ending(".*\\.mlmodel", "a Core ML model" + EXPORT),
            new Ending(".*\\.bin", "raw numbers of another tool (OpenVINO, ncnn, MNN, GGML)" + EXPORT),
            new Ending(
                    ".*\\.(params|weights|caffemodel|pdparams|pdiparams|msgpack|engine|plan)",
                    "weights of another tool" + EXPORT));

    /**
     * A sentence about a file.
     *
     * @param name its name
     * @param start its first bytes, as Latin-1
     */
    static String guess(String name, String start) {
        if (start.isEmpty()) {
            return "the file is empty";
        }
        if (start.chars().allMatch(c -> c == 0)) {
            return "the file begins with zeros alone; the download or copy was not finished";
        }
        for (Magic magic : MAGICS) {
            if (start.startsWith(magic.letters(), magic.at())) {
                return "this is " + magic.kind();
            }
        }
        String text = start.stripLeading();
        if (text.startsWith("<")) {
            return text.contains("<net ")
                    ? "this is an OpenVINO model (.xml)" + EXPORT
                    : "this is a web page and not the weights; the download went wrong";
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (Ending ending : ENDINGS) {
            if (lower.matches("(?s)" + ending.regex())) {
                return "this looks like " + ending.kind();
            }
        }
        return "the format is not known; " + READ;
    }
}

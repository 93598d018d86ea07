package io.github.dsrl4j.nn.checkpoint;

import java.util.Set;

/** What a zip file is that holds no weights of PyTorch's, judged by the names in it. */
final class ForeignZip {
    private ForeignZip() {}

    static String guess(Set<String> names) {
        if (any(names, "model.weights.h5")) {
            return "a Keras file (.keras); in Keras, save the weights as a PyTorch or safetensors file";
        }
        if (names.stream().anyMatch(name -> name.endsWith(".npy"))) {
            return "a NumPy file (.npz) of arrays; in Python, save them with safetensors.numpy.save_file";
        }
        if (any(names, "model.json") || any(names, "archive_format")) {
            return "an exported program or a TorchScript file of before PyTorch 1.4; load it with PyTorch and save"
                    + " model.state_dict()";
        }
        if (names.stream()
                .anyMatch(name -> name.endsWith(".pth") || name.endsWith(".pt") || name.endsWith(".safetensors"))) {
            return "an archive with files of weights in it; unpack it first";
        }
        if (names.stream().anyMatch(name -> name.endsWith(".mlmodel"))) {
            return "a Core ML package; in the tool that made it, save the weights as a PyTorch or safetensors file";
        }
        return "a zip file of something else";
    }

    private static boolean any(Set<String> names, String own) {
        return names.stream().anyMatch(name -> name.equals(own) || name.endsWith("/" + own));
    }
}

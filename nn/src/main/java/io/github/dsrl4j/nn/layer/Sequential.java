package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Layers one after the other, named {@code "0"}, {@code "1"}, ... or as given. A {@link BatchNorm2d} and a {@link PRelu} that follow each
 * other are one operation in training.
 */
public final class Sequential extends Layer {
    private final List<Layer> layers = new ArrayList<>();

    /** Layers named by their position. */
    public Sequential(Layer... layers) {
        for (int i = 0; i < layers.length; i++) {
            this.layers.add(child(Integer.toString(i), layers[i]));
        }
    }

    /** Layers under names of their own, in the map's order. */
    public Sequential(SequencedMap<String, ? extends Layer> layers) {
        layers.forEach((name, layer) -> this.layers.add(child(name, layer)));
    }

    /**
     * Layers under names of their own: {@code Sequential.of(Map.entry("conv", conv), Map.entry("bn", bn))}.
     *
     * @throws IllegalArgumentException if a name appears twice
     */
    @SafeVarargs
    public static Sequential of(Map.Entry<String, ? extends Layer>... entries) {
        var named = new LinkedHashMap<String, Layer>();
        for (var entry : entries) {
            if (named.put(entry.getKey(), entry.getValue()) != null) {
                throw new IllegalArgumentException("sequential: the name '" + entry.getKey() + "' appears twice");
            }
        }
        return new Sequential(named);
    }

    @Override
    protected Variable forward(Variable x) {
        Variable y = x;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof BatchNorm2d normalisation
                    && i + 1 < layers.size()
                    && layers.get(i + 1) instanceof PRelu activation) {
                y = normalisation.applyActivated(activation, y);
                i++;
            } else {
                y = layers.get(i).apply(y);
            }
        }
        return y;
    }

    /** The layers in order. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }
}

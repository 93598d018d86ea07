package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.function.Function;

/**
 * The graph that a variable was computed by, as text in the DOT language of Graphviz: operations are boxes with the shape of their
 * output and their multiply-adds, parameters are filled ellipses, constants dashed ones. Arrows point the way the values went.
 * A backward pass frees the graph, so draw it before; a freed box is marked so and has no inputs.
 *
 * <pre>{@code Files.writeString(path, GraphPicture.dot(loss)); // dot -Tsvg graph.dot -o graph.svg}</pre>
 */
public final class GraphPicture {
    private final IdentityHashMap<Object, String> identifiers = new IdentityHashMap<>();
    private final Deque<Variable> open = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();
    private final Function<Variable, String> names;

    private GraphPicture(Function<Variable, String> names) {
        this.names = names;
    }

    /** The graph behind this variable. */
    public static String dot(Variable root) {
        return dot(root, variable -> null);
    }

    /** The graph behind this variable, with names for those variables for which {@code names} gives one that is not null. */
    public static String dot(Variable root, Function<Variable, String> names) {
        return new GraphPicture(names).draw(root);
    }

    private String draw(Variable root) {
        text.append("digraph {\n  rankdir=BT;\n  node [fontname=\"sans-serif\"];\n");
        identifier(root);
        while (!open.isEmpty()) {
            Variable variable = open.remove();
            describe(variable);
            if (variable.node() != null) {
                for (Variable input : variable.node().inputs()) {
                    text.append("  %s -> %s;\n".formatted(identifier(input), identifier(variable)));
                }
            }
        }
        return text.append("}\n").toString();
    }

    /** The variable's name in the text; at the first time it is lined up to be described. */
    private String identifier(Variable variable) {
        Object key = variable.node() == null ? variable : variable.node();
        String known = identifiers.get(key);
        if (known == null) {
            known = "n" + identifiers.size();
            identifiers.put(key, known);
            open.add(variable);
        }
        return known;
    }

    private void describe(Variable variable) {
        String name = names.apply(variable);
        String prefix = name == null ? "" : escape(name) + "\\n";
        Node node = variable.node();
        String label;
        String look;
        if (node != null) {
            label = prefix + escape(node.operation().name()) + "\\n" + variable.shape() + cost(node, variable.shape());
            look = "shape=box";
        } else if (variable.requiresGradient()) {
            label = prefix + "parameter\\n" + variable.shape();
            look = "shape=ellipse, style=filled, fillcolor=\"#cfe8cf\"";
        } else {
            label = prefix + "constant\\n" + variable.shape();
            look = "shape=ellipse, style=dashed";
        }
        text.append("  %s [label=\"%s\", %s];\n".formatted(identifier(variable), label, look));
    }

    private static String cost(Node node, Shape output) {
        if (node.inputs().isEmpty()) {
            return "\\n(freed by backward)";
        }
        Shape[] shapes = node.inputs().stream().map(Variable::shape).toArray(Shape[]::new);
        long multiplyAdds = node.operation().multiplyAdds(output, shapes);
        return multiplyAdds == 0 ? "" : "\\n" + multiplyAdds + " multiply-adds";
    }

    private static String escape(String name) {
        return name.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}

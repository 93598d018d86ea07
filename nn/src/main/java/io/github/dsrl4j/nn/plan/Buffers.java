package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Reshape;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Where each value of a plan lies. A reshape lies where its input does, and so does a slice of whole planes; the parts of a
 * concatenation are computed where it wants them; a chain works in place where nobody reads its input later. What is left
 * shares one arena: two buffers overlap only where their lifetimes do not.
 */
final class Buffers {
    private final List<Draft> drafts;
    private final Map<Value, Place> places = new HashMap<>();
    /** The position of the last step that reads a value. */
    private final Map<Value, Integer> lastReads = new HashMap<>();

    private final Constants constants;
    /** The outputs that do not lie in the caller's memory. */
    private final List<Integer> copiedOutputs = new ArrayList<>();

    private final int arenaFloats;

    private record Place(Buffer buffer, int offset) {
        Buffer root() {
            return buffer.parent == null ? buffer : buffer.parent.root();
        }

        /** The offset in the root. */
        int start() {
            return buffer.parent == null
                    ? offset
                    : new Place(buffer.parent.buffer, buffer.parent.offset + offset).start();
        }
    }

    /** A stretch of memory: of the caller or the model ({@code fixed}), a part of a larger one, or of the arena. */
    private static final class Buffer {
        private final int size;
        private Slot fixed;
        private Place parent;
        private int first = Integer.MAX_VALUE;
        private int last = -1;
        private int arenaOffset = -1;

        Buffer(int size, Slot fixed) {
            this.size = size;
            this.fixed = fixed;
        }

        boolean isFree() {
            return fixed == null && parent == null;
        }

        void usedAt(int position) {
            first = Math.min(first, position);
            last = Math.max(last, position);
        }
    }

    Buffers(Graph graph, List<Draft> drafts, Constants constants) {
        this.drafts = drafts;
        this.constants = constants;
        graph.inputs()
                .forEach(input ->
                        places.put(input, new Place(new Buffer(input.shape().size(), Slot.input()), 0)));
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            places.put(draft.output(), view(draft));
            for (Value value : draft.reads()) {
                lastReads.put(value, i);
            }
        }
        for (int i = 0; i < graph.outputs().size(); i++) {
            Value output = graph.outputs().get(i);
            if (!takesOutput(output, i)) {
                copiedOutputs.add(i);
            }
            lastReads.put(output, drafts.size());
        }
        drafts.forEach(this::embed);
        for (int i = 0; i < drafts.size(); i++) {
            workInPlace(i);
        }
        arenaFloats = Arena.assign(lifetimes());
    }

    /** The place of a step's output: that of its input where the step only looks at it otherwise, else new memory. */
    private Place view(Draft draft) {
        if (draft.head() != null && isView(draft)) {
            Place whole = place(draft.head().inputs().getFirst());
            int start = draft.head().operation() instanceof Slice slice
                    ? slice.from()
                            * Extents.of(draft.head().inputs().getFirst().shape(), slice.dim())
                                    .inner()
                    : 0;
            return new Place(whole.buffer, whole.offset + start);
        }
        return new Place(new Buffer(draft.shape().size(), null), 0);
    }

    /** Whether a step computes nothing, because its output lies in its input. */
    static boolean isView(Draft draft) {
        return draft.head() != null
                && switch (draft.head().operation()) {
                    case Reshape _ -> true;
                    case Slice slice ->
                        Extents.of(draft.head().inputs().getFirst().shape(), slice.dim())
                                        .outer()
                                == 1;
                    default -> false;
                };
    }

    private Place place(Value value) {
        return places.computeIfAbsent(value, missing -> switch (missing) {
            case Value.Constant constant ->
                new Place(new Buffer(constant.shape().size(), Slot.constant(values(constant))), 0);
            default -> throw new IllegalStateException("plan: no place for " + missing.name());
        });
    }

    private float[] values(Value.Constant constant) {
        return constants.shared(constant.tensor().toArray());
    }

    /** Lets an output be computed in the caller's memory, if it is a buffer of its own. */
    private boolean takesOutput(Value output, int index) {
        Place place = place(output);
        if (!place.buffer.isFree()
                || place.offset != 0
                || place.buffer.size != output.shape().size()) {
            return false;
        }
        place.buffer.fixed = Slot.output(index);
        return true;
    }

    /** Puts the parts of a concatenation in their places in it, where they are contiguous there and not needed elsewhere. */
    private void embed(Draft draft) {
        if (draft.head() == null || !(draft.head().operation() instanceof Concat concat)) {
            return;
        }
        var seen = new HashSet<Value>();
        int position = 0;
        for (Value part : draft.head().inputs()) {
            Place place = place(part);
            boolean whole =
                    place.offset == 0 && place.buffer.size == part.shape().size();
            if (isContiguous(concat, draft.shape()) && whole && place.buffer.isFree() && seen.add(part)) {
                place.buffer.parent = new Place(places.get(draft.output()).buffer, position);
            }
            position += part.shape().size();
        }
    }

    private static boolean isContiguous(Concat concat, Shape shape) {
        return Extents.of(shape, concat.dim()).outer() == 1;
    }

    /** Lets a mere chain overwrite its input, if no later step reads any of it, and no stage of the chain itself does. */
    private void workInPlace(int position) {
        Draft draft = drafts.get(position);
        if (draft.head() != null) {
            return;
        }
        Place from = place(draft.source());
        Place to = places.get(draft.output());
        if (to.buffer.isFree()
                && from.root().fixed == null
                && draft.chain().stream()
                        .noneMatch(link -> link.operand() != null && overlap(link.operand(), from, draft))
                && places.keySet().stream()
                        .noneMatch(value -> lastReads.getOrDefault(value, -1) > position
                                && !value.equals(draft.output())
                                && overlap(value, from, draft))) {
            to.buffer.parent = from;
        }
    }

    private boolean overlap(Value value, Place from, Draft draft) {
        Place place = place(value);
        return place.root() == from.root()
                && place.start() < from.start() + draft.shape().size()
                && from.start() < place.start() + value.shape().size();
    }

    /** The buffers of the arena, with the positions of their first and last use. */
    private List<Arena.Lifetime> lifetimes() {
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            places.get(draft.output()).root().usedAt(i);
            for (Value value : draft.reads()) {
                places.get(value).root().usedAt(i);
            }
        }
        lastReads.forEach((value, position) -> place(value).root().usedAt(position));
        var lifetimes = new ArrayList<Arena.Lifetime>();
        drafts.stream()
                .map(draft -> places.get(draft.output()).root())
                .distinct()
                .filter(Buffer::isFree)
                .forEach(buffer -> lifetimes.add(new Arena.Lifetime(
                        buffer.size, buffer.first, buffer.last, offset -> buffer.arenaOffset = offset)));
        return lifetimes;
    }

    Slot slot(Value value) {
        Place place = place(value);
        Buffer root = place.root();
        return (root.fixed == null ? Slot.arena(root.arenaOffset) : root.fixed).plus(place.start());
    }

    /** The outputs that have to be copied to the caller, since they lie in memory of another purpose. */
    List<Integer> copiedOutputs() {
        return copiedOutputs;
    }

    int arenaFloats() {
        return arenaFloats;
    }
}

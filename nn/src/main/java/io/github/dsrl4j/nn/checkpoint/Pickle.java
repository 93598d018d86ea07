package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine for Python's pickle format, protocols 2 to 5, that can build plain values and nothing else: what else a file
 * holds beside its weights becomes {@link Opaque}. It knows the
 * opcodes that containers, numbers, texts and references take; any other is refused by its name. What a pickle wants to
 * construct is left to {@link Constructors}, which knows a fixed list.
 *
 * <p>Values: None is {@link None#NONE}, integers are {@code Long} ({@code BigInteger} beyond 64 bits), floats {@code
 * Double}, then {@code Boolean}, {@code String}, {@code byte[]}, {@link Tuple}, {@code List} and {@code Map}.
 * Containers may hold themselves (a pickle can say so), so nobody may walk them without a limit.
 *
 * <p>Every step reads at least a byte and makes at most one value, so work and memory are bounded by the file's size,
 * and besides by {@link #MAX_STEPS}.
 */
final class Pickle {
    /** Enough for some 50,000 tensors with the state of an optimiser. */
    static final int MAX_STEPS = 1 << 22;

    private static final int MAX_NAME = 512;
    private static final int MAX_KEY = 4096;
    private static final int MAX_KEY_DEPTH = 3;
    private static final int MAX_KEY_ITEMS = 16;
    private static final Object MARK = new Object();

    private final String source;
    private final Bytes in;
    private final Constructors constructors;
    private final List<Object> stack = new ArrayList<>();
    private Object[] memo = new Object[64];
    private int memoized;
    private int steps;

    /** What a pickle may construct; each method throws a {@link CheckpointException} for what it does not know. */
    interface Constructors {
        /** The constructor or constant of this name. */
        Object global(String module, String name);

        /** The result of calling what {@link #global} gave. */
        Object call(Object callable, List<Object> arguments);

        /** Gives an object further state. */
        void build(Object target, Object state);

        /** What stands outside the pickle under this identity. */
        Object persistent(Object id);
    }

    /** Python's None. */
    enum None {
        NONE
    }

    /** A class that is not known, or an object of it: nothing of it is made or run, and what it is given is dropped. */
    static final class Opaque {
        private final String type;

        Opaque(String type) {
            this.type = type;
        }

        /** The class's full name. */
        String type() {
            return type;
        }
    }

    /** Python's tuple. */
    record Tuple(List<Object> items) {}

    /**
     * @param source what messages call the file
     * @param start where the pickle begins
     */
    Pickle(String source, MemorySegment data, long start, Constructors constructors) {
        this.source = source + ": pickle";
        this.in = new Bytes(this.source, data, start);
        this.constructors = constructors;
    }

    /** Where the pickle ends, once it is read. */
    long end() {
        return in.position();
    }

    /** Runs the pickle and returns what it leaves. */
    Object read() {
        while (true) {
            if (++steps > MAX_STEPS) {
                throw error("it has more than " + MAX_STEPS + " steps");
            }
            int opcode = in.u8();
            if (opcode == '.') {
                Object result = pop();
                if (!stack.isEmpty()) {
                    throw error("it ends with " + stack.size() + " values left over");
                }
                return result;
            }
            step(opcode);
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol();
            case 0x95 -> frame();
            case '(' -> stack.add(MARK);
            case '0' -> popAny();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(None.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.i32());
            case 'K' -> push((long) in.u8());
            case 'M' -> push((long) in.u16());
            case 0x8a -> push(integer(in.u8()));
            case 'G' -> push(in.bigEndianDouble());
            case 'X' -> push(in.utf8(in.u32()));
            case 0x8c -> push(in.utf8(in.u8()));
            case 0x8d -> push(in.utf8(in.i64()));
            case 'U' -> push(in.utf8(in.u8()));
            case 'T' -> push(in.utf8(in.u32()));
            case 'C' -> push(in.array(in.u8()));
            case 'B' -> push(in.array(in.u32()));
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 't' -> push(new Tuple(popToMark()));
            case ']' -> push(new ArrayList<Object>(0));
            case 'a' -> append(tuple(1).items());
            case 'e' -> append(popToMark());
            case '}' -> push(new LinkedHashMap<Object, Object>());
            case 's' -> put(tuple(2).items());
            case 'u' -> put(popToMark());
            case 'q' -> memoize(in.u8());
            case 'r' -> memoize(in.u32());
            case 0x94 -> memoize(memoized);
            case 'h' -> push(recall(in.u8()));
            case 'j' -> push(recall(in.u32()));
            case 'c' -> push(constructors.global(in.line(MAX_NAME), in.line(MAX_NAME)));
            case 0x93 -> stackGlobal();
            case 'R' -> call();
            case 'b' -> build();
            case 0x81 -> newObject(false);
            case 0x92 -> newObject(true);
            case 0x8f -> push(new ArrayList<Object>(0));
            case 0x90 -> append(popToMark());
            case 0x91 -> push(new Tuple(popToMark()));
            case 0x96, 0x8e -> push(in.array(in.i64()));
            case 0x8b -> push(integer(length()));
            case 'Q' -> push(constructors.persistent(pop()));
            default -> throw error("the opcode %s is refused".formatted(PickleOpcodes.describe(opcode)));
        }
    }

    private void protocol() {
        int version = in.u8();
        if (version < 2 || version > 5) {
            throw error("protocol " + version + " is not known; 2 to 5 are read");
        }
    }

    private void frame() {
        long length = in.i64();
        if (length < 0 || length > in.remaining()) {
            throw error("a frame claims %s bytes, but only %d are left: the file is cut off or damaged"
                    .formatted(Long.toUnsignedString(length), in.remaining()));
        }
    }

    private Object integer(int length) {
        if (length == 0) {
            return 0L;
        }
        byte[] bytes = in.array(length);
        for (int i = 0, j = length - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
        var value = new BigInteger(bytes);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private Tuple tuple(int size) {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new Tuple(Collections.unmodifiableList(Arrays.asList(items)));
    }

    private int length() {
        int length = in.i32();
        if (length < 0) {
            throw error("an integer claims " + length + " bytes");
        }
        return length;
    }

    /** Python's {@code cls.__new__(cls, *arguments)}, which is not run: what is not known becomes opaque. */
    private void newObject(boolean withKeywords) {
        if (withKeywords) {
            pop();
        }
        call();
    }

    private void append(List<Object> items) {
        if (top() instanceof Opaque) {
            return;
        }
        if (!(top() instanceof List<?>)) {
            throw error("it appends to what is not a list but " + describe(top()));
        }
        @SuppressWarnings("unchecked") // Only push(new ArrayList<Object>()) puts lists on the stack.
        var list = (List<Object>) top();
        list.addAll(items);
    }

    private void put(List<Object> items) {
        if (top() instanceof Opaque) {
            return;
        }
        if (!(top() instanceof Map<?, ?>)) {
            throw error("it puts an item into what is not a dictionary but " + describe(top()));
        }
        if (items.size() % 2 != 0) {
            throw error("it puts a key without a value into a dictionary");
        }
        @SuppressWarnings("unchecked") // Only maps of objects are put on the stack.
        var map = (Map<Object, Object>) top();
        for (int i = 0; i < items.size(); i += 2) {
            if (!isKey(items.get(i))) {
                throw error("a key of a dictionary is " + describe(items.get(i)) + ", not a short text or a number");
            }
            map.put(items.get(i), items.get(i + 1));
        }
    }

    /**
     * Whether a value may be a key of a dictionary. Containers that can change may not: they could hold themselves, and
     * their hash would never end. Nor long texts, which take long to compare.
     */
    static boolean isKey(Object value) {
        return isKey(value, 0);
    }

    private static boolean isKey(Object value, int depth) {
        return switch (value) {
            case String text -> text.length() <= MAX_KEY;
            case Long _, Boolean _, Double _, None _, Opaque _ -> true;
            case BigInteger number -> number.bitLength() <= MAX_KEY;
            case byte[] bytes -> bytes.length <= MAX_KEY;
            case Tuple(List<Object> items) ->
                depth < MAX_KEY_DEPTH
                        && items.size() <= MAX_KEY_ITEMS
                        && items.stream().allMatch(item -> isKey(item, depth + 1));
            default -> false;
        };
    }

    private void memoize(long index) {
        // Python counts up, one a step: an index beyond that is damage, and would make the table large for nothing.
        if (index > steps) {
            throw error(
                    "it stores a value under number " + Long.toUnsignedString(index) + " after " + steps + " steps");
        }
        int i = (int) index;
        if (i >= memo.length) {
            memo = Arrays.copyOf(memo, Math.max(i + 1, memo.length * 2));
        }
        memo[i] = top();
        memoized = Math.max(memoized, i + 1);
    }

    private Object recall(long index) {
        if (index >= memoized || memo[(int) index] == null) {
            throw error("it asks for the value under number " + index + ", which it never stored");
        }
        return memo[(int) index];
    }

    private void stackGlobal() {
        Object name = pop();
        Object module = pop();
        if (!(module instanceof String moduleName) || !(name instanceof String ownName)) {
            throw error("the name of a constructor is not text");
        }
        push(constructors.global(moduleName, ownName));
    }

    private void call() {
        Object arguments = pop();
        Object callable = pop();
        if (!(arguments instanceof Tuple tuple)) {
            throw error("the arguments of a constructor are not a tuple but " + describe(arguments));
        }
        push(constructors.call(callable, tuple.items()));
    }

    private void build() {
        Object state = pop();
        constructors.build(top(), state);
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object popAny() {
        if (stack.isEmpty()) {
            throw error("it takes a value from an empty stack");
        }
        return stack.removeLast();
    }

    private Object pop() {
        Object value = popAny();
        if (value == MARK) {
            throw error("it takes a mark for a value");
        }
        return value;
    }

    private Object top() {
        if (stack.isEmpty() || stack.getLast() == MARK) {
            throw error("it takes a value from an empty stack");
        }
        return stack.getLast();
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw error("it asks for a mark that was never set");
        }
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> items = Collections.unmodifiableList(Arrays.asList(above.toArray()));
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    /** A value's kind, for messages; its contents could be without end. */
    static String describe(Object value) {
        return switch (value) {
            case None _ -> "None";
            case Boolean _ -> "a bool";
            case Long _, BigInteger _ -> "an int";
            case Double _ -> "a float";
            case String text -> "the text '" + Names.shorten(text) + "'";
            case byte[] _ -> "bytes";
            case Tuple _ -> "a tuple";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dictionary";
            case TensorView _ -> "a tensor";
            case Opaque opaque -> "an object of the class '" + Names.shorten(opaque.type()) + "'";
            default -> "a constructor";
        };
    }

    private CheckpointException error(String problem) {
        return new CheckpointException("%s: %s (at byte %d)".formatted(source, problem, in.position()));
    }
}

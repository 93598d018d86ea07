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
 * A machine for Python's pickle format, protocols 0 to 5, that can build plain values and nothing else. What a pickle
 * wants to construct is left to {@link Constructors}, which knows a fixed list and makes an {@link Opaque} of the rest;
 * opcodes that refer to something outside the file are refused by name.
 *
 * <p>Values: None is {@link None#NONE}, integers are {@code Long} ({@code BigInteger} beyond 64 bits), floats {@code
 * Double}, then {@code Boolean}, {@code String}, {@link Tuple}, {@code List}, {@link SetOf} and {@code Map}. What
 * nobody asks for is passed over and stands as a {@link Skipped}. Keys of a {@code Map} that are no short texts or
 * numbers are wrapped in {@link Key}. Containers may hold themselves (a pickle can say so), so nobody may walk them
 * without a limit.
 *
 * <p>Every step reads at least a byte and makes at most one value, so work and memory are bounded by the file's size,
 * and besides by {@link #MAX_STEPS}.
 */
final class Pickle {
    /** Enough for some 50,000 tensors with the state of an optimiser. */
    static final int MAX_STEPS = 1 << 22;

    private static final int MAX_NAME = 512;
    private static final int MAX_KEY = 4096;
    /** Far more than any name that is looked for; what is longer is passed over. */
    private static final int MAX_TEXT = 1 << 16;

    private static final int MAX_INTEGER = 1 << 10;
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

    /** Python's tuple. */
    record Tuple(List<Object> items) {}

    /** Python's set or frozenset, in the order of the file. */
    record SetOf(List<Object> items) {}

    /** A value that is passed over. */
    enum Skipped {
        BYTES("bytes"),
        TEXT("a long text"),
        INTEGER("an int");

        private final String description;

        Skipped(String description) {
            this.description = description;
        }
    }

    /**
     * A key of a dictionary that is no short text or number. It equals itself alone: containers could hold themselves,
     * so that their hash would never end, and long texts take long to compare.
     */
    static final class Key {
        private final Object value;

        private Key(Object value) {
            this.value = value;
        }

        Object value() {
            return value;
        }
    }

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
            case 'a' -> append(tuple(1).items());
            case 'e', 0x90 -> append(popToMark());
            case 's' -> put(tuple(2).items());
            case 'u' -> put(popToMark());
            case 'q' -> memoize(in.u8());
            case 'r' -> memoize(in.u32());
            case 'p' -> memoize(memoNumber());
            case 0x94 -> memoize(memoized);
            case 'h' -> push(recall(in.u8()));
            case 'j' -> push(recall(in.u32()));
            case 'g' -> push(recall(memoNumber()));
            case 'c' -> push(constructors.global(in.line(MAX_NAME), in.line(MAX_NAME)));
            case 0x93 -> stackGlobal();
            case 'R', 0x81 -> call(pop());
            case 0x92 -> {
                pop(); // arguments by name, which no known constructor takes
                call(pop());
            }
            case 'i' -> push(constructors.call(constructors.global(in.line(MAX_NAME), in.line(MAX_NAME)), popToMark()));
            case 'o' -> object(popToMark());
            case 'b' -> build();
            case 'P' -> push(constructors.persistent(in.line(MAX_KEY)));
            case 'Q' -> push(constructors.persistent(pop()));
            default -> push(value(opcode));
        }
    }

    private Object value(int opcode) {
        return switch (opcode) {
            case 'N' -> None.NONE;
            case 0x88 -> true;
            case 0x89 -> false;
            case 'J' -> (long) in.i32();
            case 'K' -> (long) in.u8();
            case 'M' -> (long) in.u16();
            case 'I', 'L', 'F', 'S', 'V' -> line(opcode);
            case 0x8a -> integer(in.u8());
            case 0x8b -> integer(in.i32());
            case 'G' -> in.bigEndianDouble();
            case 'X' -> text(in.u32());
            case 0x8c -> text(in.u8());
            case 0x8d -> text(in.i64());
            case 'U' -> oldText(in.u8());
            case 'T' -> oldText(in.u32());
            case 'C' -> skip(in.u8(), Skipped.BYTES);
            case 'B' -> skip(in.u32(), Skipped.BYTES);
            case 0x8e, 0x96 -> skip(in.i64(), Skipped.BYTES);
            case ')' -> new Tuple(List.of());
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 't' -> new Tuple(popToMark());
            case ']' -> new ArrayList<Object>(0);
            case 'l' -> new ArrayList<>(popToMark());
            case '}' -> new LinkedHashMap<Object, Object>();
            case 'd' -> put(new LinkedHashMap<>(), popToMark());
            case 0x8f -> new SetOf(new ArrayList<>(0));
            case 0x91 -> new SetOf(popToMark());
            default -> throw error("the opcode %s is refused".formatted(PickleOpcodes.describe(opcode)));
        };
    }

    private void protocol() {
        int version = in.u8();
        if (version > 5) {
            throw error("protocol " + version + " is not known; 0 to 5 are read");
        }
    }

    private void frame() {
        long length = in.i64();
        if (length < 0 || length > in.remaining()) {
            throw error("a frame claims %s bytes, but only %d are left: the file is cut off or damaged"
                    .formatted(Long.toUnsignedString(length), in.remaining()));
        }
    }

    private Skipped skip(long length, Skipped what) {
        in.skip(length);
        return what;
    }

    private Object text(long length) {
        return length < 0 || length > MAX_TEXT ? skip(length, Skipped.TEXT) : in.pythonUtf8(length);
    }

    /** A text of Python 2, which may be bytes as well. */
    private Object oldText(long length) {
        String text = length > MAX_TEXT ? null : in.utf8OrNull(length);
        return text != null ? text : length > MAX_TEXT ? skip(length, Skipped.BYTES) : Skipped.BYTES;
    }

    private Object integer(long length) {
        if (length < 0 || length > MAX_INTEGER) {
            return skip(length, Skipped.INTEGER);
        }
        if (length == 0) {
            return 0L;
        }
        byte[] bytes = in.array(length);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
        return PickleText.narrow(new BigInteger(bytes));
    }

    /** A value that stands as a line of text. */
    private Object line(int opcode) {
        String line = in.latin1Line(MAX_TEXT);
        if (line == null) {
            return opcode == 'L' || opcode == 'I' ? Skipped.INTEGER : Skipped.TEXT;
        }
        Object value;
        try {
            value = switch (opcode) {
                case 'I' -> PickleText.integerOrBool(line);
                case 'L' -> PickleText.integer(line);
                case 'F' -> PickleText.fraction(line);
                case 'S' -> PickleText.quoted(line);
                default -> PickleText.rawUnicode(line);
            };
        } catch (NumberFormatException e) {
            throw error("'%s' is no number that Python reads".formatted(Names.shorten(line)));
        }
        if (value == null) {
            throw error("a text has no quotes: " + Names.shorten(line));
        }
        return value;
    }

    private long memoNumber() {
        if (line('I') instanceof Long number && number >= 0) {
            return number;
        }
        throw error("the number of a stored value is no whole number");
    }

    private Tuple tuple(int size) {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new Tuple(Collections.unmodifiableList(Arrays.asList(items)));
    }

    @SuppressWarnings("unchecked") // Only lists of objects are put on the stack.
    private void append(List<Object> items) {
        switch (top()) {
            case List<?> list -> ((List<Object>) list).addAll(items);
            case SetOf(ArrayList<Object> list) -> list.addAll(items);
            case Opaque _ -> {} // what a foreign list holds is not asked for
            default -> throw error("it appends to what is not a list but " + describe(top()));
        }
    }

    @SuppressWarnings("unchecked") // Only maps of objects are put on the stack.
    private void put(List<Object> items) {
        switch (top()) {
            case Map<?, ?> map -> put((Map<Object, Object>) map, items);
            case Opaque object -> put(object.growingItems(), items);
            default -> throw error("it puts an item into what is not a dictionary but " + describe(top()));
        }
    }

    private Map<Object, Object> put(Map<Object, Object> map, List<Object> items) {
        if (items.size() % 2 != 0) {
            throw error("it puts a key without a value into a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            map.put(key(items.get(i)), items.get(i + 1));
        }
        return map;
    }

    /** A value as a key of a {@code Map}. */
    static Object key(Object value) {
        return switch (value) {
            case String text when text.length() <= MAX_KEY -> text;
            case Long _, Boolean _, Double _, None _ -> value;
            default -> new Key(value);
        };
    }

    private void memoize(long index) {
        // Python counts up, one per step: an index beyond that is damage, and would make the table large for nothing.
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

    private void call(Object arguments) {
        Object callable = pop();
        if (!(arguments instanceof Tuple tuple)) {
            throw error("the arguments of a constructor are not a tuple but " + describe(arguments));
        }
        push(constructors.call(callable, tuple.items()));
    }

    private void object(List<Object> classAndArguments) {
        if (classAndArguments.isEmpty()) {
            throw error("it makes an object of no class");
        }
        push(constructors.call(classAndArguments.getFirst(), classAndArguments.subList(1, classAndArguments.size())));
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
            case Skipped skipped -> skipped.description;
            case Tuple _ -> "a tuple";
            case SetOf _ -> "a set";
            case Key key -> describe(key.value());
            case Opaque opaque -> opaque.describe();
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dictionary";
            case TensorView _ -> "a tensor";
            default -> "a constructor";
        };
    }

    private CheckpointException error(String problem) {
        return new CheckpointException("%s: %s (at byte %d)".formatted(source, problem, in.position()));
    }
}

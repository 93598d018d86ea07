package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.nn.checkpoint.Pickle.None;
import io.github.dsrl4j.nn.checkpoint.Pickle.SetOf;
import io.github.dsrl4j.nn.checkpoint.Pickle.Tuple;
import io.github.dsrl4j.nn.checkpoint.TorchNames.Constructor;
import io.github.dsrl4j.nn.checkpoint.TorchNames.Elements;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a PyTorch checkpoint constructs: tensors, parameters, storages, sizes and the plain containers beside them are
 * built, each constructor being one case in {@link #call}. Everything else, such as the arguments and scores that
 * training scripts keep beside the weights, stays an {@link Opaque}: it is neither looked up nor run.
 */
final class TorchObjects implements Pickle.Constructors {
    private static final int MAX_RANK = 64;

    /** Functions that make an object of the class which is their first argument. */
    private static final Set<String> OF_A_CLASS = Set.of(
            "copyreg._reconstructor",
            "copy_reg._reconstructor",
            "copyreg.__newobj__",
            "copy_reg.__newobj__",
            "copyreg.__newobj_ex__",
            "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct");

    private static final Set<Constructor> MAKING_TENSORS =
            EnumSet.of(Constructor.TENSOR, Constructor.TENSOR_V2, Constructor.TENSOR_V3, Constructor.PARAMETER);

    private final String source;
    private final Map<String, TensorView.Storage> storages = new HashMap<>();
    private long copied;

    /** @param source what messages call the file */
    TorchObjects(String source) {
        this.source = source;
    }

    /** The storages that the pickle refers to, by key. */
    Map<String, TensorView.Storage> storages() {
        return storages;
    }

    @Override
    public Object global(String module, String name) {
        String full = module + "." + name;
        Object known = TorchNames.meaning(full);
        if (known != null) {
            return known;
        }
        if (TorchNames.isCommand(full)) {
            throw error(("the constructor '%s' is refused: in Python it would run commands or touch files, which no"
                            + " checkpoint needs; do not load this file there")
                    .formatted(Names.shorten(full)));
        }
        return new Opaque(Opaque.Kind.NAME, full);
    }

    @Override
    public Object call(Object callable, List<Object> arguments) {
        return switch (callable) {
            case Constructor constructor -> build(constructor, arguments);
            case Opaque function -> foreign(function, arguments);
            case Elements elements -> new Opaque(Opaque.Kind.OBJECT, elements.name());
            default -> throw error(Pickle.describe(callable) + " is called as if it were a constructor");
        };
    }

    private Object build(Constructor constructor, List<Object> arguments) {
        return switch (constructor) {
            case DICTIONARY -> dictionary(arguments);
            case DEFAULT_DICTIONARY ->
                dictionary(arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size()));
            case SET -> new SetOf(arguments.isEmpty() ? List.of() : itemsOrNone(arguments.getFirst()));
            case SIZE -> arguments.isEmpty() ? new Tuple(List.of()) : new Tuple(items(arguments.getFirst()));
            case TENSOR -> tensor(arguments, 4, 4);
            case TENSOR_V2 -> tensor(arguments, 6, 7);
            case TENSOR_V3 -> tensor(arguments, 7, 8);
            case PARAMETER ->
                !arguments.isEmpty() && arguments.getFirst() instanceof Opaque opaque
                        ? opaque
                        : argument(arguments, 0, TensorView.class, "a tensor");
            case SUBCLASS -> subclass(arguments);
            case PARAMETER_CLASS -> new Opaque(Opaque.Kind.OBJECT, "torch.Tensor");
            case TAGGED -> argument(arguments, 0, Object.class, "a value");
        };
    }

    private Opaque foreign(Opaque function, List<Object> arguments) {
        String tensor = TorchNames.foreignTensor(function.name());
        if (tensor != null) {
            return new Opaque(Opaque.Kind.TENSOR, tensor);
        }
        boolean ofAClass = OF_A_CLASS.contains(function.name())
                && !arguments.isEmpty()
                && arguments.getFirst() instanceof Opaque first
                && first.kind() == Opaque.Kind.NAME;
        var made = new Opaque(Opaque.Kind.OBJECT, ofAClass ? ((Opaque) arguments.getFirst()).name() : function.name());
        // _reconstructor(class, dict, items) makes dictionaries of foreign classes in protocols 0 and 1.
        if (ofAClass && arguments.size() == 3 && arguments.getLast() instanceof Map<?, ?> items) {
            made.setState(items);
        }
        return made;
    }

    @Override
    public void build(Object target, Object state) {
        switch (target) {
            case Opaque object -> object.setState(state);
            // Attributes of containers and tensors, such as OrderedDict's _metadata, are version numbers and the like.
            case Map<?, ?> _, SetOf _, TensorView _ -> {}
            default -> throw error("state is given to %s, which takes none".formatted(Pickle.describe(target)));
        }
    }

    /**
     * {@code ('storage', class, key, location, number of elements[, view])}, view being {@code (key, offset, size)}; or
     * {@code ('module', class, file, source text)} in old streams.
     */
    @Override
    public Object persistent(Object id) {
        if (id instanceof Tuple(List<Object> fields) && fields.size() > 1 && "module".equals(fields.getFirst())) {
            return fields.get(1);
        }
        if (!(id instanceof Tuple(List<Object> fields)) || fields.size() < 5 || !"storage".equals(fields.getFirst())) {
            return new Opaque(Opaque.Kind.OBJECT, "outside of the file");
        }
        Elements elements = switch (fields.get(1)) {
            case Elements known -> known;
            case Opaque name when name.kind() == Opaque.Kind.NAME -> new Elements(name.name(), null, 0);
            default -> throw error("a storage is of the class " + Pickle.describe(fields.get(1)));
        };
        String key = argument(fields, 2, String.class, "text");
        long saved = natural(fields.get(4), "the size of a storage");
        if (saved > Long.MAX_VALUE / Byte.SIZE / Math.max(1, elements.bytes())) {
            throw error("storage '%s' claims %d elements".formatted(Names.shorten(key), saved));
        }
        var whole = new TensorView.Storage(key, elements, 0, saved, saved);
        TensorView.Storage known = storages.putIfAbsent(key, whole);
        if (known != null && !known.equals(whole)) {
            throw error("storage '%s' is described in two ways".formatted(Names.shorten(key)));
        }
        return fields.size() > 5 && fields.get(5) != None.NONE ? view(whole, fields.get(5)) : whole;
    }

    private TensorView.Storage view(TensorView.Storage whole, Object view) {
        List<Object> fields = items(view);
        if (fields.size() != 3) {
            throw error(
                    "a view of storage '%s' has %d fields, not 3".formatted(Names.shorten(whole.key()), fields.size()));
        }
        long begin = natural(fields.get(1), "the beginning of a view");
        long count = natural(fields.get(2), "the size of a view");
        if (begin > whole.count() || count > whole.count() - begin) {
            throw error("a view of %d elements from %d lies outside storage '%s' of %d"
                    .formatted(count, begin, Names.shorten(whole.key()), whole.count()));
        }
        return new TensorView.Storage(whole.key(), whole.elements(), begin, count, whole.saved());
    }

    private Object dictionary(List<Object> arguments) {
        if (arguments.isEmpty()) {
            return new LinkedHashMap<Object, Object>();
        }
        if (arguments.getFirst() instanceof Map<?, ?> map) {
            return map;
        }
        List<Object> pairs = itemsOrNone(arguments.getFirst());
        // One list can be given again and again, at a byte a time.
        copied += pairs.size();
        if (copied > Pickle.MAX_STEPS) {
            throw error("dictionaries are made of more than %d pairs".formatted(Pickle.MAX_STEPS));
        }
        var result = new LinkedHashMap<Object, Object>();
        for (Object pair : pairs) {
            List<Object> entry = items(pair);
            if (entry.size() != 2) {
                throw error("a dictionary is made of what is not a pair of a key and a value");
            }
            result.put(Pickle.key(entry.getFirst()), entry.getLast());
        }
        return result;
    }

    /** {@code (storage, offset, sizes, strides, requires gradient, hooks[, dtype][, metadata])}. */
    private Object tensor(List<Object> arguments, int fewest, int most) {
        if (arguments.size() < fewest || arguments.size() > most) {
            throw error("a tensor is made of %d arguments, not %d".formatted(arguments.size(), fewest));
        }
        String foreign = foreignKind(arguments, fewest);
        if (foreign != null) {
            return new Opaque(Opaque.Kind.TENSOR, foreign);
        }
        var storage = argument(arguments, 0, TensorView.Storage.class, "a storage");
        long offset = natural(arguments.get(1), "the offset of a tensor");
        List<Long> sizes = naturals(arguments.get(2), "the size of a tensor");
        List<Long> strides = naturals(arguments.get(3), "the stride of a tensor");
        boolean ownType = fewest == 7;
        DType dtype = ownType
                ? argument(arguments, 6, DType.class, "an element type")
                : storage.elements().dtype();
        if (sizes.size() != strides.size() || sizes.size() > MAX_RANK) {
            throw error("a tensor has %d sizes and %d strides".formatted(sizes.size(), strides.size()));
        }
        var view = new TensorView(storage, dtype, offset, sizes, strides);
        checkInside(view);
        return view;
    }

    /** What makes a tensor one that is not read; null if nothing does. */
    private static String foreignKind(List<Object> arguments, int fewest) {
        if (arguments.getFirst() instanceof Opaque storage) {
            return "a tensor without a storage (" + storage.name() + ")";
        }
        if (arguments.getFirst() instanceof TensorView.Storage storage
                && storage.elements().dtype() == null) {
            return "a tensor of " + storage.elements().name();
        }
        if (fewest == 7 && arguments.get(6) instanceof Opaque dtype) {
            return "a tensor of " + dtype.name();
        }
        // Whether a view is to be conjugated or negated stands beside the numbers.
        if (arguments.size() > 6 && arguments.getLast() instanceof Map<?, ?> metadata) {
            for (String bit : List.of("neg", "conj")) {
                if (Boolean.TRUE.equals(metadata.get(bit))) {
                    return "a view of which '%s' is yet to be computed".formatted(bit);
                }
            }
        }
        return null;
    }

    private void checkInside(TensorView view) {
        long available = view.storage().count()
                * view.storage().elements().bytes()
                / (view.dtype().bits() / 8);
        long last = view.offset();
        long size = 1;
        try {
            for (int i = 0; i < view.sizes().size(); i++) {
                long extent = view.sizes().get(i);
                size = Math.multiplyExact(size, extent);
                last = Math.addExact(
                        last,
                        Math.multiplyExact(
                                Math.max(extent - 1, 0), view.strides().get(i)));
            }
        } catch (ArithmeticException e) {
            throw error("a tensor of size %s and stride %s overflows 64 bits"
                    .formatted(Shapes.describe(view.sizes()), Shapes.describe(view.strides())));
        }
        if (size > 0 && last >= available) {
            throw error("a tensor of size %s and stride %s from %d reaches element %d of storage '%s', which has %d"
                    .formatted(
                            Shapes.describe(view.sizes()),
                            Shapes.describe(view.strides()),
                            view.offset(),
                            last,
                            Names.shorten(view.storage().key()),
                            available));
        }
    }

    /** {@code (function, class, its arguments, state)}: a tensor with attributes of its own, which are dropped. */
    private Object subclass(List<Object> arguments) {
        if (arguments.size() < 3) {
            throw error("a tensor of a class of its own is made of %d arguments, not 4".formatted(arguments.size()));
        }
        return switch (arguments.getFirst()) {
            // Not a subclass within a subclass, which could go on without end.
            case Constructor function
            when MAKING_TENSORS.contains(function) -> build(function, items(arguments.get(2)));
            case Opaque function -> {
                String kind = TorchNames.foreignTensor(function.name());
                yield new Opaque(Opaque.Kind.TENSOR, kind != null ? kind : "a tensor of '" + function.name() + "'");
            }
            default -> throw error("a tensor is made by what makes no tensors");
        };
    }

    private <T> T argument(List<Object> arguments, int index, Class<T> type, String expected) {
        if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
            throw error("argument %d is not %s%s"
                    .formatted(
                            index + 1,
                            expected,
                            index < arguments.size() ? " but " + Pickle.describe(arguments.get(index)) : ""));
        }
        return type.cast(arguments.get(index));
    }

    @SuppressWarnings("unchecked") // The lists that Pickle makes hold objects.
    private List<Object> items(Object value) {
        return switch (value) {
            case Tuple(List<Object> items) -> items;
            case List<?> list -> (List<Object>) list;
            default -> throw error(Pickle.describe(value) + " stands where a tuple or list belongs");
        };
    }

    /** The items of a tuple, list or set; none of what is opaque or anything else. */
    private List<Object> itemsOrNone(Object value) {
        return value instanceof SetOf(List<Object> items)
                ? items
                : value instanceof Tuple || value instanceof List<?> ? items(value) : List.of();
    }

    private List<Long> naturals(Object value, String what) {
        List<Object> items = items(value);
        if (items.size() > MAX_RANK) {
            throw error("%s has %d dimensions; at most %d are read".formatted(what, items.size(), MAX_RANK));
        }
        var result = new ArrayList<Long>(items.size());
        items.forEach(item -> result.add(natural(item, what)));
        return result;
    }

    private long natural(Object value, String what) {
        if (value instanceof Long number && number >= 0) {
            return number;
        }
        String found = value instanceof Long || value instanceof BigInteger ? value.toString() : Pickle.describe(value);
        throw error("%s is %s, not a whole number from 0 to 2^63 - 1".formatted(what, found));
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": pickle: " + problem);
    }
}

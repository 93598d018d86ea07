package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.nn.checkpoint.Pickle.None;
import io.github.dsrl4j.nn.checkpoint.Pickle.Opaque;
import io.github.dsrl4j.nn.checkpoint.Pickle.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a PyTorch checkpoint may construct: tensors, parameters, storages, sizes, and the plain containers beside them.
 * Each constructor is one case in {@link #call}. A name that is not on the list stands for an opaque object, of which nothing is
 * made, unless only an attack would name it.
 */
final class TorchObjects implements Pickle.Constructors {
    private static final int MAX_RANK = 64;

    private final String source;
    private final Map<String, TensorView.Storage> storages = new HashMap<>();
    private long copied;

    /** @param source what messages call the file */
    TorchObjects(String source) {
        this.source = source;
    }

    private enum Constructor {
        ORDERED_DICT,
        COUNTER,
        DEFAULT_DICT,
        SET,
        SIZE,
        DEVICE,
        TENSOR,
        TENSOR_V2,
        TENSOR_V3,
        PARAMETER,
        PARAMETER_WITH_STATE,
        SUBCLASS,
        PARAMETER_CLASS,
        UNTYPED_STORAGE
    }

    /** A class of storages, which says what their elements are. */
    private record StorageClass(DType dtype) {}

    /** All that a pickle may name. */
    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("collections.OrderedDict", Constructor.ORDERED_DICT),
            Map.entry("collections.Counter", Constructor.COUNTER),
            Map.entry("collections.defaultdict", Constructor.DEFAULT_DICT),
            Map.entry("__builtin__.set", Constructor.SET),
            Map.entry("builtins.set", Constructor.SET),
            Map.entry("torch.Size", Constructor.SIZE),
            Map.entry("torch.device", Constructor.DEVICE),
            Map.entry("torch._utils._rebuild_tensor", Constructor.TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v2", Constructor.TENSOR_V2),
            Map.entry("torch._utils._rebuild_tensor_v3", Constructor.TENSOR_V3),
            Map.entry("torch._utils._rebuild_parameter", Constructor.PARAMETER),
            Map.entry("torch._utils._rebuild_parameter_with_state", Constructor.PARAMETER_WITH_STATE),
            Map.entry("torch._tensor._rebuild_from_type_v2", Constructor.SUBCLASS),
            Map.entry("torch.nn.parameter.Parameter", Constructor.PARAMETER_CLASS),
            Map.entry("torch.Tensor", Constructor.PARAMETER_CLASS),
            Map.entry("torch.storage.UntypedStorage", Constructor.UNTYPED_STORAGE),
            Map.entry("torch.storage._UntypedStorage", Constructor.UNTYPED_STORAGE),
            Map.entry("torch.UntypedStorage", Constructor.UNTYPED_STORAGE),
            Map.entry("torch.DoubleStorage", new StorageClass(DType.F64)),
            Map.entry("torch.FloatStorage", new StorageClass(DType.F32)),
            Map.entry("torch.HalfStorage", new StorageClass(DType.F16)),
            Map.entry("torch.BFloat16Storage", new StorageClass(DType.BF16)),
            Map.entry("torch.LongStorage", new StorageClass(DType.I64)),
            Map.entry("torch.IntStorage", new StorageClass(DType.I32)),
            Map.entry("torch.ShortStorage", new StorageClass(DType.I16)),
            Map.entry("torch.CharStorage", new StorageClass(DType.I8)),
            Map.entry("torch.ByteStorage", new StorageClass(DType.U8)),
            Map.entry("torch.BoolStorage", new StorageClass(DType.BOOL)),
            Map.entry("torch.ComplexFloatStorage", new StorageClass(DType.C64)),
            Map.entry("torch.float64", DType.F64),
            Map.entry("torch.float32", DType.F32),
            Map.entry("torch.float16", DType.F16),
            Map.entry("torch.bfloat16", DType.BF16),
            Map.entry("torch.float8_e4m3fn", DType.F8_E4M3),
            Map.entry("torch.float8_e5m2", DType.F8_E5M2),
            Map.entry("torch.float8_e8m0fnu", DType.F8_E8M0),
            Map.entry("torch.int64", DType.I64),
            Map.entry("torch.int32", DType.I32),
            Map.entry("torch.int16", DType.I16),
            Map.entry("torch.int8", DType.I8),
            Map.entry("torch.uint64", DType.U64),
            Map.entry("torch.uint32", DType.U32),
            Map.entry("torch.uint16", DType.U16),
            Map.entry("torch.uint8", DType.U8),
            Map.entry("torch.bool", DType.BOOL),
            Map.entry("torch.complex64", DType.C64));

    private static final Set<String> HARMFUL_MODULES = Set.of(
            "os",
            "posix",
            "posixpath",
            "nt",
            "ntpath",
            "subprocess",
            "sys",
            "shutil",
            "socket",
            "pty",
            "commands",
            "code",
            "codeop",
            "ctypes",
            "importlib",
            "imp",
            "runpy",
            "webbrowser",
            "pickle",
            "_pickle",
            "cPickle",
            "marshal",
            "multiprocessing",
            "asyncio",
            "threading",
            "signal",
            "pip",
            "urllib",
            "http",
            "requests",
            "tempfile",
            "glob",
            "timeit",
            "pdb",
            "bdb",
            "cProfile",
            "profile",
            "platform",
            "distutils",
            "setuptools",
            "operator");

    private static final Set<String> HARMLESS_BUILTINS = Set.of(
            "bool",
            "bytearray",
            "bytes",
            "complex",
            "dict",
            "float",
            "frozenset",
            "int",
            "list",
            "long",
            "object",
            "range",
            "set",
            "slice",
            "str",
            "tuple",
            "unicode",
            "xrange");

    /** The storages that the pickle refers to, by key. */
    Map<String, TensorView.Storage> storages() {
        return storages;
    }

    @Override
    public Object global(String module, String name) {
        String full = module + "." + name;
        Object known = KNOWN.get(full);
        if (known != null) {
            return known;
        }
        // What PyTorch makes tensors with is a weight: of a kind that is not read (sparse, quantised), and not to be
        // passed over.
        if (isHarmful(module, name) || module.equals("torch._utils") || module.equals("torch._tensor")) {
            throw refused(source, full);
        }
        return new Opaque(full);
    }

    /** What has no business in a file of weights but to do harm when Python reads it: better not to trust the rest either. */
    private static boolean isHarmful(String module, String name) {
        String root = module.replaceFirst("\\..*", "");
        boolean builtin = root.equals("builtins") || root.equals("__builtin__") || root.equals("__builtins__");
        return builtin ? !HARMLESS_BUILTINS.contains(name) : HARMFUL_MODULES.contains(root);
    }

    /** The error for what a file of weights should not construct. */
    static CheckpointException refused(String source, String constructor) {
        return new CheckpointException(source
                + ": pickle: the constructor '%s' is refused: only tensors and plain containers are read; in Python, save the weights alone: "
                        .formatted(Names.shorten(constructor))
                + "torch.save(model.state_dict(), file)");
    }

    @Override
    public Object call(Object callable, List<Object> arguments) {
        if (callable instanceof Opaque opaque) {
            return new Opaque(typeOf(opaque, arguments));
        }
        if (!(callable instanceof Constructor constructor)) {
            throw error(Pickle.describe(callable) + " is called as if it were a constructor");
        }
        return switch (constructor) {
            case ORDERED_DICT, COUNTER -> dictionary(arguments);
            // What it makes for missing keys is a class, which is not called.
            case DEFAULT_DICT -> dictionary(arguments.stream().skip(1).toList());
            case SET, SIZE -> arguments.isEmpty() ? new Tuple(List.of()) : new Tuple(items(arguments.getFirst()));
            case DEVICE -> new Tuple(arguments);
            case TENSOR -> tensor(arguments, 4, 4);
            case TENSOR_V2 -> tensor(arguments, 6, 7);
            case TENSOR_V3 -> tensor(arguments, 7, 8);
            case PARAMETER, PARAMETER_WITH_STATE -> argument(arguments, 0, TensorView.class, "a tensor");
            case SUBCLASS -> subclass(arguments);
            case PARAMETER_CLASS, UNTYPED_STORAGE -> throw error("a class is called as if it were a constructor");
        };
    }

    /** Python's own helpers make objects of the class that they are given. */
    private static String typeOf(Opaque callable, List<Object> arguments) {
        boolean helper =
                callable.type().startsWith("copyreg.") || callable.type().startsWith("copy_reg.");
        return helper && !arguments.isEmpty() && arguments.getFirst() instanceof Opaque type
                ? type.type()
                : callable.type();
    }

    @Override
    public void build(Object target, Object state) {
        // The one state that tensors' containers carry is OrderedDict's attribute _metadata, version numbers that
        // nobody needs.
        if (!(target instanceof Opaque) && (!(target instanceof Map<?, ?>) || !(state instanceof Map<?, ?>))) {
            throw error("state is given to %s, which takes none".formatted(Pickle.describe(target)));
        }
    }

    /**
     * {@code ('storage', class, key, location, number of elements[, view])}, view being {@code (key, offset, size)}.
     */
    @Override
    public Object persistent(Object id) {
        if (!(id instanceof Tuple(List<Object> fields)) || fields.size() < 5 || !"storage".equals(fields.getFirst())) {
            throw error("a reference to something outside is not one to a storage");
        }
        DType dtype = switch (fields.get(1)) {
            case StorageClass(DType elements) -> elements;
            case Constructor constructor when constructor == Constructor.UNTYPED_STORAGE -> DType.U8;
            default -> throw error("a storage is of the class " + Pickle.describe(fields.get(1)));
        };
        String key = argument(fields, 2, String.class, "text");
        long saved = natural(fields.get(4), "the size of a storage");
        if (saved > Long.MAX_VALUE / dtype.bits()) {
            throw error("storage '%s' claims %d elements".formatted(Names.shorten(key), saved));
        }
        var whole = new TensorView.Storage(key, dtype, 0, saved, saved);
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
        return new TensorView.Storage(whole.key(), whole.dtype(), begin, count, whole.saved());
    }

    private Object dictionary(List<Object> arguments) {
        if (arguments.isEmpty()) {
            return new LinkedHashMap<Object, Object>();
        }
        if (arguments.getFirst() instanceof Map<?, ?> map) {
            return map;
        }
        List<Object> pairs = items(arguments.getFirst());
        // One list can be given again and again, at a byte a time.
        copied += pairs.size();
        if (copied > Pickle.MAX_STEPS) {
            throw error("dictionaries are made of more than %d pairs".formatted(Pickle.MAX_STEPS));
        }
        var result = new LinkedHashMap<Object, Object>();
        for (Object pair : pairs) {
            List<Object> entry = items(pair);
            if (entry.size() != 2 || !Pickle.isKey(entry.getFirst())) {
                throw error("a dictionary is made of what is not a pair of a key and a value");
            }
            result.put(entry.getFirst(), entry.getLast());
        }
        return result;
    }

    /** {@code (storage, offset, sizes, strides, requires gradient, hooks[, dtype][, metadata])}. */
    private TensorView tensor(List<Object> arguments, int fewest, int most) {
        if (arguments.size() < fewest || arguments.size() > most) {
            throw error("a tensor is made of %d arguments, not %d".formatted(arguments.size(), fewest));
        }
        var storage = argument(arguments, 0, TensorView.Storage.class, "a storage");
        long offset = natural(arguments.get(1), "the offset of a tensor");
        List<Long> sizes = naturals(arguments.get(2), "the size of a tensor");
        List<Long> strides = naturals(arguments.get(3), "the stride of a tensor");
        boolean ownType = fewest == 7;
        DType dtype = ownType ? argument(arguments, 6, DType.class, "an element type") : storage.dtype();
        if (sizes.size() != strides.size() || sizes.size() > MAX_RANK) {
            throw error("a tensor has %d sizes and %d strides".formatted(sizes.size(), strides.size()));
        }
        var view = new TensorView(storage, dtype, offset, sizes, strides);
        checkInside(view);
        return view;
    }

    private void checkInside(TensorView view) {
        long available = view.storage().count()
                * (view.storage().dtype().bits() / 8)
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
        var function = argument(arguments, 0, Constructor.class, "a constructor");
        return switch (function) {
            // Not a subclass within a subclass, which could go on without end.
            case TENSOR, TENSOR_V2, TENSOR_V3, PARAMETER -> {
                if (arguments.size() < 3 || arguments.get(1) != Constructor.PARAMETER_CLASS) {
                    throw error("a tensor is of an unknown class");
                }
                yield call(function, items(arguments.get(2)));
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

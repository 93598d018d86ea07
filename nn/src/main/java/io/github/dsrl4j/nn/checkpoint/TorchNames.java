package io.github.dsrl4j.nn.checkpoint;

import java.util.Map;
import java.util.regex.Pattern;

/** The Python names in a PyTorch checkpoint that mean something here; all others stay names. */
final class TorchNames {
    private TorchNames() {}

    /** What makes a value that is built. */
    enum Constructor {
        DICTIONARY,
        DEFAULT_DICTIONARY,
        SET,
        SIZE,
        TENSOR,
        TENSOR_V2,
        TENSOR_V3,
        PARAMETER,
        SUBCLASS,
        PARAMETER_CLASS,
        TAGGED
    }

    /**
     * A class of storages, which says what their elements are.
     *
     * @param dtype null where such elements are not read
     * @param bytes the size of one element; 0 where it is not known
     */
    record Elements(String name, DType dtype, int bytes) {}

    private static final Elements UNTYPED = read("UntypedStorage", DType.U8);

    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("collections.OrderedDict", Constructor.DICTIONARY),
            Map.entry("collections.Counter", Constructor.DICTIONARY),
            Map.entry("builtins.dict", Constructor.DICTIONARY),
            Map.entry("__builtin__.dict", Constructor.DICTIONARY),
            Map.entry("collections.defaultdict", Constructor.DEFAULT_DICTIONARY),
            Map.entry("builtins.set", Constructor.SET),
            Map.entry("__builtin__.set", Constructor.SET),
            Map.entry("builtins.frozenset", Constructor.SET),
            Map.entry("__builtin__.frozenset", Constructor.SET),
            Map.entry("torch.Size", Constructor.SIZE),
            Map.entry("torch._utils._rebuild_tensor", Constructor.TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v2", Constructor.TENSOR_V2),
            Map.entry("torch._utils._rebuild_tensor_v3", Constructor.TENSOR_V3),
            Map.entry("torch._utils._rebuild_parameter", Constructor.PARAMETER),
            Map.entry("torch._utils._rebuild_parameter_with_state", Constructor.PARAMETER),
            Map.entry("torch._tensor._rebuild_from_type_v2", Constructor.SUBCLASS),
            Map.entry("torch._tensor._rebuild_from_type", Constructor.SUBCLASS),
            Map.entry("torch.tensor._rebuild_from_type", Constructor.SUBCLASS),
            Map.entry("torch.nn.parameter.Parameter", Constructor.PARAMETER_CLASS),
            Map.entry("torch.Tensor", Constructor.PARAMETER_CLASS),
            Map.entry("torch.jit._pickle.restore_type_tag", Constructor.TAGGED),
            Map.entry("torch.storage.UntypedStorage", UNTYPED),
            Map.entry("torch.storage._UntypedStorage", UNTYPED),
            Map.entry("torch.UntypedStorage", UNTYPED),
            Map.entry("torch.DoubleStorage", read("DoubleStorage", DType.F64)),
            Map.entry("torch.FloatStorage", read("FloatStorage", DType.F32)),
            Map.entry("torch.HalfStorage", read("HalfStorage", DType.F16)),
            Map.entry("torch.BFloat16Storage", read("BFloat16Storage", DType.BF16)),
            Map.entry("torch.LongStorage", read("LongStorage", DType.I64)),
            Map.entry("torch.IntStorage", read("IntStorage", DType.I32)),
            Map.entry("torch.ShortStorage", read("ShortStorage", DType.I16)),
            Map.entry("torch.CharStorage", read("CharStorage", DType.I8)),
            Map.entry("torch.ByteStorage", read("ByteStorage", DType.U8)),
            Map.entry("torch.BoolStorage", read("BoolStorage", DType.BOOL)),
            Map.entry("torch.ComplexFloatStorage", read("ComplexFloatStorage", DType.C64)),
            Map.entry("torch.ComplexDoubleStorage", new Elements("torch.complex128", null, 16)),
            Map.entry("torch.ComplexHalfStorage", new Elements("torch.complex32", null, 4)),
            Map.entry("torch.QInt8Storage", new Elements("torch.qint8", null, 1)),
            Map.entry("torch.QUInt8Storage", new Elements("torch.quint8", null, 1)),
            Map.entry("torch.QInt32Storage", new Elements("torch.qint32", null, 4)),
            Map.entry("torch.QUInt4x2Storage", new Elements("torch.quint4x2", null, 1)),
            Map.entry("torch.QUInt2x4Storage", new Elements("torch.quint2x4", null, 1)),
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

    /** What makes tensors that have no dense form of real numbers, and what these are called. */
    private static final Map<String, String> FOREIGN_TENSORS = Map.ofEntries(
            Map.entry("_rebuild_sparse_tensor", "a sparse tensor"),
            Map.entry("_rebuild_sparse_csr_tensor", "a sparse tensor"),
            Map.entry("_rebuild_nested_tensor", "a nested tensor"),
            Map.entry("_rebuild_qtensor", "a quantised tensor"),
            Map.entry("_rebuild_meta_tensor_no_storage", "a tensor on the device 'meta', which has no data"),
            Map.entry("_rebuild_device_tensor_from_numpy", "a tensor of a foreign device"),
            Map.entry("_rebuild_device_tensor_from_cpu_tensor", "a tensor of a foreign device"),
            Map.entry("_rebuild_xla_tensor", "a tensor of a foreign device"),
            Map.entry("_rebuild_mkldnn_tensor", "a tensor in the layout of MKL-DNN"),
            Map.entry("_rebuild_wrapper_subclass", "a tensor of a class of its own without data"));

    /** What no checkpoint needs and every attack does. */
    private static final Pattern COMMANDS = Pattern.compile(
            "(os|posix|nt)\\.(system|popen|exec.*|spawn.*|posix_spawn.*|fork.*|kill.*|startfile|remove|unlink|rmdir|putenv)"
                    + "|(builtins|__builtin__)\\.(eval|exec|execfile|compile|__import__|open|breakpoint|input)"
                    + "|(subprocess|pty|runpy|socket|webbrowser|commands|popen2|importlib|ctypes)\\..*"
                    + "|(shutil\\.rmtree|sys\\.exit|timeit\\.timeit|code\\.interact|torch\\.hub\\..*)");

    private static Elements read(String name, DType dtype) {
        return new Elements("torch." + name, dtype, dtype.bits() / 8);
    }

    /** What a full name means: a {@link Constructor}, {@link Elements} or a {@link DType}; null if nothing here. */
    static Object meaning(String name) {
        return KNOWN.get(name);
    }

    /** What kind of foreign tensor a function of this full name makes; null if it makes none. */
    static String foreignTensor(String name) {
        String own = name.substring(name.lastIndexOf('.') + 1);
        String known = FOREIGN_TENSORS.get(own);
        return known == null && name.startsWith("torch._utils._rebuild_") ? "a tensor of '" + own + "'" : known;
    }

    /** Whether Python would run commands or touch files if it called this. */
    static boolean isCommand(String name) {
        return COMMANDS.matcher(name).matches();
    }
}

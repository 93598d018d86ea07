package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Epilogue;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Movement;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation.Channels;
import io.github.dsrl4j.tensor.kernel.Place;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.Reduction;
import io.github.dsrl4j.tensor.kernel.Resampling;
import io.github.dsrl4j.tensor.kernel.Softmax;
import io.github.dsrl4j.tensor.kernel.Update;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A device's kernels behind plain arrays, so that they can be held to the contract of all kernels: each array of a call is copied to
 * the device whole, with what stands before and after the operand, and back after the call, outputs and inputs alike.
 */
public final class HostKernels implements Kernels {
    private static final long ARENA = 160L << 20;

    private final OpenClContext context;
    private final Kernels kernels;
    private final String name;

    HostKernels(OpenClContext context, String name) {
        this.context = context;
        this.kernels = new OpenClKernels(context);
        this.name = name;
    }

    /** The kernels of the first OpenCL device in both variants, opened once for all tests; none where there is no device. */
    public static List<Kernels> all() {
        return Opened.KERNELS;
    }

    /** The first OpenCL device with kernels for processors, opened once for all tests. */
    static Optional<OpenClContext> context() {
        return Opened.KERNELS.stream().map(k -> ((HostKernels) k).context).findFirst();
    }

    /** The first OpenCL device with either program; none where there is no device. */
    static List<OpenClContext> contexts() {
        return Opened.KERNELS.stream().map(k -> ((HostKernels) k).context).toList();
    }

    private static final class Opened {
        static final List<Kernels> KERNELS = open();

        private static List<Kernels> open() {
            OpenCl.Devices devices = OpenCl.devices();
            if (devices.list().isEmpty()) {
                System.out.println("OpenCL is not tested: " + devices.reason());
                return List.of();
            }
            List<Kernels> kernels = new ArrayList<>();
            for (var variant : List.of(OpenClOptions.Variant.CPU, OpenClOptions.Variant.GPU)) {
                var context = OpenCl.open(0, new OpenClOptions(ARENA, variant));
                kernels.add(new HostKernels(context, "opencl-" + variant.name().toLowerCase(java.util.Locale.ROOT)));
            }
            return List.copyOf(kernels);
        }
    }

    @Override
    public String name() {
        return name;
    }

    private <T> T hosted(Class<T> family, T onDevice) {
        return family.cast(Proxy.newProxyInstance(
                family.getClassLoader(),
                new Class<?>[] {family},
                (proxy, method, arguments) -> call(method, onDevice, arguments)));
    }

    private Object call(Method method, Object onDevice, Object[] arguments) throws Throwable {
        if (arguments == null) {
            return method.invoke(onDevice);
        }
        Object[] moved = arguments.clone();
        IdentityHashMap<float[], Block> blocks = new IdentityHashMap<>();
        for (int i = 0; i < moved.length; i++) {
            if (arguments[i] instanceof float[] array) {
                Block block = upload(blocks, array);
                moved[i] = block.array();
                moved[i + 1] = block.offset() + (int) arguments[i + 1];
            } else {
                moved[i] = switch (arguments[i]) {
                    case Epilogue.Chain chain -> moved(blocks, chain);
                    case Place place -> moved(blocks, place);
                    case List<?> parts ->
                        parts.stream().map(part -> moved(blocks, part)).toList();
                    case null, default -> moved[i];
                };
            }
        }
        try {
            return method.invoke(onDevice, moved);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            blocks.forEach((array, block) -> {
                context.download(block.array(), block.offset(), array, 0, array.length);
                block.close();
            });
        }
    }

    private Block upload(IdentityHashMap<float[], Block> blocks, float[] array) {
        return blocks.computeIfAbsent(array, source -> {
            Block block = context.allocate(source.length);
            context.upload(source, 0, block.array(), block.offset(), source.length);
            return block;
        });
    }

    private Object moved(IdentityHashMap<float[], Block> blocks, Object part) {
        return switch (part) {
            case Channels channels -> {
                Place place = moved(blocks, new Place(channels.array(), channels.offset()));
                yield new Channels(place.array(), place.offset(), channels.channels(), channels.stride());
            }
            case Movement.Copy copy -> new Movement.Copy(copy.n(), moved(blocks, copy.x()), moved(blocks, copy.y()));
            case Update.Stretch stretch ->
                new Update.Stretch(
                        stretch.n(),
                        moved(blocks, stretch.gradient()),
                        moved(blocks, stretch.m()),
                        moved(blocks, stretch.v()),
                        moved(blocks, stretch.w()));
            default -> throw new IllegalArgumentException("host kernels: cannot move a " + part.getClass());
        };
    }

    private Place moved(IdentityHashMap<float[], Block> blocks, Place place) {
        if (place == null) {
            return null;
        }
        Block block = upload(blocks, place.array());
        return new Place(block.array(), block.offset() + place.offset());
    }

    private Epilogue.Chain moved(IdentityHashMap<float[], Block> blocks, Epilogue.Chain chain) {
        List<Epilogue.Stage> stages = new ArrayList<>();
        for (int s = 0; s < chain.length(); s++) {
            stages.add(chain.stage(s));
        }
        var moved = new Epilogue.Chain(stages);
        for (int s = 0; s < chain.length(); s++) {
            if (chain.operand(s) != null) {
                Block block = upload(blocks, chain.operand(s));
                moved.operand(s, block.array(), block.offset() + chain.offset(s));
            }
        }
        return moved;
    }

    @Override
    public MatrixProduct matrixProduct() {
        return hosted(MatrixProduct.class, kernels.matrixProduct());
    }

    @Override
    public Convolution convolution() {
        return hosted(Convolution.class, kernels.convolution());
    }

    @Override
    public Convolution depthwise() {
        return hosted(Convolution.class, kernels.depthwise());
    }

    @Override
    public Pooling pooling() {
        return hosted(Pooling.class, kernels.pooling());
    }

    @Override
    public Resampling resampling() {
        return hosted(Resampling.class, kernels.resampling());
    }

    @Override
    public Normalization normalization() {
        return hosted(Normalization.class, kernels.normalization());
    }

    @Override
    public NormalizedActivation normalizedActivation() {
        return hosted(NormalizedActivation.class, kernels.normalizedActivation());
    }

    @Override
    public Softmax softmax() {
        return hosted(Softmax.class, kernels.softmax());
    }

    @Override
    public Elementwise elementwise() {
        return hosted(Elementwise.class, kernels.elementwise());
    }

    @Override
    public Reduction reduction() {
        return hosted(Reduction.class, kernels.reduction());
    }

    @Override
    public Movement movement() {
        return hosted(Movement.class, kernels.movement());
    }

    @Override
    public Affinity affinity() {
        return hosted(Affinity.class, kernels.affinity());
    }

    @Override
    public Epilogue epilogue() {
        return hosted(Epilogue.class, kernels.epilogue());
    }

    @Override
    public Update update() {
        return hosted(Update.class, kernels.update());
    }
}

package io.github.dsrl4j.tensor.kernel.opencl;

import com.aparapi.device.OpenCLDevice;
import com.aparapi.exception.CompileFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An open device: its program, its memory, and the way in and out. Data stays on the device between operations; what crosses the
 * border is counted. One launch runs at a time.
 *
 * <p>Aparapi knows a buffer by its array on the Java heap, and makes the buffer anew, from that array, when the collector has moved
 * the array. What was on the device is then lost without a word. So every arena begins with a mark that stands on the device
 * alone; each copy to the host brings the marks along, and if one is missing, that copy and all later work is refused.
 */
public final class OpenClContext implements AutoCloseable {
    /** Elements of the buffers through which data goes in and out: for numbers and small parameters, and for the rest. */
    private static final int SMALL = 1 << 10;

    private static final int LARGE = 1 << 20;

    /** A work item of a processor handles at least so many elements, as starting an item costs about as much as 256. */
    private static final int SHORTEST_RUN = 1024;

    /** Pieces per core into which work on a processor is cut, so that cores which others use, too, do not hold up the rest. */
    private static final int PIECES_PER_CORE = 4;

    private static final int GPU_GROUP = 128;

    private final DeviceFacts facts;
    private final boolean gpu;
    private final OpenCLDevice device;
    private final DeviceProgram program;
    private final ArenaSet arenas;
    private final float mark;
    private boolean lost;
    private boolean closed;

    private long launches;
    private long uploads;
    private long uploadedBytes;
    private long downloads;
    private long downloadedBytes;
    private long copyNanos;
    private long launchNanos;

    OpenClContext(DeviceFacts facts, OpenCLDevice device, OpenClOptions options) {
        this.facts = facts;
        this.device = device;
        this.gpu = switch (options.variant()) {
            case AUTO -> facts.gpu();
            case CPU -> false;
            case GPU -> true;
        };
        this.arenas = ArenaSizes.reserve(facts, options.arenaBytes());
        this.mark = 1 + RandomGenerator.getDefault().nextInt(1 << 20);
        this.program = build();
        for (Arena arena : arenas.arenas()) {
            run(new Launch(this, Op.MARK).at(arena.mirror(), 0).floats(mark), 1, groupSize());
        }
        launches = 0;
        launchNanos = 0;
    }

    private DeviceProgram build() {
        DeviceProgram built = gpu ? new GpuProgram() : new CpuProgram();
        List<float[]> mirrors = new ArrayList<>();
        arenas.arenas().forEach(arena -> mirrors.add(arena.mirror()));
        while (mirrors.size() < DeviceProgram.ARENAS) {
            mirrors.add(new float[Arena.ALIGNMENT]);
        }
        built.arena0 = mirrors.get(0);
        built.arena1 = mirrors.get(1);
        built.arena2 = mirrors.get(2);
        built.arena3 = mirrors.get(3);
        built.small = new float[SMALL];
        built.large = new float[LARGE];
        built.table = new int[StretchTable.ENTRIES * StretchTable.WIDTH];
        built.setExplicit(true);
        try {
            built.compile(device);
        } catch (CompileFailedException e) {
            throw new IllegalStateException("%s: its kernels cannot be built: %s".formatted(name(), e.getMessage()), e);
        }
        return built;
    }

    /** {@code opencl:N}. */
    public String name() {
        return "opencl:" + facts.index();
    }

    public DeviceFacts facts() {
        return facts;
    }

    /** Whether the kernels for graphics processors are in use. */
    public boolean gpu() {
        return gpu;
    }

    /** Memory for a tensor, contents unspecified. */
    public Block allocate(int floats) {
        return arenas.allocate(floats);
    }

    /** Memory that an operation needs for itself. */
    Block scratch(int floats) {
        return arenas.scratch(floats);
    }

    /** The memory reserved on the device, and mirrored on the heap. */
    public long arenaBytes() {
        return arenas.bytes();
    }

    public long usedBytes() {
        return arenas.usedBytes();
    }

    /** The most that was used at one time. */
    public long peakBytes() {
        return arenas.peakBytes();
    }

    /** What was counted since the device was opened. */
    public synchronized Counters counters() {
        return new Counters(launches, uploads, uploadedBytes, downloads, downloadedBytes, copyNanos, launchNanos);
    }

    /** Copies from the host to a place in an arena. */
    public synchronized void upload(float[] source, int sourceOffset, float[] arena, int at, int n) {
        arenaOf(arena);
        long begin = System.nanoTime();
        for (int done = 0; done < n; ) {
            float[] buffer = buffer(n - done);
            int part = Math.min(n - done, buffer.length - DeviceProgram.ARENAS);
            System.arraycopy(source, sourceOffset + done, buffer, DeviceProgram.ARENAS, part);
            program.put(buffer);
            copy(buffer.length == SMALL ? Op.COPY_IN_SMALL : Op.COPY_IN_LARGE, arena, at + done, part);
            done += part;
        }
        uploads++;
        uploadedBytes += (long) n * Float.BYTES;
        copyNanos += System.nanoTime() - begin;
    }

    /**
     * Copies from a place in an arena to the host.
     *
     * @throws DeviceMemoryException if data on the device was lost
     */
    public synchronized void download(float[] arena, int at, float[] target, int targetOffset, int n) {
        arenaOf(arena);
        long begin = System.nanoTime();
        for (int done = 0; done < n; ) {
            float[] buffer = buffer(n - done);
            int part = Math.min(n - done, buffer.length - DeviceProgram.ARENAS);
            copy(buffer.length == SMALL ? Op.COPY_OUT_SMALL : Op.COPY_OUT_LARGE, arena, at + done, part);
            program.get(buffer);
            checkMarks(buffer);
            System.arraycopy(buffer, DeviceProgram.ARENAS, target, targetOffset + done, part);
            done += part;
        }
        downloads++;
        downloadedBytes += (long) n * Float.BYTES;
        copyNanos += System.nanoTime() - begin;
    }

    private float[] buffer(int floats) {
        return floats <= SMALL - DeviceProgram.ARENAS ? program.small : program.large;
    }

    private void copy(int op, float[] arena, int at, int n) {
        int run = run(n);
        execute(
                new Launch(this, op).at(arena, at).ints(run, n),
                Math.ceilDiv(Math.ceilDiv(n, run), groupSize()),
                groupSize());
    }

    private void checkMarks(float[] buffer) {
        for (Arena arena : arenas.arenas()) {
            lost |= buffer[arena.index()] != mark;
            buffer[arena.index()] = 0;
        }
        refuseIfLost();
    }

    private void refuseIfLost() {
        if (lost) {
            throw new DeviceMemoryException("""
                    %s: the garbage collector moved the mirror of the device's memory, and the data on the device is lost; no \
                    result can be trusted. Start java with -XX:+UseG1GC, regions of at most 32 MiB, and -Xmx well above the %s MiB of the arenas""".formatted(name(), ArenaSet.mebi(arenas.bytes() / Float.BYTES)));
        }
    }

    /** Gives the device's memory and program back. */
    @Override
    public synchronized void close() {
        closed = true;
        program.dispose();
    }

    Launch launch(int op) {
        if (!program.runs(op)) {
            throw new IllegalStateException("%s: operation %d is not part of the program for %s"
                    .formatted(name(), op, gpu ? "graphics processors" : "processors"));
        }
        return new Launch(this, op);
    }

    int arenaOf(float[] array) {
        int index = arenas.indexOf(array);
        if (index < 0) {
            throw new IllegalArgumentException(name() + ": an operand lies on the host, in an array of " + array.length
                    + " floats; move the tensor to this device first (Tensor.to)");
        }
        return index;
    }

    /** How many work items make a group where an operation does not care. */
    int groupSize() {
        return gpu ? GPU_GROUP : 1;
    }

    /** How many of n neighbouring elements a work item handles: one on a graphics processor, so that loads coalesce. */
    int run(int n) {
        return gpu
                ? 1
                : Math.max(SHORTEST_RUN, Math.ceilDiv(Math.ceilDiv(n, pieces()), Arena.ALIGNMENT) * Arena.ALIGNMENT);
    }

    /** How many rows a work item of a processor takes of so many, some for each piece to even out how long they take. */
    int share(int rows) {
        return Math.max(1, Math.ceilDiv(rows, 2 * pieces()));
    }

    /** Into how many pieces work is cut on a processor to keep all cores busy. */
    int pieces() {
        return PIECES_PER_CORE * Math.max(1, facts.computeUnits());
    }

    synchronized void run(Launch launch, int groups, int groupSize) {
        if (groups <= 0) {
            return;
        }
        long begin = System.nanoTime();
        execute(launch, groups, groupSize);
        launches++;
        launchNanos += System.nanoTime() - begin;
    }

    private void execute(Launch launch, int groups, int groupSize) {
        if (closed) {
            throw new IllegalStateException(name() + " was closed");
        }
        refuseIfLost();
        launch.load(program);
        program.execute(device.createRange(groups * groupSize, groupSize));
    }
}

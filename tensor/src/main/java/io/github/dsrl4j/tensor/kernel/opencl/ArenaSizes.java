package io.github.dsrl4j.tensor.kernel.opencl;

import java.util.ArrayList;
import java.util.List;

/** How much memory a device is opened with, and the mirrors for it. */
final class ArenaSizes {
    /** One buffer holds less than 2 GiB, as Aparapi counts its bytes in an int. */
    private static final long LONGEST_ARENA = (1L << 31) - (1 << 20);

    private static final long SHORTEST_ARENA = 1 << 20;

    /** Free heap from which on a few megabytes more do not matter. */
    private static final long ROOMY = 256L << 20;

    private ArenaSizes() {}

    static ArenaSet reserve(DeviceFacts facts, long wanted) {
        Runtime heap = Runtime.getRuntime();
        long free = heap.maxMemory() - heap.totalMemory() + heap.freeMemory();
        long arena = Math.min(LONGEST_ARENA, facts.bufferBytes());
        long most = DeviceProgram.ARENAS * arena;
        long bytes = wanted != 0 ? wanted : Math.min(most, Math.min(facts.globalBytes() / 2, free / 2));
        String device = "opencl:" + facts.index();
        if (bytes < SHORTEST_ARENA || bytes > most || bytes > facts.globalBytes()) {
            throw new DeviceMemoryException(
                    "%s: its memory cannot be %s MiB: at least 1 MiB, at most %d buffers of %s MiB on a device with %s MiB (-Ddsrl4j.opencl.arena)"
                            .formatted(
                                    device, mebi(bytes), DeviceProgram.ARENAS, mebi(arena), mebi(facts.globalBytes())));
        }
        if (bytes > free) {
            throw doesNotFit(device, bytes, free, null);
        }
        List<Arena> arenas = new ArrayList<>();
        int count = Math.toIntExact(Math.ceilDiv(bytes, arena));
        int floats = Math.toIntExact(bytes / count / Float.BYTES / Arena.ALIGNMENT * Arena.ALIGNMENT);
        try {
            for (int i = 0; i < count; i++) {
                arenas.add(new Arena(i, floats, free > ROOMY));
            }
        } catch (OutOfMemoryError e) {
            throw doesNotFit(device, bytes, free, e);
        }
        return new ArenaSet(device, arenas);
    }

    private static DeviceMemoryException doesNotFit(String device, long bytes, long free, Throwable cause) {
        var exception = new DeviceMemoryException(
                "%s: the heap has to mirror its memory of %s MiB, but only %s of %s MiB are free: start java with a larger -Xmx, or take less memory with -Ddsrl4j.opencl.arena=..."
                        .formatted(
                                device,
                                mebi(bytes),
                                mebi(free),
                                mebi(Runtime.getRuntime().maxMemory())));
        exception.initCause(cause);
        return exception;
    }

    private static String mebi(long bytes) {
        return ArenaSet.mebi(bytes / Float.BYTES);
    }
}

package io.github.dsrl4j.nn.profile;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Objects;

/** How much has been allocated on the heap, by the current thread or by all that compute. */
public final class Allocation {
    private final long[] helpers;

    /** Counts what the current thread allocates, and those threads that share the work of kernels with it and are there already. */
    public Allocation() {
        var threads = ManagementFactory.getThreadMXBean();
        helpers = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().startsWith(Parallel.THREAD_NAME))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
    }

    /** Bytes since these threads were started; 0 where the Java machine does not count them. */
    public long bytes() {
        long sum = ofThisThread();
        for (int i = 0; Counter.THREADS != null && i < helpers.length; i++) {
            sum += Math.max(0, Counter.THREADS.getThreadAllocatedBytes(helpers[i]));
        }
        return sum;
    }

    /** Bytes since the current thread was started; 0 where the Java machine does not count them. */
    public static long ofThisThread() {
        return Counter.THREADS == null ? 0 : Math.max(0, Counter.THREADS.getCurrentThreadAllocatedBytes());
    }

    /** Looked up once; HotSpot counts, other Java machines may not. */
    private static final class Counter {
        private static final com.sun.management.ThreadMXBean THREADS =
                ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
                                && threads.isThreadAllocatedMemorySupported()
                        ? threads
                        : null;
    }
}

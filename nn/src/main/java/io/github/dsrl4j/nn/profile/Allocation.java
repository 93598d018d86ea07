package io.github.dsrl4j.nn.profile;

import java.lang.management.ManagementFactory;

/** How much the current thread has allocated on the heap. */
public final class Allocation {
    private Allocation() {}

    /** Bytes since the thread was started; 0 where the Java machine does not count them. */
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

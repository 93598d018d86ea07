package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * What crossed the border between host and device since the device was opened, and how long it took.
 *
 * @param launches operations run on the device, copies apart
 * @param uploads copies to the device, as they were asked for
 * @param downloads copies to the host, as they were asked for
 * @param copyNanos time spent in copies
 * @param launchNanos time spent in operations
 */
public record Counters(
        long launches,
        long uploads,
        long uploadedBytes,
        long downloads,
        long downloadedBytes,
        long copyNanos,
        long launchNanos) {

    /** What was counted since {@code earlier}. */
    public Counters since(Counters earlier) {
        return new Counters(
                launches - earlier.launches,
                uploads - earlier.uploads,
                uploadedBytes - earlier.uploadedBytes,
                downloads - earlier.downloads,
                downloadedBytes - earlier.downloadedBytes,
                copyNanos - earlier.copyNanos,
                launchNanos - earlier.launchNanos);
    }

    @Override
    public String toString() {
        return "%d operations in %.1f ms; %d uploads of %d bytes and %d downloads of %d bytes in %.1f ms"
                .formatted(
                        launches,
                        launchNanos * 1e-6,
                        uploads,
                        uploadedBytes,
                        downloads,
                        downloadedBytes,
                        copyNanos * 1e-6);
    }
}

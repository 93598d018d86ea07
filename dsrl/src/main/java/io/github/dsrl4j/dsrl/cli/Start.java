package io.github.dsrl4j.dsrl.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The entry of the runnable jar, {@code java -jar dsrl4j-dsrl-VERSION-all.jar COMMAND}. A jar cannot ask for the Vector API, which is
 * still an incubating module; so where it is missing, this starts the same program again in a Java machine with the options that
 * {@code bin/dsrl} gives, and passes on what it says and how it ends.
 */
public final class Start {
    private static final String VECTOR_API = "jdk.incubator.vector";
    private static final String INCUBATOR_WARNING = "WARNING: Using incubator modules: ";
    private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private Start() {}

    /** Runs the command, in this Java machine or in another, and ends the program with its exit status. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean ready = ModuleLayer.boot().findModule(VECTOR_API).isPresent();
        boolean possible = ModuleFinder.ofSystem().find(VECTOR_API).isPresent();
        if (ready || !possible) {
            Main.main(arguments);
            return;
        }
        Process program = new ProcessBuilder(command(arguments, System.getenv()))
                .inheritIO()
                .redirectError(ProcessBuilder.Redirect.PIPE)
                .start();
        var ending = new Thread(() -> end(program), "dsrl-ending");
        Runtime.getRuntime().addShutdownHook(ending);
        passOn(program.errorReader());
        System.exit(program.waitFor());
    }

    /** The same program with the options it needs; those of this Java machine and of DSRL_JAVA_OPTS come last, so that they decide. */
    static List<String> command(String[] arguments, Map<String, String> environment) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=" + VECTOR_API);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Djava.awt.headless=true");
        command.add("-Dcom.aparapi.logLevel=SEVERE");
        // A device's memory is mirrored on the heap, and under G1 the mirror stays where it is.
        command.add(usesOpenCl(arguments) ? "-XX:+UseG1GC" : "-XX:+UseParallelGC");
        if (hasLargePages()) {
            command.add("-XX:+UseTransparentHugePages");
        }
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String options = environment.getOrDefault("DSRL_JAVA_OPTS", "").strip();
        if (!options.isEmpty()) {
            command.addAll(List.of(options.split("\\s+")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean usesOpenCl(String... arguments) {
        return String.join(" ", arguments).matches("(.* )?--device[= ]opencl.*");
    }

    private static boolean hasLargePages() {
        try {
            String modes = Files.isReadable(LARGE_PAGES) ? Files.readString(LARGE_PAGES) : "";
            return modes.contains("[madvise]") || modes.contains("[always]");
        } catch (IOException e) {
            return false;
        }
    }

    /** Passes on standard error as it comes, but for the one line that the Java machine itself says first of the Vector API. */
    private static void passOn(BufferedReader errors) throws IOException {
        String first = errors.readLine();
        if (first != null && !first.startsWith(INCUBATOR_WARNING)) {
            System.err.println(first);
        }
        copy(errors);
    }

    private static void copy(Reader errors) throws IOException {
        var buffer = new char[1 << 12];
        for (int count = errors.read(buffer); count >= 0; count = errors.read(buffer)) {
            System.err.print(String.valueOf(buffer, 0, count));
            System.err.flush();
        }
    }

    /** This program was told to end: so is the other, which may have to save, and is waited for. */
    private static void end(Process program) {
        // Windows has only one way to end a process from outside, which lets it save nothing; Ctrl-C reaches both by
        // itself.
        if (!System.getProperty("os.name").startsWith("Windows")) {
            program.destroy();
        }
        try {
            program.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

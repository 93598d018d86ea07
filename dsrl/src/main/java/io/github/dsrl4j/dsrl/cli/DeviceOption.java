package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.tensor.Device;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option of commands that run on other devices, too. */
final class DeviceOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    private String name = "cpu";
    private boolean given;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = {
                "cpu, or opencl:N for an OpenCL device by the number that 'dsrl doctor' shows (opencl: the first); cpu if not",
                "given. DSRL_JAVA_OPTS='-Ddsrl4j.opencl.arena=2g -Xmx4g' sets its memory and the Java heap, which has to mirror it."
            })
    @SuppressWarnings("UnusedMethod") // picocli calls it
    private void name(String device) {
        if (!device.matches("cpu|opencl(:\\d{1,4})?")) {
            throw new ParameterException(
                    spec.commandLine(), "--device: there is no '" + device + "'; choose cpu, opencl or opencl:N");
        }
        name = device;
        given = true;
    }

    /** The option as it was given, for another command line; nothing where it was not. */
    String words() {
        return given ? " --device " + name : "";
    }

    /** Says so where a run that began on another device is to go on on this one. */
    void noteChange(Map<String, Object> provenance) {
        String before = String.valueOf(provenance.get("device"));
        if (!given && !before.startsWith("cpu")) {
            System.err.printf(
                    "note: this run began on %s; without --device opencl it goes on on the processor, which rounds otherwise%n",
                    before);
        }
    }

    /** Opens the device and says on standard error what was chosen and why. */
    Device open() {
        Device device = Device.named(name);
        System.err.println(device.description());
        return device;
    }
}

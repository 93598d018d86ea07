package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.tensor.Device;
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
    }

    /** Opens the device and says on standard error what was chosen and why. */
    Device open() {
        Device device = Device.named(name);
        System.err.println(device.description());
        return device;
    }
}

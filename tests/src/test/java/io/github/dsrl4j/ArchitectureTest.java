package io.github.dsrl4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that keep the floors: what may use what, and what no class may do. */
final class ArchitectureTest {
    private static final String ROOT = "io.github.dsrl4j.";

    /** The floors, lowest first; each may use itself and those before it. */
    private static final List<String> FLOORS = List.of("tensor", "autograd", "nn", "dsrl");

    /** The packages of the top floor, lowest first; each may use itself and those before it. */
    private static final List<String> TOP_FLOOR = List.of(
            "dsrl.network..",
            "dsrl",
            "dsrl.dataset..",
            "dsrl.metric..",
            "dsrl.inference..",
            "dsrl.train..",
            "dsrl.report..",
            "dsrl.cli..");

    /** What stands outside the modules' own packages and may be used, where the rules below say. */
    private static final List<String> FOREIGN = List.of(
            "java..",
            "javax.imageio..",
            "jdk.incubator.vector..",
            "org.jblas..",
            "com.aparapi..",
            "com.sun.management..",
            "picocli..");

    /** Packages that serve their own module alone; every other package is exported. */
    private static final Set<String> INTERNAL = Set.of(ROOT + "dsrl.cli", ROOT + "dsrl.dataset.street");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(FLOORS.stream().map(ROOT::concat).toList());

    @ParameterizedTest
    @MethodSource("rules")
    void rule(ArchRule rule) {
        rule.check(CLASSES);
    }

    static Stream<ArchRule> rules() {
        return Stream.of(floors(), topFloor(), Stream.of(placed(), kernels(), scalar()), foreign(), conduct())
                .flatMap(rules -> rules);
    }

    private static Stream<ArchRule> floors() {
        return IntStream.range(0, FLOORS.size())
                .mapToObj(
                        floor -> classes()
                                .that(resideInAnyPackage(ROOT + FLOORS.get(floor) + ".."))
                                .should()
                                .onlyDependOnClassesThat(resideInAnyPackage(Stream.concat(
                                                FOREIGN.stream(),
                                                FLOORS.subList(0, floor + 1).stream()
                                                        .map(below -> ROOT + below + ".."))
                                        .toArray(String[]::new)))
                                .because(
                                        "imports point downwards only, and a library that pulls in nothing can be embedded anywhere"));
    }

    private static Stream<ArchRule> topFloor() {
        return IntStream.range(0, TOP_FLOOR.size() - 1)
                .mapToObj(level -> noClasses()
                        .that(resideInAnyPackage(ROOT + TOP_FLOOR.get(level)))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(TOP_FLOOR.subList(level + 1, TOP_FLOOR.size()).stream()
                                .map(ROOT::concat)
                                .toArray(String[]::new)))
                        .because(
                                "networks know nothing of the method around them, the method nothing of data and training, "
                                        + "and none of them of the command line"));
    }

    private static ArchRule placed() {
        return classes()
                .that(resideInAnyPackage(ROOT + "dsrl.."))
                .should()
                .resideInAnyPackage(TOP_FLOOR.stream().map(ROOT::concat).toArray(String[]::new))
                .because("a package has its place among the others");
    }

    private static ArchRule kernels() {
        return classes()
                .that(resideInAnyPackage(ROOT + "tensor.kernel.."))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..", "jdk.incubator.vector..", "org.jblas..", "com.aparapi..", ROOT + "tensor.kernel.."))
                .because("a kernel works on plain arrays and offsets, whatever holds them");
    }

    private static ArchRule scalar() {
        return noClasses()
                .that(resideInAnyPackage(ROOT + "tensor.kernel.scalar.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + "tensor.kernel.vector.."))
                .because("the scalar kernels are the specification that every other implementation is tested against");
    }

    private static Stream<ArchRule> foreign() {
        return Stream.of(
                only("tensor.kernel.vector..", "jdk.incubator.vector..")
                        .because("the module is optional: loading any other class must not need it"),
                only("tensor.kernel.jblas..", "org.jblas..")
                        .because("jblas is optional: loading any other class must not need it"),
                only("tensor.kernel.opencl..", "com.aparapi..")
                        .because("Aparapi is optional: loading any other class must not need it"),
                only("nn.profile..", "com.sun.management..")
                        .because("only HotSpot counts what a thread allocates, and only a profile shows it"),
                only("dsrl.cli..", "picocli..").because("whoever embeds the library does not get picocli"),
                only("dsrl..", "javax.imageio..", "java.awt..")
                        .because("the engine below works without the desktop module"));
    }

    private static ArchRule only(String user, String... used) {
        return noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage(ROOT + user)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(used));
    }

    private static Stream<ArchRule> conduct() {
        var library = DescribedPredicate.not(resideInAnyPackage(ROOT + "dsrl.cli.."));
        return Stream.of(
                fields().that()
                        .areStatic()
                        .should()
                        .beFinal()
                        .because("static mutable state is shared by all who use the library in one JVM; "
                                + "use a ScopedValue for what must be ambient"),
                noFields()
                        .that()
                        .areStatic()
                        .should()
                        .haveRawType(describe("can be changed", ArchitectureTest::mutable))
                        .because("a final field with contents that change is static mutable state all the same"),
                noClasses()
                        .that(library)
                        .should()
                        .callMethod(System.class, "exit", int.class)
                        .because("only a program may end the JVM, never a library"),
                noClasses()
                        .that(library)
                        .should()
                        .accessField(System.class, "out")
                        .because("standard output belongs to the program; with --json it carries one object"),
                noClasses()
                        .that(library)
                        .should()
                        .callMethodWhere(describe(
                                "prints a stack trace", call -> call.getName().equals("printStackTrace")))
                        .because("errors are thrown, or told in one clear line"),
                NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.because("a caller must be able to tell errors apart"),
                noClasses()
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("java.util.logging.."))
                        .because("a library does not choose its user's logging"));
    }

    private static boolean mutable(JavaClass type) {
        return type.isAssignableTo(ThreadLocal.class)
                || type.isAssignableTo(AbstractCollection.class)
                || type.isAssignableTo(AbstractMap.class)
                || type.isAssignableTo(Random.class)
                || type.isAssignableTo(StringBuilder.class)
                || type.getPackageName().startsWith("java.util.concurrent.atomic");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void moduleNeedsNothingButTheJdkAndItsFloors(ModuleDescriptor module) {
        var foreign = module.requires().stream()
                .filter(requires -> !requires.modifiers().contains(Requires.Modifier.STATIC))
                .map(Requires::name)
                .filter(name -> !name.startsWith("java.") && !name.startsWith(ROOT))
                .collect(toCollection(TreeSet::new));
        assertEquals(Set.of(), foreign, () -> module.name() + " must require nothing but the JDK and the floors below");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void moduleExportsEveryPackageThatIsNotInternal(ModuleDescriptor module) {
        var exported = module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .collect(toCollection(TreeSet::new));
        var expected = new TreeSet<>(module.packages());
        expected.removeAll(INTERNAL);
        assertEquals(expected, exported, () -> "exports of " + module.name());
    }

    static List<ModuleDescriptor> modules() {
        var path = Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .map(Path::of)
                .filter(entry -> FLOORS.stream().anyMatch(floor -> belongsTo(entry, floor)))
                .toArray(Path[]::new);
        var modules = ModuleFinder.of(path).findAll().stream()
                .map(reference -> reference.descriptor())
                .toList();
        assertEquals(
                FLOORS.stream().map(ROOT::concat).collect(Collectors.toSet()),
                modules.stream().map(ModuleDescriptor::name).collect(Collectors.toSet()),
                () -> "modules on the class path " + Arrays.toString(path));
        return modules;
    }

    /** Whether an entry of the class path is a floor's jar or its folder of classes. */
    private static boolean belongsTo(Path entry, String floor) {
        return entry.getFileName().toString().startsWith("dsrl4j-" + floor + "-")
                || entry.endsWith(Path.of(floor, "target", "classes"));
    }
}

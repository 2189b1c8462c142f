package io.nexus.eventstream.core;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;

/** Compiles sources in the middle of a test, for classes that stand in a module or a class loader of their own. */
final class ForeignClasses {

    private final Path directory;
    private final List<String> arguments = new ArrayList<>();

    private ForeignClasses(Path directory) {
        this.directory = directory;
        arguments.addAll(List.of("-parameters", "-d", classes().toString()));
    }

    static ForeignClasses compiled(Path directory) {
        return new ForeignClasses(directory);
    }

    ForeignClasses file(String path, String source) throws IOException {
        Path file = directory.resolve("sources").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        arguments.add(file.toString());
        return this;
    }

    /** Returns what the static method make() of a class gives, in a module layer of its own. */
    Object inModule(String module, String maker) throws Exception {
        compile();
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(classes()), ModuleFinder.of(), Set.of(module));
        ModuleLayer layer = boot.defineModulesWithOneLoader(configuration, ForeignClasses.class.getClassLoader());
        return layer.findLoader(module).loadClass(maker).getMethod("make").invoke(null);
    }

    /** Returns what the static method make() of a class gives, in a class loader that knows only the JDK besides. */
    Object inLoader(String maker) throws Exception {
        compile();
        // The loader stays open as long as the object is used, which is the rest of the test.
        ClassLoader loader = new URLClassLoader("plugin", new URL[] {url()}, ClassLoader.getPlatformClassLoader());
        return loader.loadClass(maker).getMethod("make").invoke(null);
    }

    private void compile() {
        ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
        int errors = compiler.run(System.out, System.err, arguments.toArray(String[]::new));
        if (errors != 0) {
            throw new AssertionError("the sources of the test do not compile");
        }
    }

    private Path classes() {
        return directory.resolve("classes");
    }

    private URL url() throws MalformedURLException {
        return classes().toUri().toURL();
    }
}

package dev.sanctum4j.existing;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes a class of the application's for each that we have, by the same simple name; most of them are beans. */
final class Names {

    private Names() {}

    /** Compiles them into {@code folder}; {@code com.example.names.Names} brings them into a context. */
    static void compile(List<Path> ourJars, Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        Path home = folder.resolve("com/example/names");
        Files.createDirectories(home);
        for (String name : simpleNames(ourJars)) {
            // A bean that begins with sanctum has a name that we keep for us.
            String bean =
                    name.startsWith("Sanctum") || isInShop(name) ? "" : "@org.springframework.stereotype.Component ";
            sources.add(Files.writeString(
                    home.resolve(name + ".java"),
                    "package com.example.names;\n" + bean + "public class " + name + " {}\n"));
        }
        sources.add(Files.writeString(home.resolve("Names.java"), """
                package com.example.names;
                @org.springframework.context.annotation.ComponentScan
                public class Names {}
                """));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            null,
                            List.of("-d", "" + folder, "-proc:none"),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("the names cannot be compiled");
            }
        }
    }

    private static boolean isInShop(String name) {
        return Names.class.getResource("/com/example/shop/" + name + ".class") != null;
    }

    private static Set<String> simpleNames(List<Path> ourJars) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path jar : ourJars) {
            if (Files.isDirectory(jar)) {
                collect(jar, names);
            } else {
                try (FileSystem zip = FileSystems.newFileSystem(jar)) {
                    collect(zip.getPath("/"), names);
                }
            }
        }
        return names;
    }

    private static void collect(Path root, Set<String> names) throws IOException {
        Path ours = root.resolve("dev").resolve("sanctum4j");
        if (Files.exists(ours)) {
            try (Stream<Path> files = Files.walk(ours)) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.matches("[A-Z]\\w*\\.class"))
                        .forEach(file -> names.add(file.substring(0, file.length() - 6)));
            }
        }
    }
}

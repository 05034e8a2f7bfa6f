package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Whatever others see of the modules that applications take has a sentence. What is in the sentences, the build's javadoc looks at. */
class JavadocTest {

    private static final List<String> MODULES = List.of("core", "spring", "mcp", "test");

    private final Set<String> silent = new TreeSet<>();
    private int seen;

    @Test
    void everyPublicTypeAndMemberHasASentence() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path file : Page.files(".java")) {
            if (MODULES.stream().anyMatch(module -> file.startsWith(Page.ROOT.resolve(module + "/src/main/java")))) {
                sources.add(file);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees comments = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                for (Tree type : unit.getTypeDecls()) {
                    look(comments, new TreePath(new TreePath(unit), type), false);
                }
            }
        }
        assertThat(silent).as("public, and without a sentence").isEmpty();
        assertThat(seen).isGreaterThan(700);
    }

    /** @param shown whether members are public without saying so */
    private void look(DocTrees comments, TreePath path, boolean shown) {
        Tree tree = path.getLeaf();
        if (!isOpen(tree, shown)) {
            return;
        }
        seen++;
        if (comments.getDocComment(path) == null) {
            silent.add(path.getCompilationUnit().getSourceFile().getName().replaceFirst(".*/java/", "") + ": "
                    + tree.toString().strip().lines().findFirst().orElse(""));
        }
        if (tree instanceof ClassTree type) {
            boolean all = type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
            for (Tree member : type.getMembers()) {
                boolean ofRecord = type.getKind() == Tree.Kind.RECORD
                        && (member instanceof VariableTree
                                || member instanceof MethodTree method && method.getReturnType() == null);
                if (!ofRecord) { // the record's own comment has its parameters
                    look(comments, new TreePath(path, member), all);
                }
            }
        }
    }

    private static boolean isOpen(Tree tree, boolean shown) {
        ModifiersTree modifiers = tree instanceof ClassTree type
                ? type.getModifiers()
                : tree instanceof MethodTree method
                        ? method.getModifiers()
                        : tree instanceof VariableTree field ? field.getModifiers() : null;
        return modifiers != null
                && (modifiers.getFlags().contains(Modifier.PUBLIC)
                        || modifiers.getFlags().contains(Modifier.PROTECTED)
                        || shown && !modifiers.getFlags().contains(Modifier.PRIVATE))
                && modifiers.getAnnotations().stream()
                        .noneMatch(one -> one.getAnnotationType().toString().equals("Override"));
    }
}

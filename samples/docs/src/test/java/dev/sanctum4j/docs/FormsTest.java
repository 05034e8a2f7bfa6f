package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The forms for issues are such as GitHub reads, and addresses of our own repository lead somewhere. */
class FormsTest {

    private static final Path FORMS = Page.ROOT.resolve(".github/ISSUE_TEMPLATE");
    private static final Pattern OURS = Pattern.compile(
            "https://github\\.com/sanctum4j/sanctum4j/(?:blob|tree)/main/([\\w./-]+\\w)(?:#([\\w-]+))?");

    @Test
    void everyAddressOfOurRepositoryLeadsSomewhere() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Path file : Page.files("")) {
            if (file.toString().matches(".*\\.(md|yml|txt|xml|java|js|json|html)")) {
                Matcher address = OURS.matcher(Files.readString(file));
                for (; address.find(); checked++) {
                    Path target = Page.ROOT.resolve(address.group(1));
                    if (!Files.exists(target)
                            || address.group(2) != null
                                    && !Page.of(address.group(1)).anchors().contains(address.group(2))) {
                        wrong.add(Page.ROOT.relativize(file) + ": " + address.group());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(1);
    }

    @Test
    void formsAreSuchAsGitHubReads() throws IOException {
        int forms = 0;
        for (Path file : Page.files(".yml")) {
            if (file.startsWith(FORMS) && !file.endsWith("config.yml")) {
                forms++;
                Map<?, ?> form = read(file);
                assertThat(form.keySet()).as(file.toString()).hasToString("[name, description, body]");
                Set<Object> ids = new HashSet<>();
                for (Object element : (List<?>) form.get("body")) {
                    Map<?, ?> one = (Map<?, ?>) element;
                    Map<?, ?> attributes = (Map<?, ?>) one.get("attributes");
                    if ("markdown".equals(one.get("type"))) {
                        assertThat(attributes.get("value")).isInstanceOf(String.class);
                    } else {
                        assertThat(one.get("type")).isIn("input", "textarea", "dropdown");
                        assertThat(ids.add(one.get("id"))).as("twice: " + one).isTrue();
                        assertThat(attributes.get("label")).isInstanceOf(String.class);
                        assertThat(attributes.containsKey("options")).isEqualTo("dropdown".equals(one.get("type")));
                    }
                }
            }
        }
        assertThat(forms).isEqualTo(2);
        assertThat(read(FORMS.resolve("config.yml")).get("contact_links")).isInstanceOf(List.class);
    }

    /** What nobody can help without, and what nobody should see. */
    @Test
    void bugReportAsksForVersionsAndTheDiagnosisAndForNoSecret() throws IOException {
        assertThat(Files.readString(FORMS.resolve("bug.yml")))
                .contains(
                        "No secrets",
                        "SECURITY.md",
                        "id: versions",
                        "Sanctum-Diagnosis",
                        "sanctum4j doctor",
                        "/diagnosis");
    }

    private static Map<?, ?> read(Path file) throws IOException {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    }
}

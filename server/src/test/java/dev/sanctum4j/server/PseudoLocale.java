package dev.sanctum4j.server;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A language that nobody speaks, made of the English one: each sentence in brackets, two fifths longer, from right to left. What stands on a
 * page outside of brackets comes from no catalogue, and what is wider than the window leaves no room for the words of others. No page
 * has it: a browser is given a script that turns the readable modules' own texts before it starts them.
 */
final class PseudoLocale {

    /** The name of the look. */
    static final String LOOK = "pseudo";

    private static final String SCRIPT = """
            import { texts } from '/sanctum4j/src/texts.js'
            import '/sanctum4j/src/more-texts.js'
            import '/sanctum4j-server/src/texts.js'

            const longer = (text) => `\u27e6${text} ${'wider '.repeat(Math.ceil(text.length / 15)).trim()}\u27e7`
            const turn = (texts) => {
              for (const [key, said] of Object.entries(texts)) {
                if (typeof said === 'string') texts[key] = longer(said)
                else turn(said)
              }
            }
            turn(texts.en)
            document.documentElement.dir = 'rtl'
            await import('/sanctum4j-server/src/page.js')
            """;

    /**
     * What is said outside of brackets, but for what is not the pages' own: names are isolated, facts, times and code are marked up, abilities are
     * described by the application, what a diagnosis found is told by the server in its one language, and a title has what there was no
     * room for. A text in another attribute may name data beside its words.
     */
    private static final String FAULTS = """
            async () => {
              const DATA = 'bdi, code, time, kbd, dd, .mono, script, style, title'
              const abilities = await fetch('/api/abilities').then((answer) => (answer.ok ? answer.json() : []))
              const durations = /^\\d+ (hour|day)s?$/ // by the browser, in words of the language it has
              const theirs = new Set(abilities.flatMap(({ group, description }) => [group, description]))
              for (const name of ['curl', 'curl, $TOKEN', '.env', '.http', 'Java', 'JavaScript', 'GitHub Actions', 'GitLab CI']) theirs.add(name)
              const faults = new Set()
              let depth = 0
              const bare = (text) => [...text].filter((one) => {
                if (one === '\u27e6') depth++
                if (one === '\u27e7') depth--
                return depth === 0 && one !== '\u27e7'
              }).join('').trim()
              const shown = (node) => (node.closest('select') ?? node).checkVisibility()
              const { scrollWidth, clientWidth } = document.documentElement
              const tooWide = scrollWidth > clientWidth
              if (tooWide) faults.add(`${scrollWidth - clientWidth} px beyond the window`)
              const outside = (node) => {
                const { left, right } = node.getBoundingClientRect?.() ?? { left: 0, right: 0 }
                return (left < 0 || right > clientWidth) && shown(node)
              }
              const walk = (node) => {
                if (node.nodeType === Node.TEXT_NODE) {
                  const text = bare(node.data)
                  const within = node.parentElement
                  if (/\\p{L}/u.test(text) && !theirs.has(text) && !durations.test(text) && within && !within.closest(DATA) && shown(within)) faults.add(`bare: ${text}`)
                  return
                }
                if (node.nodeType === Node.ELEMENT_NODE && !node.closest(DATA)) {
                  for (const name of ['aria-label', 'placeholder', 'alt', 'aria-description']) {
                    const text = node.getAttribute(name) ?? ''
                    if (/\\p{L}/u.test(text) && !theirs.has(text) && !text.includes('\u27e6')) faults.add(`bare ${name}: ${text}`)
                  }
                  if (node.scrollWidth > node.clientWidth && /auto|scroll/.test(getComputedStyle(node).overflowX) && !node.matches('nav, nav *'))
                    faults.add(`wider than it is: ${node.outerHTML.slice(0, 200)}`)
                }
                if (node.shadowRoot && !node.matches('sanctum-diagnosis')) walk(node.shadowRoot)
                if (tooWide && outside(node)) faults.add(`beyond the window: ${node.outerHTML.slice(0, 200)}`)
                node.childNodes.forEach(walk)
              }
              walk(document.body)
              if (depth !== 0) faults.add(`brackets that do not meet: ${depth}`)
              return [...faults]
            }
            """;

    private PseudoLocale() {}

    /** Whatever is opened speaks it. The readable modules of the server's pages are sent to nobody who has not signed in. */
    static void speak(BrowserContext context) {
        context.route("**/page.js*", route -> send(route, SCRIPT.getBytes(StandardCharsets.UTF_8)));
        context.route("**/sanctum4j-server/src/*", route -> {
            try {
                send(
                        route,
                        BrowserTest.resource("/META-INF/resources"
                                + URI.create(route.request().url()).getPath()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void send(Route route, byte[] script) {
        route.fulfill(new Route.FulfillOptions()
                .setContentType("text/javascript;charset=UTF-8")
                .setBodyBytes(script));
    }

    @SuppressWarnings("unchecked")
    static List<String> faults(Page page) {
        return (List<String>) page.evaluate(FAULTS);
    }
}

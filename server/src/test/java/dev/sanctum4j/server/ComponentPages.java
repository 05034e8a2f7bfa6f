package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Pages of other applications that use our elements: a plain one with a strict policy, and one of React. */
final class ComponentPages {

    private static final Map<String, String> PAGES = Map.of(
            "/plain.html",
            """
            <!doctype html>
            <html lang="en">
              <title>plain</title>
              <link rel="stylesheet" href="/plain.css">
              <script type="module" src="/sanctum4j/tokens.js"></script>
              <script src="/plain.js"></script>
              <h1>Settings</h1>
              <sanctum-tokens api="{api}"></sanctum-tokens>
            </html>
            """,
            "/plain-english.html",
            """
            <!doctype html>
            <html lang="de">
              <title>plain</title>
              <script type="module" src="/sanctum4j/tokens.en.js"></script>
              <sanctum-tokens api="{api}"></sanctum-tokens>
              <sanctum-sessions api="{api}"></sanctum-sessions>
            </html>
            """,
            "/strict.html",
            """
            <!doctype html>
            <html lang="en">
              <title>strict</title>
              <script type="module" nonce="n0nce" src="{assets}/sanctum4j/tokens.en.js?v=7"></script>
              <sanctum-tokens api="{api}"></sanctum-tokens>
            </html>
            """,
            "/plain.css",
            """
            :root { --sanctum-accent: #c2185b; --sanctum-radius: 4px; }
            sanctum-tokens::part(title) { text-transform: uppercase; }
            """,
            "/plain.js",
            """
            // before the element is known
            new MutationObserver((changes, self) => {
              const tokens = document.querySelector('sanctum-tokens')
              if (tokens) { tokens.texts = { create: 'Make a key' }; self.disconnect() }
            }).observe(document, { childList: true, subtree: true })
            """,
            "/react.html",
            """
            <!doctype html>
            <html lang="en">
              <title>react</title>
              <script src="/cjs/scheduler.js"></script>
              <script src="/cjs/react.js"></script>
              <script src="/cjs/react-dom.js"></script>
              <script src="/cjs/react-dom-client.js"></script>
              <div id="app"></div>
              <script type="module">
                import '/sanctum4j/tokens.js'
                const known = {}
                window.require = (name) => {
                  if (!known[name]) {
                    known[name] = { exports: {} }
                    window.cjs[name](window.require, known[name], known[name].exports)
                  }
                  return known[name].exports
                }
                const { createElement: h, StrictMode, useState } = require('react')
                function Settings() {
                  const [count, setCount] = useState(0)
                  const [again, setAgain] = useState(0)
                  return h('main', null,
                    h('button', { onClick: () => (count ? setAgain(again + 1) : setCount(1)) }, 'Count ', again),
                    h('sanctum-tokens', { api: '{api}', texts: { create: 'Key ' + count } }))
                }
                window.root = require('react-dom-client').createRoot(document.querySelector('#app'))
                window.root.render(h(StrictMode, null, h(Settings)))
              </script>
            </html>
            """);

    private static final Map<String, String> MODULES = Map.of(
            "scheduler", "scheduler/0.28.0",
            "react", "react/19.3.0",
            "react-dom", "react-dom/19.3.0",
            "react-dom-client", "react-dom/19.3.0");

    private ComponentPages() {}

    static Optional<String> page(String path) {
        return Optional.ofNullable(PAGES.get(path));
    }

    /** As strict as a page can be that talks to an API elsewhere. */
    static String policy(String api) {
        return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src " + api
                + "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    }

    /** Scripts by a nonce and what they load, wherever it is. */
    static String strictDynamic(String api) {
        return policy(api).replace("script-src 'self'", "script-src 'nonce-n0nce' 'strict-dynamic'");
    }

    /** A module of npm's older kind, in the fewest words that make a browser take it. */
    static byte[] commonJs(String path) throws IOException {
        String name = path.substring("/cjs/".length(), path.length() - ".js".length());
        byte[] source = BrowserTest.resource(
                "/META-INF/resources/webjars/" + MODULES.get(name) + "/cjs/" + name + ".production.js");
        return ("(window.cjs ??= {})['" + name + "'] = (require, module, exports) => {"
                        + new String(source, StandardCharsets.UTF_8) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }
}

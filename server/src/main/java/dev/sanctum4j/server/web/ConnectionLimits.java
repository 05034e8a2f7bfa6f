package dev.sanctum4j.server.web;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** As many connections as the memory holds, each with a time that ends, and none that keeps a thread from another. */
@Configuration(proxyBeanMethods = false)
class ConnectionLimits {

    /** What one takes that waits for the rest of its request, twice. */
    private static final long MEMORY = 80 << 10;

    private static final int MOST = 8_192;

    @Bean
    WebServerFactoryCustomizer<TomcatWebServerFactory> connections(Environment settings) {
        int most = (int) Math.min(MOST, Runtime.getRuntime().maxMemory() / MEMORY);
        return factory -> {
            factory.setProtocol(TimedProtocol.class.getName());
            // Of connectors, not of protocols: Boot's own come after those
            factory.addConnectorCustomizers(connector -> {
                TimedProtocol protocol = (TimedProtocol) connector.getProtocolHandler();
                if (!settings.containsProperty("server.tomcat.max-connections")) {
                    protocol.setMaxConnections(most);
                }
                // One that does not take its answer holds a thread, if no virtual one
                if (!settings.containsProperty("server.tomcat.threads.max")) {
                    protocol.setMaxThreads(protocol.getMaxConnections() / 4);
                }
            });
        };
    }
}

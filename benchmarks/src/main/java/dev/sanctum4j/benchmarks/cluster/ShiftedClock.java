package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** What a server gets as its clock that is to be told another time: an auto-configuration which lies outside of its jar. */
@Configuration(proxyBeanMethods = false)
public class ShiftedClock {

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    /** Puts this class where a server with {@code -Dloader.path} finds it. */
    static void copyTo(Path folder) throws IOException {
        for (Class<?> one : new Class<?>[] {ShiftedClock.class, Shifted.class}) {
            String name = one.getName().replace('.', '/') + ".class";
            Path file = folder.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            try (InputStream in = Objects.requireNonNull(one.getClassLoader().getResourceAsStream(name))) {
                Files.write(file, in.readAllBytes());
            }
        }
        Path imports = folder.resolve(IMPORTS);
        Files.createDirectories(Objects.requireNonNull(imports.getParent()));
        Files.writeString(imports, ShiftedClock.class.getName() + "\n");
    }

    /** A clock beside the server's own, and taken in its place. */
    @Bean
    @Primary
    Clock shiftedClock(@Value("${shifted.clock}") Path file) {
        return new Shifted(file);
    }

    /** As many seconds off as a file says, which is looked at each tenth of a second. */
    private static final class Shifted extends Clock {

        private static final long LOOK = 100_000_000;

        private final Path file;
        private volatile long looked = System.nanoTime() - LOOK;
        private volatile long seconds;

        private Shifted(Path file) {
            this.file = file;
        }

        @Override
        public Instant instant() {
            long now = System.nanoTime();
            if (now - looked >= LOOK) {
                looked = now;
                try {
                    seconds = Long.parseLong(Files.readString(file).strip());
                } catch (IOException | NumberFormatException e) {
                    // the one of before
                }
            }
            return Instant.now().plusSeconds(seconds);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}

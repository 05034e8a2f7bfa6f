package dev.sanctum4j.server.web;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.coyote.Constants;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1, where slow requests hold neither threads nor memory, and all of them end. A request gets a thread once all of it
 * has come, if that is no more than a few kilobytes; Tomcat waits for bodies on the thread that answers. Its time-outs begin anew
 * with each byte; here a request has so many seconds to come, and so many to be answered and read. While nine of ten
 * connections that may be open are, or three of four threads work, whoever lets the server wait is ended sooner.
 *
 * <p>Public for Tomcat, which makes it by its name.
 */
public final class TimedProtocol extends Http11NioProtocol {

    private static final long LOOK_EVERY = 250;
    private static final long COMING = TimeUnit.SECONDS.toNanos(10);
    private static final long ANSWERED = TimeUnit.SECONDS.toNanos(60);
    private static final long READ = TimeUnit.SECONDS.toNanos(30);
    private static final long CROWDED = TimeUnit.SECONDS.toNanos(1);
    private static final String LIST = "/api/tokens";
    private static final Long BUSY = Long.MAX_VALUE;

    private final Set<TimedProcessor> begun = ConcurrentHashMap.newKeySet();
    private final Map<SocketWrapperBase<?>, Long> idle = new ConcurrentHashMap<>();
    private @Nullable ScheduledFuture<?> looking;

    @Override
    protected Processor createProcessor() {
        return new TimedProcessor(this);
    }

    /**
     * Of JSON, only the list of somebody's tokens: it holds no secret that a length could tell of, and nothing of the request. All
     * other answers of the API may hold what a stranger wrote beside what a stranger must not know.
     */
    @Override
    public boolean useCompression(Request request, Response response) {
        String type = response.getContentType();
        boolean list = request.requestURI().equals(LIST) && "GET".equals(request.getMethod());
        return (list || type == null || !type.contains("json")) && super.useCompression(request, response);
    }

    @Override
    public void start() throws Exception {
        super.start();
        looking =
                getUtilityExecutor().scheduleWithFixedDelay(this::look, LOOK_EVERY, LOOK_EVERY, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() throws Exception {
        if (looking != null) {
            looking.cancel(false);
        }
        super.stop();
    }

    /** Must not throw, or it would be the last time. */
    private void look() {
        try {
            endWhatIsOver(System.nanoTime());
        } catch (RuntimeException e) {
            getLog().warn("Slow connections were not looked for", e);
        }
    }

    private void endWhatIsOver(long now) {
        boolean full = getConnectionCount() > getMaxConnections() * 9L / 10;
        boolean busy = begun.stream().filter(TimedProcessor::isServing).count() > getMaxThreads() * 3L / 4;
        begun.forEach(request -> request.look(now, full, busy));
        Set<SocketWrapperBase<NioChannel>> open = getEndpoint().getConnections();
        idle.keySet().retainAll(open);
        if (full) {
            for (SocketWrapperBase<NioChannel> one : open) {
                Long since = idle.putIfAbsent(one, now); // one that has never sent anything
                if (since != null && !BUSY.equals(since) && now - since > CROWDED) {
                    end(one.getSocket().getIOChannel());
                }
            }
        }
    }

    /** Not closed, which is for Tomcat to do: it sees that nothing more will come, or can be sent. */
    private static void end(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.shutdownInput();
                channel.shutdownOutput();
            }
        } catch (IOException e) {
            // it is over already
        }
    }

    /** Works on one connection at a time, and notes for how long one request has been there. */
    private static final class TimedProcessor extends Http11Processor {

        private final TimedProtocol protocol;
        private final Incoming incoming = new Incoming();
        private volatile @Nullable SocketChannel channel;
        private volatile long since;
        private volatile int requests;
        private boolean passedOn;

        TimedProcessor(TimedProtocol protocol) {
            super(protocol, protocol.getAdapter());
            this.protocol = protocol;
        }

        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            SocketChannel now = socket.getSocket() instanceof NioChannel nio ? nio.getIOChannel() : null;
            if (!Objects.equals(channel, now)) {
                channel = now;
                since = System.nanoTime();
                incoming.clear();
                passedOn = false;
                protocol.begun.add(this);
                protocol.idle.put(socket, BUSY);
            }
            SocketState state = SocketState.CLOSED;
            try {
                if (!passedOn) {
                    if (!incoming.isThere(socket)) {
                        state = SocketState.LONG;
                        return state;
                    }
                    passedOn = true;
                }
                state = super.service(socket);
                return state;
            } finally {
                if (state != SocketState.LONG) {
                    protocol.begun.remove(this);
                    channel = null;
                    if (state == SocketState.OPEN) {
                        protocol.idle.put(socket, System.nanoTime());
                    }
                }
            }
        }

        private boolean isServing() {
            return getRequest().getRequestProcessor().getStage() == Constants.STAGE_SERVICE;
        }

        private void look(long now, boolean full, boolean busy) {
            SocketChannel waiting = channel;
            if (waiting == null || !waiting.isOpen()) {
                protocol.begun.remove(this);
                return;
            }
            int count = getRequest().getRequestProcessor().getRequestCount();
            if (count != requests) {
                requests = count;
                since = now;
            }
            long most = full ? CROWDED : COMING;
            if (isServing()) {
                boolean theirs = response.isCommitted() || isComing(); // they are waited for, not we
                most = !theirs ? ANSWERED : busy || full ? CROWDED : READ;
            }
            if (now - since > most) {
                end(waiting);
            }
        }

        /** Asked while another thread works on it, so it may be in between, and is not over then. */
        private boolean isComing() {
            try {
                return !isRequestBodyFullyRead();
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    /** The bytes of a request that has not all come. What they mean is for Tomcat to say: this tells only whether to wait for more. */
    private static final class Incoming {

        /** What goes back into the connection's own buffer. */
        private static final int MOST = 8_192;

        private static final Pattern LENGTH = Pattern.compile("\r?\ncontent-length:[ \t]*([0-9]{1,4})[ \t]*\r?\n");
        private static final Pattern NO_BODY_TO_WAIT_FOR =
                Pattern.compile("\r?\n(?:expect|upgrade|transfer-encoding)[ \t]*:");

        private static final int FEW = 1_024;
        private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private byte[] bytes = new byte[FEW];
        private int length;

        void clear() {
            length = 0;
            if (bytes.length > FEW) {
                bytes = new byte[FEW];
            }
        }

        /** Whether all of it is there, or enough to begin with; then the connection has it again, to be read. */
        boolean isThere(SocketWrapperBase<?> socket) throws IOException {
            boolean more = true;
            while (more && length < MOST) {
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.min(MOST, 2 * length));
                }
                int read = socket.read(false, ByteBuffer.wrap(bytes, length, bytes.length - length));
                if (read < 0) {
                    throw new EOFException();
                }
                length += read;
                more = read > 0 && length == bytes.length;
            }
            if (length < MOST && !isWhole()) {
                return false;
            }
            socket.unRead(ByteBuffer.wrap(bytes, 0, length));
            clear();
            return true;
        }

        private boolean isWhole() {
            if (bytes[0] == 'G'
                    && length > END.length
                    && Arrays.equals(bytes, length - END.length, length, END, 0, END.length)) {
                return true; // GET, as nearly always
            }
            String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return text.contains("\n\n");
            }
            String headers = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
            Matcher told = LENGTH.matcher(headers);
            return NO_BODY_TO_WAIT_FOR.matcher(headers).find()
                    || !told.find()
                    || length - (end + 4) >= Integer.parseInt(told.group(1));
        }
    }
}

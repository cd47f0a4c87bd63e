// A JUnit 5 extension that starts the executable once for all tests: @ExtendWith(Kinesisd.class)
import java.util.*;
import org.junit.jupiter.api.extension.*;

public class Kinesisd implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent("kinesisd", name -> start());
    }

    private static AutoCloseable start() { // which JUnit closes after the last test
        try {
            var log = java.io.File.createTempFile("kinesisd", ".log");
            Process server = new ProcessBuilder("kinesisd", "--listen", "127.0.0.1:0").redirectError(log).start();
            var lines = new Scanner(server.getInputStream());
            if (lines.findWithinHorizon("Listening at (\\S+)", 0) == null)
                throw new IllegalStateException(java.nio.file.Files.readString(log.toPath()));
            System.getProperties().putAll(Map.of("aws.endpointUrlKinesis", lines.match().group(1),
                    "aws.region", "us-east-1", "aws.accessKeyId", "test", "aws.secretAccessKey", "test"));
            return server::destroy;
        } catch (java.io.IOException missing) {
            throw new java.io.UncheckedIOException(missing);
        }
    }
}

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Trust in the certificate that AWS_CA_BUNDLE names; Java by itself looks into its trust store only. */
final class Trust {
    static TrustManager[] managers() {
        try {
            String file = System.getenv("AWS_CA_BUNDLE");
            KeyStore store = null; // that is Java's own
            if (file != null) {
                store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                try (InputStream pem = new FileInputStream(file)) {
                    store.setCertificateEntry("kinesisd",
                            CertificateFactory.getInstance("X.509").generateCertificate(pem));
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Trust() {}
}

// Submits a batch file with the JDK alone (17 or later): WS-Security by javax.xml.crypto, MTOM by java.net.http.
// Usage: java SubmitBatch.java URL KEY.pem CERT.pem BATCH.xml EXTERNAL_ID; prints status and answer.
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class SubmitBatch {
    static final String OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
    static final String WSU = OASIS + "-wssecurity-utility-1.0.xsd";
    static final String WSSE = OASIS + "-wssecurity-secext-1.0.xsd";
    static final String X509 = OASIS + "-x509-token-profile-1.0#X509v3";

    public static void main(String[] arguments) throws Exception {
        Path batch = Path.of(arguments[3]);
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(Files.newInputStream(Path.of(arguments[2])));
        PrivateKey key = key(Files.readString(Path.of(arguments[1])), certificate);
        String sha256 = sha256(batch);
        byte[] envelope = signed(envelope(certificate, arguments[4], sha256), key, certificate);

        String boundary = "MIME_" + UUID.randomUUID();
        BodyPublisher body = BodyPublishers.concat(
            text("--" + boundary + "\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n"
                + "Content-Transfer-Encoding: binary\r\nContent-ID: <root@example>\r\n\r\n"),
            BodyPublishers.ofByteArray(envelope),
            text("\r\n--" + boundary + "\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Transfer-Encoding: binary\r\nContent-ID: <" + sha256 + "@example>\r\n\r\n"),
            BodyPublishers.ofFile(batch),
            text("\r\n--" + boundary + "--\r\n"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
            .timeout(Duration.ofMinutes(5))
            .header("Content-Type", "multipart/related; type=\"application/xop+xml\"; start=\"<root@example>\"; "
                + "start-info=\"text/xml\"; boundary=\"" + boundary + "\"")
            .header("SOAPAction", "\"urn:fehaciente:gateway:1.0:SubmitBatch\"")
            .POST(body).build();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var answer = client.send(request, BodyHandlers.ofString());
        System.out.println(answer.statusCode());
        System.out.println(answer.body());
    }

    static BodyPublisher text(String ascii) {
        return BodyPublishers.ofString(ascii, StandardCharsets.US_ASCII);
    }

    static Document envelope(X509Certificate certificate, String externalId, String sha256) throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String token = Base64.getEncoder().encodeToString(certificate.getEncoded());
        String xml = "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Header>"
            + "<wsse:Security soap:mustUnderstand='1' xmlns:wsse='" + WSSE + "' xmlns:wsu='" + WSU + "'>"
            + "<wsse:BinarySecurityToken wsu:Id='token' ValueType='" + X509 + "' EncodingType='" + OASIS
            + "-soap-message-security-1.0#Base64Binary'>" + token + "</wsse:BinarySecurityToken>"
            + "<wsu:Timestamp wsu:Id='time'><wsu:Created>" + now + "</wsu:Created><wsu:Expires>"
            + now.plus(5, ChronoUnit.MINUTES) + "</wsu:Expires></wsu:Timestamp></wsse:Security></soap:Header>"
            + "<soap:Body xmlns:wsu='" + WSU + "' wsu:Id='body'><g:SubmitBatch "
            + "xmlns:g='urn:fehaciente:gateway:1.0' xmlns:t='urn:fehaciente:transaction:1.0'><g:external_id/>"
            + "<g:file><g:attachment><t:href>cid:" + sha256 + "@example</t:href><t:sha256>" + sha256
            + "</t:sha256></g:attachment></g:file></g:SubmitBatch></soap:Body></soap:Envelope>";
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        document.getElementsByTagNameNS("urn:fehaciente:gateway:1.0", "external_id").item(0)
            .setTextContent(externalId);
        for (String name : List.of("Timestamp", "Body", "BinarySecurityToken")) {
            NodeList found = document.getElementsByTagNameNS("*", name);
            ((Element) found.item(0)).setIdAttributeNS(WSU, "Id", true);
        }
        return document;
    }

    static byte[] signed(Document document, PrivateKey key, X509Certificate certificate) throws Exception {
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        List<Reference> references = List.of(reference(factory, "#body"), reference(factory, "#time"));
        String method = key.getAlgorithm().equals("RSA") ? "rsa-sha256" : "ecdsa-sha256";
        var info = factory.newSignedInfo(
            factory.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            factory.newSignatureMethod("http://www.w3.org/2001/04/xmldsig-more#" + method, null), references);
        Element named = document.createElementNS(WSSE, "wsse:SecurityTokenReference");
        Element token = document.createElementNS(WSSE, "wsse:Reference");
        token.setAttribute("URI", "#token");
        token.setAttribute("ValueType", X509);
        named.appendChild(token);
        var keyInfo = factory.getKeyInfoFactory().newKeyInfo(List.of(new DOMStructure(named)));
        var security = document.getElementsByTagNameNS(WSSE, "Security").item(0);
        DOMSignContext context = new DOMSignContext(key, security);
        context.setDefaultNamespacePrefix("ds");
        factory.newXMLSignature(info, keyInfo).sign(context);
        // The JDK breaks base64 with &#13;, which is white space to every reader.
        var transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        var octets = new java.io.ByteArrayOutputStream();
        transformer.transform(new DOMSource(document), new StreamResult(octets));
        return octets.toByteArray();
    }

    static Reference reference(XMLSignatureFactory factory, String uri) throws Exception {
        return factory.newReference(uri, factory.newDigestMethod(DigestMethod.SHA256, null),
            List.of(factory.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null)),
            null, null);
    }

    static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (var stream = Files.newInputStream(file)) {
            byte[] piece = new byte[1 << 16];
            for (int read; (read = stream.read(piece)) > 0; ) digest.update(piece, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static PrivateKey key(String pem, X509Certificate certificate) throws Exception {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        KeyFactory factory = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm());
        return factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}

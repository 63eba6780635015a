import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.signature.XMLSignatureInput;
import org.apache.xml.security.utils.resolver.ResourceResolverContext;
import org.apache.xml.security.utils.resolver.ResourceResolverSpi;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Apache Santuario's opinion on every ds:Signature of the files given: references and value, by the key in KeyInfo. */
public final class VerifyXml {
    private static final String DS = "http://www.w3.org/2000/09/xmldsig#";

    /** Files beside the signature, for detached references; nothing outside that folder. */
    private static final class Beside extends ResourceResolverSpi {
        private final Path folder;

        Beside(Path folder) {
            this.folder = folder.toAbsolutePath().normalize();
        }

        private Path file(ResourceResolverContext context) throws Exception {
            return folder.resolve(java.net.URLDecoder.decode(context.uriToResolve, "UTF-8")).normalize();
        }

        @Override
        public boolean engineCanResolveURI(ResourceResolverContext context) {
            try {
                return context.uriToResolve != null && !context.uriToResolve.isEmpty()
                    && !context.uriToResolve.startsWith("#") && file(context).startsWith(folder);
            } catch (Exception error) {
                return false;
            }
        }

        @Override
        public XMLSignatureInput engineResolveURI(ResourceResolverContext context) {
            try {
                return new XMLSignatureInput(Files.readAllBytes(file(context)));
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        }
    }

    public static void main(String[] words) throws Exception {
        Init.init();
        boolean good = true;
        // The first word is the folder that detached references are relative to.
        Beside beside = new Beside(Path.of(words[0]));
        for (int at = 1; at < words.length; at++) {
            good &= verify(new File(words[at]), beside);
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean verify(File file, Beside beside) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file);
        markIds(document.getDocumentElement());
        NodeList found = document.getElementsByTagNameNS(DS, "Signature");
        boolean good = found.getLength() > 0;
        for (int at = 0; at < found.getLength(); at++) {
            XMLSignature signature = new XMLSignature((Element) found.item(at), "", true);
            signature.addResourceResolver(beside);
            boolean holds = signature.checkSignatureValue(signature.getKeyInfo().getX509Certificate());
            System.out.println(file.getName() + ": " + (holds ? "holds" : "does not hold"));
            good &= holds;
        }
        return good;
    }

    private static void markIds(Element element) {
        if (element.hasAttribute("Id")) {
            element.setIdAttribute("Id", true);
        }
        for (org.w3c.dom.Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element) {
                markIds((Element) child);
            }
        }
    }
}

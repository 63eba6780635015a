// Asks for states and batches by Apache CXF 4, with classes that wsdl2java makes from the contract.
// Usage: mvn -q compile exec:java -Dexec.mainClass=State -Dexec.args="URL GUID", with issuer.p12 in the working folder
// (openssl pkcs12 -export -inkey issuer.key -in issuer.pem -name issuer -out issuer.p12) and STORE_PASSWORD set.
import fehaciente.gateway._1.Gateway;
import fehaciente.gateway._1.GatewayPort;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.soap.MTOMFeature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.CallbackHandler;
import org.apache.cxf.endpoint.Client;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor;
import org.apache.wss4j.common.ConfigurationConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;

public class State {
    public static void main(String[] arguments) {
        String password = System.getenv("STORE_PASSWORD");
        System.setProperty("store.password", password);
        // MTOM takes base64 out after it was signed: the gateway puts it back before it verifies.
        GatewayPort port = new Gateway().getGatewaySoap11(new MTOMFeature(true, 4096));
        ((BindingProvider) port).getRequestContext()
            .put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, arguments[0]);
        Client client = ClientProxy.getClient(port);
        client.getOutInterceptors().add(new WSS4JOutInterceptor(signing(password)));
        var items = port.getState(List.of(arguments[1]), List.of());
        items.forEach(item -> System.out.println(item.getTransaction().getState().getName()));
    }

    static Map<String, Object> signing(String password) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConfigurationConstants.ACTION, "Timestamp Signature");
        properties.put(ConfigurationConstants.TTL_TIMESTAMP, "300");
        properties.put(ConfigurationConstants.USER, "issuer");
        properties.put(ConfigurationConstants.SIG_PROP_FILE, "issuer.properties");
        properties.put(ConfigurationConstants.SIG_KEY_ID, "DirectReference");
        properties.put(ConfigurationConstants.SIG_ALGO, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        properties.put(ConfigurationConstants.SIG_DIGEST_ALGO, "http://www.w3.org/2001/04/xmlenc#sha256");
        // Body and Timestamp, both of them: the gateway refuses a signature over one alone.
        properties.put(ConfigurationConstants.SIGNATURE_PARTS,
            "{Element}{http://schemas.xmlsoap.org/soap/envelope/}Body;"
            + "{Element}{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Timestamp");
        // What is signed is the base64, not the reference to a part; this is CXF's default.
        properties.put(ConfigurationConstants.EXPAND_XOP_INCLUDE, "true");
        CallbackHandler handler = callbacks -> {
            for (var callback : callbacks) ((WSPasswordCallback) callback).setPassword(password);
        };
        properties.put(ConfigurationConstants.PW_CALLBACK_REF, handler);
        return properties;
    }
}

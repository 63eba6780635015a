// Submits a batch file by .NET 8: WS-Security by SignedXml, MTOM by HttpClient, RSA-SHA256.
// Usage: dotnet run URL KEY.pem CERT.pem BATCH.xml EXTERNAL_ID; prints status and answer.
using System.Net.Http.Headers;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

const string Oasis = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
const string X509 = Oasis + "-x509-token-profile-1.0#X509v3";
var (url, keyFile, certFile, batch, externalId) = (args[0], args[1], args[2], args[3], args[4]);

using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certFile), File.ReadAllText(keyFile));
using var key = certificate.GetRSAPrivateKey() ?? throw new ArgumentException("this example signs by RSA");
string sha256;
await using (var file = File.OpenRead(batch))
    sha256 = Convert.ToHexString(await SHA256.HashDataAsync(file)).ToLowerInvariant();

string Instant(DateTime moment) => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
var now = DateTime.UtcNow;
var envelope = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
envelope.LoadXml(
    "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Header>" +
    $"<wsse:Security soap:mustUnderstand='1' xmlns:wsse='{Oasis}-wssecurity-secext-1.0.xsd' xmlns:wsu='{Signing.Wsu}'>" +
    $"<wsse:BinarySecurityToken wsu:Id='token' ValueType='{X509}' EncodingType='{Oasis}-soap-message-security-1.0#Base64Binary'>" +
    $"{Convert.ToBase64String(certificate.RawData)}</wsse:BinarySecurityToken><wsu:Timestamp wsu:Id='time'>" +
    $"<wsu:Created>{Instant(now)}</wsu:Created><wsu:Expires>{Instant(now.AddMinutes(5))}</wsu:Expires></wsu:Timestamp>" +
    $"</wsse:Security></soap:Header><soap:Body xmlns:wsu='{Signing.Wsu}' wsu:Id='body'><g:SubmitBatch " +
    "xmlns:g='urn:fehaciente:gateway:1.0' xmlns:t='urn:fehaciente:transaction:1.0'>" +
    $"<g:external_id>{SecurityElement.Escape(externalId)}</g:external_id><g:file><g:attachment>" +
    $"<t:href>cid:{sha256}@example</t:href><t:sha256>{sha256}</t:sha256></g:attachment></g:file>" +
    "</g:SubmitBatch></soap:Body></soap:Envelope>");

var signing = new Signing(envelope) { SigningKey = key };
signing.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
signing.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
foreach (var id in new[] { "body", "time" })
{
    var reference = new Reference("#" + id) { DigestMethod = SignedXml.XmlDsigSHA256Url };
    reference.AddTransform(new XmlDsigExcC14NTransform());
    signing.AddReference(reference);
}
var named = new XmlDocument();
named.LoadXml($"<wsse:SecurityTokenReference xmlns:wsse='{Oasis}-wssecurity-secext-1.0.xsd'>" +
    $"<wsse:Reference URI='#token' ValueType='{X509}'/></wsse:SecurityTokenReference>");
signing.KeyInfo = new KeyInfo();
signing.KeyInfo.AddClause(new KeyInfoNode(named.DocumentElement!));
signing.ComputeSignature();
var security = envelope.GetElementsByTagName("Security", Oasis + "-wssecurity-secext-1.0.xsd")[0]!;
security.AppendChild(envelope.ImportNode(signing.GetXml(), true));

var boundary = "MIME_" + Guid.NewGuid().ToString("N");
using var body = new MultipartContent("related", boundary);
body.Headers.ContentType = MediaTypeHeaderValue.Parse(
    $"multipart/related; type=\"application/xop+xml\"; start=\"<root@example>\"; start-info=\"text/xml\"; boundary=\"{boundary}\"");
var root = new ByteArrayContent(Encoding.UTF8.GetBytes(envelope.OuterXml));
root.Headers.ContentType = MediaTypeHeaderValue.Parse("application/xop+xml; charset=UTF-8; type=\"text/xml\"");
root.Headers.Add("Content-ID", "<root@example>");
body.Add(root);
var attached = new StreamContent(File.OpenRead(batch));
attached.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
attached.Headers.Add("Content-ID", $"<{sha256}@example>");
body.Add(attached);

using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = body };
request.Headers.Add("SOAPAction", "\"urn:fehaciente:gateway:1.0:SubmitBatch\"");
using var answer = await client.SendAsync(request);
Console.WriteLine((int)answer.StatusCode);
Console.WriteLine(await answer.Content.ReadAsStringAsync());

/// <summary>SignedXml that finds what wsu:Id names.</summary>
internal sealed class Signing(XmlDocument document) : SignedXml(document)
{
    public const string Wsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    public override XmlElement? GetIdElement(XmlDocument? document, string id)
    {
        var names = new XmlNamespaceManager(document!.NameTable);
        names.AddNamespace("wsu", Wsu);
        return document.SelectSingleNode($"//*[@wsu:Id='{id}']", names) as XmlElement;
    }
}

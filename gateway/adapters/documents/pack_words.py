"""What a pack says of itself in both languages: what is inside, and how to verify it with public tools."""

from collections.abc import Sequence

from gateway.domain.errors import Text
from gateway.domain.pack import original_name, stamped_name
from gateway.domain.record import DocumentRecord

GUIDE = Text(
    """\
Evidence pack of the transaction {guid}

What is inside
  certificate.pdf    content certificate, for people; all evidence is attached to it as well
  certificate.xml    the same for machines; it prevails
  evidence/          one sealed file for each thing that happened (ETSI EN 319 522-3), in order
  original/          documents as the issuer sent them
  stamped/           their stamped copies, as recipients saw them
  digests.txt        SHA-256 of originals and stamped copies; digests.tst is its time-stamp (RFC 3161)
  META-INF/          signatures.xml (XAdES) covers every file above; manifest.xml lists media types

How to verify it, without us. ROOT.pem holds the roots that you trust, not taken from this pack.
  unzip -t PACK.asice
  unzip PACK.asice -d pack && cd pack
  xmlsec1 --verify --trusted-pem ROOT.pem META-INF/signatures.xml
  for file in evidence/*.xml certificate.xml; do
      xmlsec1 --verify --trusted-pem ROOT.pem "$file"
  done
  openssl ts -verify -data digests.txt -in digests.tst -token_in -CAfile ROOT.pem
  # prints nothing: every document's digest is among the stamped ones
  for file in original/* stamped/*; do
      grep -q "$(sha256sum < "$file" | cut -c1-64)" digests.txt || echo "$file"
  done
  pdfsig certificate.pdf

Documents
{documents}
""",
    """\
Paquete de evidencias de la operación {guid}

Qué contiene
  certificate.pdf    certificado de contenido, para personas; lleva adjuntas también las evidencias
  certificate.xml    lo mismo para máquinas; es el que prevalece
  evidence/          un fichero sellado por cada cosa que sucedió (ETSI EN 319 522-3), en orden
  original/          los documentos como los envió el emisor
  stamped/           sus copias estampadas, como las vieron los destinatarios
  digests.txt        SHA-256 de originales y copias; digests.tst es su sello de tiempo (RFC 3161)
  META-INF/          signatures.xml (XAdES) cubre todo lo anterior; manifest.xml dice los tipos

Cómo verificarlo sin nosotros. ROOT.pem son las raíces en que usted confía, no sacadas de aquí.
  unzip -t PAQUETE.asice
  unzip PAQUETE.asice -d paquete && cd paquete
  xmlsec1 --verify --trusted-pem ROOT.pem META-INF/signatures.xml
  for file in evidence/*.xml certificate.xml; do
      xmlsec1 --verify --trusted-pem ROOT.pem "$file"
  done
  openssl ts -verify -data digests.txt -in digests.tst -token_in -CAfile ROOT.pem
  # no dice nada: el resumen de cada documento está entre los sellados
  for file in original/* stamped/*; do
      grep -q "$(sha256sum < "$file" | cut -c1-64)" digests.txt || echo "$file"
  done
  pdfsig certificate.pdf

Documentos
{documents}
""",
)


def guide(language: str, guid: str, documents: Sequence[DocumentRecord]) -> str:
    """Deterministic; names of documents as they are in the pack, which the certificate gives as they were."""
    lines = [f"  {original_name(each)}  {each.original_sha256.hex()}" for each in documents]
    lines += [
        f"  {stamped_name(each)}  {each.stamped_sha256.hex()}" for each in documents if each.stamped_sha256
    ]
    return GUIDE.in_language(language).format(guid=guid, documents="\n".join(lines))

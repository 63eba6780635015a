"""Submits a batch by the Python client, writes its report: URL KEY.pem CERT.pem ROOT.pem BATCH REPORT.csv.

Run again after whatever happened: it goes on, and makes no second batch.
"""

import sys
from pathlib import Path

from gateway import resources
from gateway.client import Client
from gateway.client.trust import Anchors


def main() -> None:
    url, key, cert, root, batch_file, report = sys.argv[1:]
    with Client(
        resources.folder("wsdl") / "gateway.wsdl",
        Path(key).read_bytes(),
        Path(cert).read_bytes(),
        address=url,
        # Evidence that does not lead to this root never reaches us.
        check=Anchors(Path(root).read_bytes()),
    ) as client:
        batch = client.submit_batch(Path(batch_file), progress=lambda done, total: print(done, "of", total))
        batch = client.wait_for_batch(batch.id)
        print("batch", batch.id, "accepted", batch.accepted, "rejected", batch.refused)
        with Path(report).open("wb") as file:
            file.writelines(client.batch_report_csv(batch.id))
        for item in client.batch_report(batch.id):
            if item.guid:
                evidence = client.evidence(item.guid)
                print(item.external_id, item.guid, len(evidence), "evidence")
                break


if __name__ == "__main__":
    main()

"""Reads the gateway's own public pages over HTTP as anybody outside does: bounded in time and size."""

from dataclasses import dataclass

import requests

LARGEST, CHUNK = 128 * 1024 * 1024, 64 * 1024
AGENT = "fehaciente-publication-check/1.0"


@dataclass(frozen=True, slots=True)
class WebReader:
    """The port `PublicReader` over one public address; `timeout` in seconds for each wait."""

    base_url: str
    timeout: float = 20.0

    def read(self, path: str) -> bytes:
        try:
            with requests.get(
                f"{self.base_url}{path}",
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
                timeout=self.timeout,
                stream=True,
                allow_redirects=False,
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise ConnectionError(f"HTTP {answer.status_code}")
                return _bounded(answer)
        except (requests.RequestException, OSError) as error:
            if type(error) is ConnectionError:
                raise
            raise ConnectionError(type(error).__name__) from None


def _bounded(answer: requests.Response) -> bytes:
    octets = bytearray()
    for chunk in answer.iter_content(CHUNK):
        octets += chunk
        if len(octets) > LARGEST:
            raise ConnectionError("too large")
    return bytes(octets)

"""What does a seal cost on top of a filled scorecard, and what would it cost by pyHanko alone?

    PYTHONPATH=. .venv/bin/python benchmarks/seal.py [--cards 100]

The same cards in turns, in one warm process, each sealed by a certificate of RSA with 3072 bits as the demo makes it.
`fill` is from the card to the bytes, `seal` what app/documents/seals.py adds, `pyHanko` its own way of signing the same
file with the key at hand. The time is that of the processor.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from app.demo.own_seal import make_seal
from app.documents.frozen.fill import fill
from app.documents.seals import sealed
from app.rules.vocabulary import Language
from app.sealing import SEAL_FILE, usable_seal
from app.settings import Settings
from benchmarks.pdf import card


def by_pyhanko(pkcs12: bytes) -> Callable[[bytes], bytes]:
    """PyHanko's own way, with a key that is not read anew for each file."""
    key, certificate, _ = load_key_and_certificates(pkcs12, None)

    class Signer(signers.Signer):
        async def async_sign_raw(self, data, digest_algorithm, dry_run=False):  # noqa: ANN001, ANN202, FBT002
            return key.sign(data, PKCS1v15(), SHA256())

    signer = Signer(signing_cert=x509.Certificate.load(certificate.public_bytes(Encoding.DER)))
    about = signers.PdfSignatureMetadata("Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)

    def sign(pdf: bytes) -> bytes:
        place = fields.SigFieldSpec("Seal", box=(-1, -1, -1, -1))
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        return signers.PdfSigner(about, signer, new_field_spec=place).sign_pdf(writer).getvalue()

    return sign


def main() -> None:
    """Measure in turns."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cards", type=int, default=100)
    count = options.parse_args().cards
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), _env_file=None)
        make_seal(settings)
        began = time.process_time()
        seal = usable_seal(settings)
        print(f"reading the certificate, once a process: {time.process_time() - began:.2f} s")
        alone = by_pyhanko((Path(folder) / SEAL_FILE).read_bytes())
    alone(sealed(fill(card(0), Language.INDONESIAN), None))
    taken: dict[str, list[float]] = {"fill": [], "seal": [], "pyHanko": []}
    for number in range(count):
        fill(card(number), Language.INDONESIAN)  # its blocks are frozen now
        places = [time.process_time()]
        pdf = fill(card(number), Language.INDONESIAN)
        places.append(time.process_time())
        sealed(pdf, seal)
        places.append(time.process_time())
        alone(pdf)
        places.append(time.process_time())
        for name, start, end in zip(taken, places, places[1:], strict=False):
            taken[name].append((end - start) * 1000)
    for name, values in taken.items():
        late = sorted(values)[int(count * 0.95)]
        print(f"{name:8} median {statistics.median(values):5.1f} ms, 95th of 100 {late:5.1f} ms")


if __name__ == "__main__":
    main()

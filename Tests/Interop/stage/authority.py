"""An authority of one's own, and the certificates that it issues: good, expired, of another name, or self-signed."""

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

from .processes import NotReady

# One name in the forms of RFC 6120 §13.7.1.2: dNSName, SRVName (RFC 4985) and XmppAddr.
FORMS = {"dns": "DNS:{name}", "srv": "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-server.{name}",
         "address": "otherName:1.3.6.1.5.5.7.8.5;UTF8:{name}"}

# `openssl ca` is the one command that takes both ends of a validity.
CONFIGURATION = """\
[ca]
default_ca = own
[own]
database = {work}/index
new_certs_dir = {work}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copyall
[any]
commonName = supplied
"""


class Certificate:
    """A certificate and its key, each in a file of PEM; those of a server can read both."""

    def __init__(self, chain, key):
        self.chain, self.key = Path(chain), Path(key)


class Authority:
    """`trust` is the file of its own certificate."""

    def __init__(self, work, name="authority"):
        self.work = Path(work) / name
        self.work.mkdir(parents=True)
        self.trust, self._key = self.work / "ca.pem", self.work / "ca.key"
        self._new_key(self._key)
        self._openssl("req", "-x509", "-new", "-key", self._key, "-out", self.trust, "-days", "30",
                      "-subj", f"/CN=Test {name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _openssl(self, *words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise NotReady(f"openssl {' '.join(map(str, words))}: {done.stderr}")

    def _new_key(self, path):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
        path.chmod(0o600)

    def issue(self, *names, forms=("dns",), days=30, seconds=None, own=False, file=None):
        """A certificate for `names`; with days=-2 it expired two days ago, with seconds=40 it will in 40 seconds, with
        own=True it is signed by its own key.

        ejabberd 23.01 takes no peer whose certificate has another form than dNSName.
        """
        file = file or names[0]
        chain, key, request = (self.work / f"{file}.{suffix}" for suffix in ("pem", "key", "csr"))
        alternatives = ",".join(FORMS[form].format(name=name) for name in names for form in forms)
        self._new_key(key)
        self._openssl("req", "-new", "-key", key, "-out", request, "-subj", "/CN=Test server",
                      "-addext", f"subjectAltName={alternatives}",
                      "-addext", "extendedKeyUsage=serverAuth,clientAuth")
        if days < 0 or seconds is not None:
            self._issue_until(request, chain, timedelta(days=days) if seconds is None else timedelta(seconds=seconds))
            return Certificate(chain, key)
        signer = ["-signkey", key] if own else ["-CA", self.trust, "-CAkey", self._key]
        self._openssl("x509", "-req", "-in", request, "-out", chain, "-days", days, "-copy_extensions", "copyall",
                      "-set_serial", str(len(list(self.work.iterdir()))), *signer)
        return Certificate(chain, key)

    def _issue_until(self, request, chain, span):
        (self.work / "index").write_text("")
        (self.work / "ca.conf").write_text(CONFIGURATION.format(work=self.work))
        end = datetime.now(timezone.utc) + span
        dates = [f"{moment:%Y%m%d%H%M%SZ}" for moment in (end - timedelta(days=30), end)]
        self._openssl("ca", "-batch", "-notext", "-config", self.work / "ca.conf", "-cert", self.trust, "-keyfile",
                      self._key, "-in", request, "-out", chain, "-startdate", dates[0], "-enddate", dates[1])

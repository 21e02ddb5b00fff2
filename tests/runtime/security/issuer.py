"""An identity provider: its keys, the tokens that it signs, and where it publishes them. It can be ill-behaved."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://issuer.example.org/"
AUDIENCE = "https://blog.example.org"
SECRET = "a secret of which nobody knows but the blog and whoever signs its tokens"

Json = dict[str, Any]
Sign = Callable[[bytes], bytes]


def encoded(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def signed(
    header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes, sign: Sign
) -> bytes:
    """A token of anything; bytes stand for themselves."""
    parts = [
        each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims)
    ]
    content = b".".join(map(encoded, parts))
    return content + b"." + encoded(sign(content))


def claims(**others: Any) -> Json:
    """Good ones, less those that are None."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 600}
    return {name: value for name, value in {**good, **others}.items() if value is not None}


def hs(secret: str | bytes, digest: str = "sha256") -> Sign:
    key = secret.encode() if isinstance(secret, str) else secret
    return lambda content: hmac.digest(key, content, digest)


def rs(key: rsa.RSAPrivateKey, digest: hashes.HashAlgorithm | None = None) -> Sign:
    return lambda content: key.sign(content, padding.PKCS1v15(), digest or hashes.SHA256())


def ps(key: rsa.RSAPrivateKey) -> Sign:
    shape = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return lambda content: key.sign(content, shape, hashes.SHA256())


def es(key: ec.EllipticCurvePrivateKey) -> Sign:
    def sign(content: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return sign


@cache
def rsa_key(name: str, size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, size)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_jwk(kid: object, key: rsa.RSAPrivateKey, **others: Any) -> Json:
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return _jwk(public, kid, others)


def ec_jwk(kid: object, key: ec.EllipticCurvePrivateKey, **others: Any) -> Json:
    return _jwk(ECAlgorithm.to_jwk(key.public_key(), as_dict=True), kid, others)


def _jwk(public: Json, kid: object, others: Json) -> Json:
    public.pop("key_ops", None)
    return {**public, **({"kid": kid} if kid else {}), **others}


def good_keys() -> list[Json]:
    return [
        rsa_jwk("rsa", rsa_key("own"), use="sig", alg="RS256"),
        ec_jwk("ec", ec_key("own"), use="sig"),
    ]


def rs_token(kid: str = "rsa", key: str = "own", **others: Any) -> bytes:
    return signed({"alg": "RS256", "kid": kid}, claims(**others), rs(rsa_key(key)))


def es_token(**others: Any) -> bytes:
    return signed({"alg": "ES256", "kid": "ec"}, claims(**others), es(ec_key("own")))


def hs_token(**others: Any) -> bytes:
    return signed({"alg": "HS256"}, claims(**others), hs(SECRET))


@dataclass
class Provider:
    """`answer` is what is sent; `pause` are the seconds before each byte of it."""

    keys: list[Json] = field(default_factory=good_keys)
    status: bytes = b"200 OK"
    headers: bytes = b""
    answer: bytes | None = None
    pause: float = 0.0
    asked: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/keys"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def asked_again(self, times: int) -> None:
        """Waits until it has answered so often more, and what it said is known."""
        wanted = self.asked + times
        async with asyncio.timeout(10):
            while self.asked < wanted:  # noqa: ASYNC110 it happens in the service
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            body = json.dumps({"keys": self.keys}).encode() if self.answer is None else self.answer
            head = b"HTTP/1.1 %b\r\nConnection: close\r\n%b\r\n" % (self.status, self.headers)
            if not self.pause:
                writer.write(head + body)
            for byte in head + body if self.pause else b"":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(self.pause)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def publishing(**others: Any) -> AsyncIterator[Provider]:
    provider = Provider(**others)
    await provider.start()
    try:
        yield provider
    finally:
        await provider.stop()

"""What an ontology says of tokens."""

from __future__ import annotations

import pytest

from terapin.model import ACCESS_TABLES, CORE_TABLES, Access, reserved
from terapin.ontology import issuers
from terapin.runtime.core.security import settings
from terapin.runtime.core.security.settings import SecuritySettings
from tests.ontologies import KEY, codes, compiled, model_of

BOOK = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
WHOSE = 'auth:issuer "https://id.example.org/" ; auth:audience "shop"'


def service(text: str) -> str:
    return f"{BOOK}ex:Shop a api:Service ; {text} ."


def test_without_a_word_nobody_is_asked() -> None:
    assert model_of(BOOK).access is None
    assert model_of(service('api:name "Shop"')).access is None


def test_what_is_said_is_kept() -> None:
    said = 'auth:jwks "https://id.example.org/keys" ; auth:algorithms ( "ES256" "RS256" "ES256" )'
    assert model_of(service(f"{WHOSE} ; {said}")).access == Access(
        issuer="https://id.example.org/",
        audience="shop",
        jwks="https://id.example.org/keys",
        algorithms=("ES256", "RS256"),
    )


@pytest.mark.parametrize(
    "said",
    [
        'auth:issuer "x"',
        'auth:audience "x"',
        'auth:issuer "" ; auth:audience "x"',
        'auth:jwks "https://id.example.org/keys" ; auth:audience "x"',
        'auth:algorithms ( "HS256" ) ; auth:issuer "x"',
    ],
)
def test_whose_tokens_they_are_has_to_be_said(said: str) -> None:
    assert codes(compiled(service(said))) == ["missing-value"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('auth:algorithms ( "none" )', "token-algorithm"),
        ('auth:algorithms ( "HS512" )', "token-algorithm"),
        ('auth:algorithms ( "RS256" )', "token-algorithm"),
        ('auth:algorithms ( "HS256" ) ; auth:jwks "https://x.example.org/"', "token-algorithm"),
        ('auth:algorithms "HS256"', "wrong-value"),
        ('auth:jwks "http://id.example.org/keys"', "jwks-url"),
        ('auth:jwks "/keys"', "jwks-url"),
        ('auth:jwks ""', "jwks-url"),
        ('auth:issuer "another"', "wrong-value"),
    ],
)
def test_refuses(said: str, code: str) -> None:
    assert codes(compiled(service(f"{WHOSE} ; {said}"))) == [code]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.org/keys", True),
        ("https://id.example.org:8443/keys?of=shop", True),
        ("http://localhost:8080/keys", True),
        ("http://127.0.0.2/keys", True),
        ("http://[::1]/keys", True),
        ("http://id.example.org/keys", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://127.0.0.1@example.org/", False),
        ("https://user@example.org/", False),
        ("https://example.org/#keys", False),
        ("https://example.org:port/", False),
        ("https://[/", False),
        ("https:///keys", False),
        ("https://example.org/\n", False),
        ("ftp://example.org/", False),
        ("keys.json", False),
        ("", False),
    ],
)
def test_where_keys_may_come_from_is_the_same_for_the_service(url: str, safe: bool) -> None:
    assert issuers.is_safe(url) is settings.is_safe(url) is safe


def test_algorithms_are_those_of_the_service() -> None:
    keys = SecuritySettings(issuer="x", audience="x", jwks="https://x.example.org/")
    assert keys.allowed == issuers.KEY_ALGORITHMS
    secret = SecuritySettings(issuer="x", audience="x")
    assert secret.allowed == (issuers.SECRET_ALGORITHM,)


def test_settings_of_tokens_are_reserved() -> None:
    assert {*SecuritySettings.model_fields} == {*reserved.SECURITY_SETTINGS}
    sources = (
        'ex:security a db:DataSource ; db:type "redis" .\n'
        'ex:security_jwks a db:DataSource ; db:type "redis" .\n'
    )
    named = model_of(sources + service(WHOSE))
    assert {each.name for each in named.data_sources} == {
        "database",
        "security_source",
        "security_jwks_source",
    }
    assert "security" in {each.name for each in model_of(sources + BOOK).data_sources}


def test_what_is_revoked_is_kept_in_a_database() -> None:
    assert model_of(service(WHOSE)).core_tables == (*CORE_TABLES[:1], *ACCESS_TABLES)
    assert not {*ACCESS_TABLES} & {*model_of(BOOK).core_tables}
    mongodb = 'ex:D a db:DataSource ; db:type "mongodb" .\n'
    entity = f"ex:Book a orm:Entity ; orm:dataSource ex:D ; orm:fields ( {KEY} ) .\n"
    without = model_of(f"{mongodb}{entity}ex:Shop a api:Service ; {WHOSE} .")
    assert (without.core_tables, without.access is None) == ((), False)

"""Why a socket is closed: codes of RFC 6455, and of the range that it leaves to applications."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    # Bytes where there should be text.
    UNSUPPORTED = 1003
    # Text that is no UTF-8.
    NOT_TEXT = 1007
    TOO_LARGE = 1009
    FAILED = 1011
    # The process ends; whoever connects again finds another.
    RESTART = 1012
    # There is no room here at the moment.
    TRY_LATER = 1013
    # It did not read as fast as it was written to.
    SLOW = 4008
    # The first message is not what it has to be.
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    # None of the subprotocols that were offered is spoken here.
    SUBPROTOCOL = 4406
    # The first message did not come.
    LATE = 4408
    # There is such a subscription already.
    EXISTS = 4409
    # It sent more than it may, and did not stop when it was told.
    TOO_FAST = 4429
    # The subject has as many sockets as it may have.
    TOO_MANY = 4430
    # Of the token.
    EXPIRED = 4440
    REVOKED = 4441
    # Where logs would have it.
    TOKEN_IN_URL = 4442

    @property
    def reason(self) -> str:
        return self.name.lower().replace("_", "-")

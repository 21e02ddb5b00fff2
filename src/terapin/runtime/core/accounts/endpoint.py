"""Accounts by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from .. import bodies, wire
from ..openapi_components import PROBLEM
from ..security.subject import AuthenticatedSubject
from .passwords import LONGEST, SHORTEST
from .sessions import Tokens
from .store import AccountStore

PATH = "/auth"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Unkept(APIRoute):
    """It takes JSON, and nobody on the way keeps its answers."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await bodies.check_json(request)
            return await handler(request)

        return handle

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        await super().handle(scope, receive, unkept)


_PASSWORD: Any = {"format": "password"}
NewPassword = Annotated[
    str, Field(min_length=SHORTEST, max_length=LONGEST, json_schema_extra=_PASSWORD)
]
OldPassword = Annotated[str, Field(min_length=1, max_length=LONGEST, json_schema_extra=_PASSWORD)]
Token = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Registration(_Body):
    email: wire.Email
    password: NewPassword


class Login(_Body):
    email: wire.Email
    password: OldPassword


class Refresh(_Body):
    refresh_token: Token


class Verification(_Body):
    token: Token


class ForgottenPassword(_Body):
    email: wire.Email


class PasswordReset(_Body):
    token: Token
    password: NewPassword


class PasswordChange(_Body):
    password: OldPassword
    new_password: NewPassword


class TokenRead(BaseModel):
    """As OAuth has it. `expires_in` is in seconds, of the access token."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str


def install_accounts(app: FastAPI) -> None:
    router = APIRouter(
        prefix=PATH,
        tags=["accounts"],
        route_class=_Unkept,
        default_response_class=Response,
        generate_unique_id_function=lambda route: route.name,
        responses=_REFUSED,
    )

    @router.post("/register", status_code=202)
    async def register(request: Request, store: Store, data: Registration) -> Response:
        """The address gets a mail, whose token verifies it; the answer does not say whether it is known."""
        await store.register(data.email, data.password, request.scope)
        return Response(status_code=202)

    @router.post("/verify", status_code=204)
    async def verify_address(store: Store, data: Verification) -> None:
        """By the token of a mail, which is good once."""
        await store.verify(data.token)

    @router.post("/login", responses=_WRONG | _NOT_ALLOWED, response_class=JSONResponse)
    async def login(request: Request, store: Store, data: Login) -> TokenRead:
        """The access token is sent with requests, the refresh token gets the next ones."""
        return _read(await store.login(data.email, data.password, request.scope))

    @router.post("/refresh", responses=_WRONG, response_class=JSONResponse)
    async def refresh_tokens(store: Store, data: Refresh) -> TokenRead:
        """A refresh token is used once. If it is used again later, all that came of that login ends."""
        return _read(await store.refresh(data.refresh_token))

    @router.post("/logout", status_code=204)
    async def logout(store: Store, data: Refresh) -> None:
        """Ends all that came of one login, access tokens too."""
        await store.logout(data.refresh_token)

    @router.post("/password/forgot", status_code=202)
    async def forgot_password(request: Request, store: Store, data: ForgottenPassword) -> Response:
        """The address gets a mail if there is an account; the answer does not say whether there is."""
        await store.forgot(data.email, request.scope)
        return Response(status_code=202)

    @router.post("/password/reset", status_code=204)
    async def reset_password(request: Request, store: Store, data: PasswordReset) -> None:
        """By the token of a mail, which is good once. Ends all logins."""
        await store.reset(data.token, data.password, request.scope)

    @router.post("/password", responses=_WRONG | _NOT_ALLOWED, response_class=JSONResponse)
    async def change_password(
        request: Request, store: Store, subject: AuthenticatedSubject, data: PasswordChange
    ) -> TokenRead:
        """Ends all logins but this one, which goes on with the tokens of the answer."""
        return _read(await store.change(subject, data.password, data.new_password, request.scope))

    app.include_router(router)


def _store(request: Request) -> AccountStore:
    store: AccountStore = request.app.state.accounts
    return store


Store = Annotated[AccountStore, Depends(_store)]

_SCHEME: Final = "bearer"


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM: {"schema": schema}}}


_Responses = dict[int | str, dict[str, Any]]
_REFUSED: _Responses = {
    400: _problem("No JSON, or a token that is not good"),
    415: _problem("Another type"),
    429: _problem("Too often"),
    503: _problem("Too busy"),
}
_WRONG: _Responses = {401: _problem("Not right, or not any more")}
_NOT_ALLOWED: _Responses = {403: _problem("Not verified, or disabled")}


def _read(tokens: Tokens) -> TokenRead:
    return TokenRead(
        access_token=tokens.access_token,
        token_type=_SCHEME,
        expires_in=tokens.expires_in,
        refresh_token=tokens.refresh_token,
    )

"""The blog that keeps accounts, as a program that tells the port on which it serves."""

from __future__ import annotations

import uvicorn

from terapin.runtime.core.accounts.declared import Accounts, Mail

from .kept import KeptSettings, keeping_blog, registered


async def _nowhere(mail: Mail) -> None:
    """Who needs one takes it from the database."""


def serve() -> None:
    app = keeping_blog(KeptSettings(), Accounts(registered, _nowhere))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, proxy_headers=True)
    listening = config.bind_socket()
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve()

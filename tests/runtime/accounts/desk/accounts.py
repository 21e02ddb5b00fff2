from __future__ import annotations

from terapin.runtime.core.accounts.declared import Accounts

from ..kept import registered

accounts = Accounts(registered)

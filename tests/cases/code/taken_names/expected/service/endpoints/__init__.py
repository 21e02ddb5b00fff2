from ..core.resource import Resources
from . import declared, declared_, routers_

routers = (
    declared.declared_.router,
    declared_.router,
    routers_.router,
)
resources = Resources([declared_.declareds, routers_.routers_])

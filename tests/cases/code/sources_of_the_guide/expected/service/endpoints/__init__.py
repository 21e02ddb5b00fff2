from ..core.resource import Resources

routers = ()
resources = Resources([])

from ..core.resource import Resources
from . import declared, post

routers = (
    declared.publish_post.router,
    post.router,
)
resources = Resources([post.posts])

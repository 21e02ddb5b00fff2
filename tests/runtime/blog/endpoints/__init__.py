from __future__ import annotations

from terapin.runtime.core.resource import Resources

from . import comment, contact, post, profile, publish_post, specimen, tag, user

routers = (
    publish_post.router,
    comment.router,
    contact.router,
    post.router,
    profile.router,
    specimen.router,
    tag.router,
    user.router,
)
resources = Resources(
    (
        comment.comments,
        contact.contacts,
        post.posts,
        profile.profiles,
        specimen.specimens,
        tag.tags,
        user.users,
    )
)

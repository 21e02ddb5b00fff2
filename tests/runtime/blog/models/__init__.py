from terapin.runtime.core.database import Base

from . import join_tables
from .comment import Comment
from .contact import Contact
from .post import Post
from .profile import Profile
from .specimen import Specimen
from .tag import Tag
from .user import User

__all__ = [
    "Base",
    "Comment",
    "Contact",
    "Post",
    "Profile",
    "Specimen",
    "Tag",
    "User",
    "join_tables",
]

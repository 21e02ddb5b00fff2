from __future__ import annotations

from ..core.resource import Resource
from ..core.routes import crud_router
from ..models.article import Article
from ..policies.article import ArticlePolicy
from ..schemas.article import ArticleCreate, ArticleRead, ArticleUpdate
from ..services.article import ArticleService

articles = Resource(
    service=ArticleService,
    read=ArticleRead,
    create=ArticleCreate,
    update=ArticleUpdate,
    relations=(Article.author, Article.remarks),
    policy=ArticlePolicy,
)
router = crud_router(articles, prefix="/articles", tags=["articles"])

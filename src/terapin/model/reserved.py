"""Names that would break or shadow something where they are generated."""

# ruff: noqa: SIM905 - word lists read best as text
from __future__ import annotations

import builtins
import keyword

KEYWORDS = frozenset(keyword.kwlist)

# What an attribute of a SQLAlchemy declarative class must not be called.
SQLALCHEMY_ATTRIBUTES = frozenset({"metadata", "registry", "awaitable_attrs"})

# The public attributes of pydantic.BaseModel, which terapin does not import: a test compares them.
PYDANTIC_ATTRIBUTES = frozenset(
    """
    construct copy dict from_orm json model_computed_fields model_config model_construct model_copy
    model_dump model_dump_json model_extra model_fields model_fields_set model_json_schema
    model_parametrized_name model_post_init model_rebuild model_validate model_validate_json
    model_validate_strings parse_file parse_obj parse_raw schema schema_json update_forward_refs
    validate fields
    """.split()
)

# Names that the bodies of generated classes use: an attribute of that name would hide them.
CLASS_BODY_NAMES = frozenset(
    """
    mapped_column relationship func dt wire domain_types join_tables uuid4 text_enum absent furl
    sqlalchemy_utils row_version self cls stored related now today time_of_day
    str int float bool bytes list dict tuple set frozenset object property super
    """.split()
)

ATTRIBUTES = KEYWORDS | SQLALCHEMY_ATTRIBUTES | PYDANTIC_ATTRIBUTES | CLASS_BODY_NAMES

# What a declared endpoint has besides its parameters.
PARAMETERS = frozenset({"session", "body", "handler", "router"})

# Names that the modules of a generated service import or define.
MODULE_NAMES = frozenset(
    """
    Annotated Any Base BaseModel BaseSettings BigInteger Binary Boolean CheckConstraint ClassVar
    Column ColumnElement Computed CreateSchema CrudService Date DateTime Decimal DeclarativeBase
    Depends Dict Email Enum FastAPI Field File FilePath Final Float ForeignKey ForeignKeyConstraint
    Form Generic HTTPException Header Identity Index Integer Interval JSON JSONB LargeBinary List
    Literal Mapped Mapping MetaData Model NotWritten Now Numeric Optional Path PrimaryKeyConstraint
    Protocol Query ReadSchema Relationship Request Resource Resources Response Router APIRouter
    Schema Select Self Sequence Session SessionDep Settings SmallInteger StrEnum String Table Task
    Text Time TypeVar TypedDict URL UUID Union UniqueConstraint UpdateSchema AsyncSession
    Callable Iterable Iterator Literal TYPE_CHECKING Double IPv4Address IPv6Address RGB ZoneInfo
    Document Stored Unique Reference Related
    """.split()
)

_SCALARS = tuple(
    """
    Base64 BigInt Boolean Date DateTime Decimal Duration Float ID Int JSON String Time UUID
    """.split()
)
# Types that GraphQL has without any entity: a test compares them with those of core.
GRAPHQL_TYPES = frozenset(
    {
        *_SCALARS,
        *(f"{name}Filter" for name in _SCALARS),
        *(f"Nullable{name}Filter" for name in _SCALARS),
        *(f"{name}EqualFilter" for name in _SCALARS),
        *(f"Nullable{name}EqualFilter" for name in _SCALARS),
        *(
            "ChangeOperation",
            "Direction",
            "Mutation",
            "NullFilter",
            "PageInfo",
            "Query",
            "Subscription",
        ),
    }
)

# Of which a class that is made (`CrudService`) would be one that is imported.
_STEMS = frozenset({"Crud"})

# Builtins that only later versions of Python have: a name does not depend on who makes it.
_LATER_BUILTINS = frozenset({"PythonFinalizationError"})

CLASSES = (
    KEYWORDS
    | MODULE_NAMES
    | _STEMS
    | _LATER_BUILTINS
    | frozenset(name for name in dir(builtins) if not name.startswith("_"))
)

# Modules of the generated packages, names that a module would hide in its package, and files that
# Windows cannot have.
MODULES = KEYWORDS | frozenset(
    """
    base core enums join_tables task_runs revoked_tokens api_keys auth_accounts auth_refresh_tokens
    auth_mail_tokens auth_limits conftest support declared resources routers
    aux con nul prn com1 com2 com3 com4 com5 com6 com7 com8 com9
    lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9
    """.split()
)

# The name of a resource, in a module beside what that module imports.
VARIABLES = ATTRIBUTES | frozenset(
    {"annotations", "router", "routers", "resources", "crud_router", "handler", "dt", "app"}
)

# What a module of a task, its handler and their package have besides the task.
TASKS = frozenset(
    """
    tasks settings sources celery_app logger logging run parameters succeeded retried failed
    """.split()
)

# What a service has to set of its own, and names of the modules in which data sources and caches stand.
SETTINGS = VARIABLES | frozenset(
    """
    environment log_level log_json json_logs public_base request_timeout max_body_bytes allowed_origins hsts fast_path
    open_to_all variable missing
    sources caches settings stored related now declared lifespan install include
    """.split()
)

# What there is to set of tasks.
TASK_SETTINGS = tuple(
    """
    broker_url results_url relay poll lease resend publish_timeout kept_days concurrency reserved longest
    visibility_timeout prefix flower_user flower_password flower_port
    """.split()
)

# What there is to set of tokens.
SECURITY_SETTINGS = tuple(
    """
    issuer audience jwks secret algorithms roles_claim tenant_claim leeway longest jwks_refresh jwks_pause
    jwks_timeout jwks_stale rate_limit anonymous_rate_limit
    """.split()
)

# What there is to set of accounts.
ACCOUNT_SETTINGS = tuple(
    """
    verification access_ttl refresh_ttl refresh_grace verify_ttl reset_ttl shortest_password login_rate address_rate
    mail_rate mail_timeout hash_memory hash_time hash_parallelism hash_threads hash_queue
    """.split()
)

# What modules of channels and of messages have besides, and their packages.
CHANNELS = frozenset(
    """
    wire domain_types realtime channels messages sources streams partial logging logger incoming room subject
    """.split()
)

# What there is to set of channels.
REALTIME_SETTINGS = tuple(
    """
    authenticate_within ticket_seconds max_message_bytes rate_per_second max_connections
    max_connections_per_subject max_rooms queue_messages queue_bytes stalled_after replay_messages
    replay_bytes kept handler_timeout close_spread prefix
    """.split()
)

# With which Pydantic's own attributes begin, so that it warns of settings of such a name.
PROTECTED = ("model_dump", "model_validate", "settings_customise_sources")

# Words of PostgreSQL that SQLAlchemy does not put in quotes.
_SQL = frozenset({"collation", "concurrently", "lateral", "system_user", "tablesample"})

# Tables and first path segments that belong to the service.
TABLES = _SQL | frozenset(
    """
    alembic_version idempotency_keys task_runs revoked_tokens api_keys auth_accounts auth_refresh_tokens auth_mail_tokens
    auth_limits health metrics docs redoc openapi.json graphql ws
    tasks auth
    """.split()
)

# Columns of every table: the service's, and those of PostgreSQL's own that cannot be made again.
COLUMNS = _SQL | {"row_version", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

# What MongoDB calls the key of every document.
KEYS = frozenset({"_id"})

# With which PostgreSQL's own tables begin, which it finds before others.
CATALOG = "pg_"

# Third-party packages that a service, or what it stands on, imports: it cannot be called like one.
PACKAGES = frozenset(
    """
    alembic amqp annotated_types anyio argon2 asyncpg babel billiard celery click colour dotenv email_validator faker
    fastapi flower furl gql graphql greenlet h11 httptools httpx idna jinja2 jwt kombu mako markupsafe multipart opentelemetry
    orjson phonenumbers pip prometheus_client pydantic pydantic_core pydantic_settings pymongo pytest
    redis rich ruff schemathesis setuptools sqlalchemy sqlalchemy_utils starlette strawberry
    terapin typing_extensions typing_inspection uvicorn uvloop valkey watchfiles websockets wheel yaml
    migrations ontology tests test core
    """.split()
)

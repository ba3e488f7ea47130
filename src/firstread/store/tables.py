"""The tables. A moment is seconds since 1970 in UTC; the history of changes lies in `migrations`."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "METADATA",
    "account",
    "api_token",
    "audit_event",
    "bundle",
    "change",
    "delivery",
    "film",
    "film_copy",
    "job",
    "outcome",
    "pending_deletion",
    "reading",
    "session",
    "store_name",
]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only when their key is exactly INTEGER.
_KEY = BigInteger().with_variant(Integer, "sqlite")
_SHA256 = String(64)


def _key() -> Column[int]:
    return Column("id", _KEY, primary_key=True, autoincrement=True)


def _to(table: str, *, ondelete: str = "CASCADE") -> Column[int]:
    return Column(f"{table}_id", _KEY, ForeignKey(f"{table}.id", ondelete=ondelete), nullable=False)


bundle = Table(
    "bundle",
    METADATA,
    _key(),
    Column("sha256", _SHA256, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("operating_points", JSON, nullable=False),
    Column("prevalence", Double),
    Column("first_used_at", Double, nullable=False),
)

# Films that came together: one drop of a folder, one request of another program.
delivery = Table(
    "delivery",
    METADATA,
    _key(),
    Column("key", String(64), nullable=False),
    Column("sender", Text, nullable=False),
    Column("arrived_at", Double, nullable=False),
    Index("ix_delivery_sender_key", "sender", "key"),
    sqlite_autoincrement=True,
)

film = Table(
    "film",
    METADATA,
    _key(),
    Column("sha256", _SHA256, nullable=False, unique=True),
    Column("file_bytes", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("folder", Text, nullable=False),
    _to("delivery", ondelete="RESTRICT"),
    Column("arrived_at", Double, nullable=False),
    # Films that came later, were read before this one, and have been removed since.
    Column("overtaken", Integer, nullable=False),
    Index("ix_film_arrived_at", "arrived_at"),
    Index("ix_film_delivery_id", "delivery_id"),
    sqlite_autoincrement=True,
)

# A further file with the content of a film that is already here.
film_copy = Table(
    "film_copy",
    METADATA,
    _key(),
    _to("film"),
    Column("name", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("arrived_at", Double, nullable=False),
    UniqueConstraint("film_id", "folder", "name"),
)

job = Table(
    "job",
    METADATA,
    _key(),
    _to("film"),
    _to("bundle"),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", String(64)),
    Column("leased_at", Double),
    Column("leased_until", Double),
    Column("queued_at", Double, nullable=False),
    UniqueConstraint("film_id", "bundle_id"),
    CheckConstraint("state IN ('waiting', 'leased', 'done')", name="state"),
    # What a worker asks for: the oldest that wait, and leases that ran out.
    Index("ix_job_bundle_id_state_id", "bundle_id", "state", "id"),
)

outcome = Table(
    "outcome",
    METADATA,
    _key(),
    _to("film"),
    _to("bundle", ondelete="RESTRICT"),
    Column("scored", Boolean, nullable=False),
    Column("logit", Double),
    Column("probability", Double),
    Column("probability_low", Double),
    Column("probability_high", Double),
    Column("flagged", Boolean, nullable=False),
    Column("band", String(16)),
    Column("shift", Double),
    Column("reason_code", String(32)),
    Column("reason", Text),
    Column("warnings", JSON, nullable=False),
    Column("facts", JSON),
    Column("heat_map", LargeBinary),
    Column("heat_map_rows", Integer),
    Column("scored_at", Double, nullable=False),
    UniqueConstraint("film_id", "bundle_id"),
    CheckConstraint("scored = (probability IS NOT NULL AND band IS NOT NULL)", name="scored_has_probability"),
    CheckConstraint("scored <> (reason_code IS NOT NULL)", name="not_scored_has_reason"),
    Index("ix_outcome_scored_at", "scored_at"),
)

reading = Table(
    "reading",
    METADATA,
    _key(),
    _to("film"),
    Column("reader", Text, nullable=False),
    # None for a film without a score to agree with.
    Column("verdict", String(16)),
    Column("finding", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("blinded", Boolean, nullable=False),
    Column("probability", Double),
    Column("flagged", Boolean),
    Column("read_at", Double, nullable=False),
    Column("undone_at", Double),
    Index("ix_reading_film_id", "film_id"),
    Index("ix_reading_reader_read_at", "reader", "read_at"),
    sqlite_autoincrement=True,
)

account = Table(
    "account",
    METADATA,
    _key(),
    Column("name", String(200), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    # None for those who are known by another door: OIDC, or a proxy.
    Column("password_hash", Text),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    CheckConstraint("role IN ('reader', 'admin')", name="role"),
)

session = Table(
    "session",
    METADATA,
    _key(),
    Column("token_sha256", _SHA256, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

api_token = Table(
    "api_token",
    METADATA,
    _key(),
    Column("token_sha256", _SHA256, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("revoked_at", Double),
)

# Each row holds the hash of the one before it: a row that is changed or taken out breaks the chain.
audit_event = Table(
    "audit_event",
    METADATA,
    _key(),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous_sha256", _SHA256, nullable=False),
    Column("sha256", _SHA256, nullable=False),
    sqlite_autoincrement=True,
)

# What happened to which film, in order: pages that are open follow it.
change = Table(
    "change",
    METADATA,
    _key(),
    Column("film_id", _KEY, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_change_at", "at"),
    sqlite_autoincrement=True,
)

# Files of films that were removed; a row goes when its file has gone.
pending_deletion = Table(
    "pending_deletion",
    METADATA,
    Column("sha256", _SHA256, primary_key=True),
    Column("noted_at", Double, nullable=False),
)

# One row: a name that no other store has.
store_name = Table("store_name", METADATA, Column("name", String(32), primary_key=True))

"""A session begins, and ends: with what the audit log says of it, in one transaction."""

from firstread.edges.web.doors import passwords
from firstread.edges.web.doors.identity import Door
from firstread.store import accounts, audit_log, sessions
from firstread.store.accounts import Account
from firstread.store.database import Transaction
from firstread.store.store import Store
from firstread.terms import Role

__all__ = ["arrive", "begin", "log_in", "log_out", "open_by_other_door"]

_HOUR_S = 3600


def log_in(store: Store, name: str, password: str, *, hours: float, now: float) -> str | Account | None:
    """Log somebody in by name and password.

    Returns:
        The secret of the session that began; when none did, the account that was tried, or None when there is none.
    """
    with store.database.read() as connection:
        account = accounts.by_name(connection, name)
    password_hash = None if account is None else account.password_hash
    # Outside of a transaction: this takes a while by design.
    if not passwords.matches(password_hash, password) or account is None or account.disabled_at is not None:
        return account
    better = passwords.hashed(password) if passwords.is_outdated(password_hash or "") else password_hash
    with store.database.write() as connection:
        if accounts.by_name(connection, name) != account:  # changed in the meantime
            return account
        if better != password_hash:
            accounts.set_password(connection, name, better)
        return begin(connection, account, door=Door.ACCOUNT, hours=hours, now=now)


def open_by_other_door(
    store: Store, name: str, *, role: Role | None, door: Door, hours: float, now: float
) -> str | Account | None:
    """Begin a session for somebody whom a provider knows.

    Returns:
        The secret of the session that began; when none did, the account that may not come in, or None when the name
        belongs to an account with a password.
    """
    with store.database.write() as connection:
        account = arrive(connection, name, role=role, door=door, now=now)
        if account is None or account.disabled_at is not None:
            return account
        return begin(connection, account, door=door, hours=hours, now=now)


def arrive(
    connection: Transaction, name: str, *, role: Role | None, door: Door, now: float
) -> Account | None:
    """Return the account of somebody whom another door has let in, as `accounts.arrive`; what it changes is logged."""
    before = accounts.by_name(connection, name)
    account = accounts.arrive(connection, name, role=role, now=now)
    if account is not None and (before is None or before.role is not account.role):
        audit_log.append(
            connection,
            actor=name,
            action="account.add" if before is None else "account.role",
            subject=name,
            detail={"door": door.value, "role": account.role.value},
            now=now,
        )
    return account


def begin(connection: Transaction, account: Account, *, door: Door, hours: float, now: float) -> str:
    """Begin a session; return its secret."""
    sessions.delete_expired(connection, now=now)
    secret = sessions.begin(connection, account, expires_at=now + hours * _HOUR_S, now=now)
    audit_log.append(
        connection,
        actor=account.name,
        action="login",
        subject=account.name,
        detail={"door": door.value, "role": account.role.value},
        now=now,
    )
    return secret


def log_out(store: Store, secret: str, *, now: float) -> None:
    """End the session of a secret, where there is one."""
    with store.database.write() as connection:
        session = sessions.by_secret(connection, secret, now=now)
        sessions.end(connection, secret)
        if session is not None:
            audit_log.append(connection, actor=session.name, action="logout", subject=session.name, now=now)

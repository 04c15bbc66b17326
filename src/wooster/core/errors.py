"""The tree of errors that a person may see.

    WoosterError
    ├── UsageError           the command or request makes no sense as given
    │   ├── TooLarge         it makes sense but is larger than what is accepted
    │   └── NotConfirmed     it leaves the machine or can't be undone, and nobody said yes
    ├── SettingsError        a settings file or variable is wrong
    ├── NotFound             what was asked for isn't there
    ├── Busy                 it can't be done while something else runs
    ├── HomeError            the home folder or socket can't be used
    ├── DaemonUnreachable    nothing answers on the socket
    ├── WireMismatch         client and daemon are of different versions
    ├── StorageError         the database can't be used
    │   ├── DatabaseDamaged
    │   ├── DatabaseLost     it is gone, and there are backups of it
    │   ├── SchemaTooNew
    │   └── DiskFull
    ├── ModelUnavailable     no model can answer now
    │   └── ModelRefused     the model's server refused the request itself
    ├── ModelSaidNothing     the model ended without a word
    ├── StarterModelError    a starter model couldn't be fetched or converted
    ├── ServiceError         the system doesn't run Wooster as a service
    ├── HubError             a model couldn't be fetched from the hub
    │   └── ModelDamaged     what came isn't what the hub has
    ├── TooLittleMemory      a model doesn't fit into this machine's memory
    └── InternalError        a mistake of ours

Exit codes follow BSD's sysexits where one fits. Every message says what failed; every hint says
what to do next. Errors know nothing of how they are shown.
"""

from __future__ import annotations

from typing import ClassVar


class WoosterError(Exception):
    """Something failed in a way that a person can understand.

    `message` says what failed, with the offending value; `hint` says what to do next.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(WoosterError):
    code, exit_code, http_status = "usage", 2, 400


class TooLarge(UsageError):
    code, http_status = "too_large", 413


class NotConfirmed(UsageError):
    code, http_status = "not_confirmed", 428


class SettingsError(WoosterError):
    code, exit_code = "settings", 78


class NotFound(WoosterError):
    code, exit_code, http_status = "not_found", 4, 404


class Busy(WoosterError):
    code, exit_code, http_status = "busy", 75, 409


class HomeError(WoosterError):
    code, exit_code = "home", 73


class DaemonUnreachable(WoosterError):
    code, exit_code, http_status = "daemon_unreachable", 69, 503


class WireMismatch(WoosterError):
    code, exit_code, http_status = "wire_mismatch", 76, 426


class StorageError(WoosterError):
    code, exit_code = "storage", 74


class DatabaseDamaged(StorageError):
    code = "database_damaged"


class DatabaseLost(StorageError):
    code = "database_lost"


class SchemaTooNew(StorageError):
    code = "schema_too_new"


class DiskFull(StorageError):
    code, http_status = "disk_full", 507


class ModelUnavailable(WoosterError):
    code, exit_code, http_status = "model_unavailable", 69, 503


class ModelRefused(ModelUnavailable):
    code, http_status = "model_refused", 502


class ModelSaidNothing(WoosterError):
    code, exit_code, http_status = "model_said_nothing", 65, 502


class StarterModelError(WoosterError):
    code, exit_code = "starter_model", 69


class ServiceError(WoosterError):
    code = "service"


class HubError(WoosterError):
    code, exit_code, http_status = "hub", 69, 503


class ModelDamaged(HubError):
    code, http_status = "model_damaged", 502


class TooLittleMemory(WoosterError):
    code, exit_code, http_status = "too_little_memory", 71, 507


class InternalError(WoosterError):
    code, exit_code = "internal", 70

    def __init__(self) -> None:
        super().__init__("Something went wrong inside Wooster.", hint="`wooster logs` shows what.")

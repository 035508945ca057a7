"""What a citizen sees belongs here: appeals, receipts and the way to one's inspector, without an account."""

from aimas.web.citizen.acting import ACTING
from aimas.web.citizen.checking import CHECKING
from aimas.web.citizen.filing import FILING
from aimas.web.citizen.finding import FINDING
from aimas.web.citizen.following import FOLLOWING
from aimas.web.citizen.shell import SHELL
from aimas.web.citizen.stand import failure, is_citizens

CITIZEN = (*SHELL, *FILING, *FOLLOWING, *ACTING, *CHECKING, *FINDING)

__all__ = ["CITIZEN", "failure", "is_citizens"]

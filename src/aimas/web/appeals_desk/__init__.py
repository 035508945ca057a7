"""The desk of appeals: who works there sees, masked until a purpose is told, what is to be done and by when."""

from aimas.web.appeals_desk.absences import absences_page, end_absence, set_absence
from aimas.web.appeals_desk.api import DESK_API
from aimas.web.appeals_desk.auditing import looks_page, verify_now
from aimas.web.appeals_desk.case import case_page, look, take_file
from aimas.web.appeals_desk.doing import add_document, answer, check, do, draft, retry
from aimas.web.appeals_desk.figures import counted_page, figures_page
from aimas.web.appeals_desk.queue import bulk, queue_page, undo
from aimas.web.appeals_desk.registering import file_new, new_page

DESK = (
    queue_page,
    bulk,
    undo,
    new_page,
    file_new,
    figures_page,
    counted_page,
    absences_page,
    set_absence,
    end_absence,
    looks_page,
    verify_now,
    case_page,
    look,
    take_file,
    do,
    add_document,
    retry,
    draft,
    check,
    answer,
    DESK_API,
)

__all__ = ["DESK"]

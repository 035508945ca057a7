"""The desk of appeals: who works there sees, masked until a purpose is told, what is to be done and by when."""

from aimas.web.appeals_desk.case import case_page, look, take_file
from aimas.web.appeals_desk.doing import answer, check, do, draft, retry
from aimas.web.appeals_desk.queue import bulk, queue_page, undo

DESK = (queue_page, bulk, undo, case_page, look, take_file, do, retry, draft, check, answer)

__all__ = ["DESK"]

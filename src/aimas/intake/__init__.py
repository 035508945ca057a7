"""Whatever comes from outside is taken in here: files that citizens add, letters, tables; nothing is trusted."""

from aimas.intake.attachments import Limits, Refusal, RefusedAttachment, checked, safe_name

__all__ = ["Limits", "Refusal", "RefusedAttachment", "checked", "safe_name"]

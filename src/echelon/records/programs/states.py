"""Where a version of a program stands, and which moves there are."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """A version's state. Whether a published one is in force is told by its date."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: What a state may become; the database refuses anything else.
MOVES = {
    State.DRAFT: (State.PUBLISHED, State.WITHDRAWN),
    State.PUBLISHED: (State.WITHDRAWN,),
    State.WITHDRAWN: (),
}

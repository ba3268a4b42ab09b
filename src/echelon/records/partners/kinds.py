"""What a partner can be: one list, so that a program's `partner.kind` means the same everywhere."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """How a company goes to market with the vendor."""

    DISTRIBUTOR = "distributor", _("Distributor")
    RESELLER = "reseller", _("Reseller")
    VAR = "var", _("Value added reseller")
    SI = "si", _("System integrator")
    MSP = "msp", _("Managed service provider")
    CONSULTANT = "consultant", _("Consultant")
    AGENT = "agent", _("Agent")
    OEM = "oem", _("OEM")
    ISV = "isv", _("Software vendor")
    REFERRAL = "referral", _("Referral partner")

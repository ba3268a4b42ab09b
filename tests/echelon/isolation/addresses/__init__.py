"""The lines of all surfaces: what the isolation tests expect of each address and method."""

from tests.echelon.isolation.addresses import api, portal, shell, vendor
from tests.echelon.isolation.lines import Lines

LINES: Lines = {**vendor.LINES, **portal.LINES, **api.LINES, **shell.LINES}

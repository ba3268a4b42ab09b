"""The lines of all surfaces: what the isolation tests expect of each address and method."""

from tests.echelon.isolation.addresses import api, importing, portal, shell, vendor, vendor_data
from tests.echelon.isolation.lines import Lines

LINES: Lines = {
    **vendor.LINES,
    **vendor_data.LINES,
    **importing.LINES,
    **portal.LINES,
    **api.LINES,
    **shell.LINES,
}

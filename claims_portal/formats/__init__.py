"""How dates are written, where Django's own habits are not the reader's."""

from django.utils.translation import gettext_noop as _

# Morocco names the months its own way (يوليوز, غشت, شتنبر…). Naming them here keeps our Arabic over Django's.
MONTHS = [
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
]

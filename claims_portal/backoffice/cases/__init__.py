"""The agents' side of every kind of case: its queues, search, page, actions and timeline in Django's admin."""

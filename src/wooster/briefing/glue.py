"""The words that a model may add: they join and greet, and say nothing of the person's day.

No number, day, time, negation, "before", "after", "until", "almost" or "only" is among them, and
no verb that is a task ("call", "buy"): those would change what is told.
"""

from __future__ import annotations

_WORDS = """
a an and also are as at be been begin begins begun brings can coming comes day
for from get getting go goes going good had has have having hello here here's hi holds i
in include included includes into is it it's its item items keep keeping let let's list listed
look looking looks morning my nice of on out planned ready remember reminder
set so start starting starts starts stands still task that that's the their them
then there there's these they this those to up was we well were what what's
which with you you'll you're you've your yours
calendar event events goal goals habit habits follow followup followups tasks reminders
agenda appointment appointments plan plans schedule scheduled summary overview briefing
besides finally first next lastly meanwhile along plus together another
calm calmly gently kindly please enjoy great wonderful lovely pleasant
review wins went
"""

GLUE = frozenset(_WORDS.split())

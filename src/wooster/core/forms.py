"""What the forms of an English word have in common: "paid" is of "pay", "meditating" of "meditate".

No dictionary: a table of the verbs that people keep lists of, and the usual endings. It refuses to
know what is said with the words.
"""

from __future__ import annotations

_PAST_FORMS = (
    "ran:run read:read drank:drink drunk:drink wrote:write written:write did:do done:do ate:eat "
    "eaten:eat slept:sleep took:take taken:take swam:swim swum:swim went:go gone:go got:get "
    "made:make woke:wake rode:ride ridden:ride sang:sing drew:draw drawn:draw practised:practise "
    "practiced:practice spoke:speak taught:teach kept:keep left:leave hit:hit sat:sit lay:lie "
    "stood:stand rose:rise built:build learnt:learn fed:feed cut:cut met:meet paid:pay said:say "
    "studied:study tidied:tidy journaled:journal journalled:journal ironed:iron "
    "bought:buy brought:bring sent:send sold:sell told:tell found:find gave:give given:give "
    "chose:choose chosen:choose won:win lent:lend spent:spend swept:sweep hung:hang set:set "
    "put:put dug:dig drove:drive flew:fly rang:ring rung:ring hid:hide held:hold fixed:fix "
    "caught:catch shut:shut thought:think threw:throw tore:tear began:begin saw:see seen:see "
    "grew:grow wound:wind"
)
PAST = dict(pair.split(":") for pair in _PAST_FORMS.split())
"""Past forms that no ending tells."""


def stem(word: str) -> str:
    """The part that all forms of a word have, as far as that can be told: of meditate, meditated,
    meditating and meditation it is one. `word` is in lower case.

    >>> stem("buying") == stem("bought") == stem("buy")
    True
    """
    word = PAST.get(word, word)
    for ending in ("ations", "ation", "ating", "ated", "ates", "ate"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + "at"
    for ending in ("ings", "ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word if word.endswith("ss") and ending == "s" else word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word.rstrip("ey") if len(word.rstrip("ey")) >= 2 else word

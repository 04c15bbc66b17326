"""Whether a line may be an order or a report at all, by its words alone.

What is quoted, denied, supposed, told of others or of long ago, or asked about how a thing is done
is talk, whatever it resembles. It refuses to know which actions there are.
"""

from __future__ import annotations

import re

from wooster.core.patterns import Pattern

MOST_WORDS, MOST_CHARACTERS = 32, 240

_COURTESY = Pattern(
    r"(?:(?:hey|hi|hello|ok(?:ay)?|alright|right|so|well|now|yo)\b[\s,!.]*"
    r"|(?:dear\s+)?wooster\b[\s,!.:]*"
    r"|please\b[\s,]*|kindly\s+|go\s+ahead\s+and\s+|just\s+(?=\w+\s)"
    r"|(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+|just\s+)*"
    r"|(?:i'd\s+like|i\s+would\s+like|i\s+want|i\s+need)\s+you\s+to\s+)+",
    re.IGNORECASE,
)
_THANKS = Pattern(
    r"(?:[\s,]+(?:please|thanks|thank\s+you|wooster|will\s+you|would\s+you|for\s+me))+\s*[.!?]*$",
    re.IGNORECASE,
)
_ASKED_POLITELY = Pattern(r"\b(?:can|could|would|will)\s+you\b", re.IGNORECASE)

_QUOTED = Pattern(r"[\"“”„«»`<>{}|]|(?:^|\s)['‘][^'’]+['’](?:\s|[.,!?]|$)")
_SEVERAL = Pattern(r"[.!?…;](?<!\b[ap]\.)(?<!\bm\.)(?<!\bSt\.)(?<!\bDr\.)(?<!\bMr\.)\s+\D")
_DENIED = Pattern(
    r"\b(?:not|never|nothing|nobody|none|neither|nor|cannot|without|hardly|barely|no\s+longer"
    r"|\w+n['’]t|(?:did|do|does|is|was|have|has|had|ca|wo|could|should|would)nt)\b",
    re.IGNORECASE,
)
_NO_DENIAL = Pattern(r"do(?:n['’]?t|\s+not)\s+(?:forget|let\s+me\s+forget)\b", re.IGNORECASE)
_SUPPOSED = Pattern(
    r"\b(?:if|unless|whether|suppose|supposing|imagine|pretend|hypothetically|as\s+though)\b",
    re.IGNORECASE,
)
_ELSEWHERE = Pattern(
    r"\b(?:in|on|with|using|from|via|into|to)\s+(?:my\s+|the\s+|ms\s+|microsoft\s+|apple\s+)*"
    r"(?:todoist|excel|notion|outlook|trello|jira|asana|obsidian|evernote|onenote|slack|teams"
    r"|python|javascript|typescript|java|rust|sql|git|github|bash|html|css|django|vim|emacs"
    r"|google(?:\s+\w+)?|gmail|siri|alexa|cortana|chatgpt|whatsapp|facebook|twitter|instagram"
    r"|iphone|ipad|android|phone|playlist|thermostat|(?:e-?mail\s+)?contacts?"
    r"|favou?rites?(?:\s+list)?|favou?rite\s+(?:songs?|list))\b",
    re.IGNORECASE,
)
_ABOUT_A_THING = Pattern(
    r"(?:how\s+(?:do|does|did|can|could|would|should|to|come|about|is\s+it|important|hard|good)\b"
    r"|why\b|who(?:se|m)?\b|explain\b|describe\b|define\b|translate\b|write\b|summari[sz]e\b"
    r"|suggest\b|recommend\b|discuss\b|compare\b|imagine\b|spell\b|joke\b"
    r"|tell\s+me\s+(?:about|how|why|a|an|the\s+story|more|something)\b"
    r"|what\s+(?:does|do\s+(?:you|people|we|they)|did|would|could|if|about|kind|sort|happens?"
    r"|makes?|causes?|was|were)\b|what(?:['’]?s|\s+is|\s+are)\s+(?:an?|the\s+(?:best|difference"
    r"|point|meaning|use|benefits?|history|capital|purpose|right|word|ideal)|some|good)\b"
    r"|do\s+(?:you|people|we|they)\b|does\b|(?:did|had)\s+(?:you|he|she|it|they|we|the|that|this|people)\b|is\s+(?:it|there|this|that)\b"
    r"|are\s+(?:you|there|these)\b|have\s+you\b|should\b|shall\b|may\b|might\b|can\s+(?!you\b)\w+"
    r"|could\s+(?!you\b)\w+|would\s+(?!you\b)\w+|was\b|were\b|has\b|when\s+(?:was|did|is|i)\b"
    r"|which\s+(?:is|are|was)\s+(?:the\s+)?(?:best|better)\b"
    r"|(?:he|she|they|we|you|it|this|that|there|these|those|someone|somebody|everyone|everybody"
    r"|people|nobody|his|her|their|your|our)\b"
    r"|my\s+(?:boss|wife|husband|son|daughter|friend|mother|father|mom|mum|dad|brother|sister"
    r"|doctor|therapist|teacher|colleague|partner|girlfriend|boyfriend|neighbou?r|coach|cat|dog"
    r"|kids?|child|children|family|team|phone|computer|car)\b(?!['’]s\s+birthday))",
    re.IGNORECASE,
)
_OF_OURS = Pattern(
    r"(?:how|what)\s+does\s+(?:my\s+(?:day|week|calendar|schedule)|today|tomorrow"
    r"|(?:next|this)\s+week|the\s+weekend)\b"
    r"|how\s+did\s+my\s+(?:day|week)\b|when\s+is\s+my\s+next\b"
    r"|what\s+do\s+you\s+(?:know|remember)\s+(?:of|about)\s+m[ey]\b"
    r"|what\s+did\s+i\s+(?:log|write)\b|do\s+you\s+(?:see|notice|find)\s+(?:any\s+)?patterns\b"
    r"|is\s+it\s+going\s+to\s+(?:rain|snow|be)\b"
    r"|(?:is|are)\s+there\s+(?:any\s+)?(?:free\s+time|(?:reminder|meeting|appointment|event"
    r"|habit)s?|more\s+habits)\b|is\s+there\s+anything\s+(?:on|in|planned|scheduled)\b"
    r"|write\s+(?:down\s+)?(?:in|into)\s+my\s+(?:journal|diary)\b"
    r"|i\s+want\s+to\s+(?:set|start|begin|add|create|make)\s.*\b(?:goal|habit)\b",
    re.IGNORECASE,
)
"""How some of what is ours is asked about; the rest of the sentence is for the readings."""
_TALE = Pattern(
    r"(?:i|i['’](?:m|ve|d|ll|am))\b.*\b(?:would|could|might|should|wish|almost|nearly|maybe"
    r"|perhaps|probably|used\s+to|going\s+to|gonna|about\s+to|plan(?:ning|ned)?\s+to|supposed\s+to"
    r"|want(?:ed)?\s+to|tried|trying|try|hop(?:e|ed|ing)|think|thinking|thought|guess|believe|feel"
    r"|felt|wonder(?:ed|ing)?|dream(?:t|ed)?|forgot|remember(?:ed)?|said|told|asked|heard|because"
    r"|but|although|always|usually|often|normally|sometimes|rarely|ever|once|years?\s+ago"
    r"|months?\s+ago|back\s+then|as\s+a\s+(?:child|kid|teenager|student)|when|while"
    r"|last\s+(?:year|summer|winter|spring|autumn|fall)|in\s+(?:19|20)\d\d|like|love|hate|enjoy"
    r"|prefer)\b",
    re.IGNORECASE,
)


def courteous(text: str) -> str:
    """`text` without its address and courtesies: what is asked for, or said.

    >>> courteous("Hey Wooster, could you remind me to call Ana, please?")
    'remind me to call Ana'
    """
    line = " ".join(text.split())
    match = _COURTESY.match(line)
    bare = line[match.end() :] if match else line
    bare = _THANKS.sub("", bare).strip()
    if match and _ASKED_POLITELY.search(match[0]):
        bare = bare.rstrip("?").rstrip()
    return bare


def may_be_meant(text: str) -> bool:
    """Whether a line may ask for something to be done, or report what was: `text` as `courteous`
    gives it.

    >>> [may_be_meant(each) for each in ("I ran today", "I didn't run today", "how do I run?")]
    [True, False, False]
    """
    words = text.split()
    if not 1 < len(words) <= MOST_WORDS or len(text) > MOST_CHARACTERS:
        return False
    denied = _NO_DENIAL.match(text) is None and _DENIED.search(text) is not None
    return not denied and not any(
        (
            _QUOTED.search(text),
            _SEVERAL.search(text),
            _SUPPOSED.search(text),
            _ELSEWHERE.search(text),
            not _OF_OURS.match(text) and (_ABOUT_A_THING.match(text) or _TALE.match(text)),
        )
    )

"""The words that rules must know to tell one thing from another: data.

"I'm a nurse" is a job, "I'm a bit confused" is none: what can't be told by its shape is told by a
list. English, German and Spanish. Pure; it refuses to know sentences.
"""

from __future__ import annotations

RELATIONS = {
    "mother": "mother mum mom mama mutter mami madre mamá",
    "father": "father dad daddy papa vater papi padre papá",
    "sister": "sister schwester hermana",
    "brother": "brother bruder hermano",
    "son": "son sohn hijo",
    "daughter": "daughter tochter hija",
    "child": "child kid kind",
    "partner": (
        "partner wife husband spouse girlfriend boyfriend fiancé fiancée frau mann ehefrau ehemann"
        " freundin partnerin esposa esposo mujer marido novia novio pareja"
    ),
    "friend": "friend amiga amigo",
    "boss": "boss manager chef chefin jefe jefa",
    "colleague": "colleague coworker co-worker kollege kollegin colega",
    "neighbour": "neighbour neighbor nachbar nachbarin vecino vecina",
    "roommate": "roommate flatmate mitbewohner mitbewohnerin",
    "grandmother": "grandmother grandma granny oma großmutter abuela",
    "grandfather": "grandfather grandpa grandad opa großvater abuelo",
    "grandson": "grandson enkel nieto",
    "granddaughter": "granddaughter enkelin nieta",
    "aunt": "aunt auntie tante tía",
    "uncle": "uncle onkel tío",
    "cousin": "cousin cousine prima primo",
    "niece": "niece nichte sobrina",
    "nephew": "nephew neffe sobrino",
    "mother-in-law": "mother-in-law schwiegermutter suegra",
    "father-in-law": "father-in-law schwiegervater suegro",
    "sister-in-law": "sister-in-law schwägerin cuñada",
    "brother-in-law": "brother-in-law schwager cuñado",
    "dog": "dog puppy hund hündin perro perra",
    "cat": "cat kitten katze kater gato gata",
}
RELATION_OF = {word: name for name, words in RELATIONS.items() for word in words.split()}
# As a part of a pattern.
RELATION = "|".join(sorted(RELATION_OF, key=len, reverse=True))

FAVOURITES = {
    "color": "colour",
    "farbe": "colour",
    "essen": "food",
    "gericht": "dish",
    "getränk": "drink",
    "film": "film",
    "movie": "film",
    "buch": "book",
    "tier": "animal",
    "lied": "song",
    "stadt": "city",
    "musik": "music",
    "serie": "series",
    "comida": "food",
    "película": "film",
    "libro": "book",
    "canción": "song",
    "equipo": "team",
    "ciudad": "city",
    "grupo": "band",
}
"""What a favourite is of, in the words of the keys."""

_PETS = (
    "dog cat puppy kitten parrot rabbit hamster horse tortoise budgie goldfish hund hündin katze "
    "kater papagei kaninchen pferd schildkröte wellensittich perro perra gato gata loro conejo "
    "caballo tortuga"
)
PET = "|".join(_PETS.split())

_ENGLISH_JOBS = (
    "accountant actor actress analyst anaesthetist architect artist astronomer author baker "
    "banker barber barista bartender biologist bookkeeper bricklayer builder butcher carer "
    "caretaker carpenter cashier chef chemist cleaner coach composer consultant cook counsellor "
    "courier dancer dentist designer developer diplomat director doctor driver economist editor "
    "electrician engineer farmer filmmaker firefighter fisherman florist gardener geologist gp "
    "hairdresser historian illustrator interpreter janitor jeweller journalist judge lawyer "
    "lecturer librarian locksmith mathematician mechanic midwife miner musician nanny nurse "
    "nutritionist optician painter paramedic pharmacist photographer physicist physiotherapist "
    "pilot plumber police-officer postman programmer professor psychiatrist psychologist "
    "psychotherapist receptionist researcher sailor scientist sculptor secretary shopkeeper "
    "singer solicitor surgeon surveyor tailor teacher technician therapist translator tutor vet "
    "veterinarian waiter waitress welder writer zoologist"
)
ENGLISH_JOBS = frozenset(_ENGLISH_JOBS.split())
_JOBS = (
    "architektin anwalt anwältin arzt ärztin "
    "bäcker bäckerin bauer bäuerin beamter beamtin buchhalter buchhalterin dolmetscher elektriker "
    "entwickler entwicklerin erzieher erzieherin feuerwehrmann fotograf fotografin friseur "
    "friseurin gärtner gärtnerin grafikerin hebamme ingenieur ingenieurin journalistin klempner "
    "koch köchin krankenpfleger krankenschwester lehrer lehrerin maler malerin mechaniker musiker "
    "musikerin pfarrer pfleger pflegerin polizist polizistin programmierer programmiererin "
    "psychologe psychologin richter richterin schreiner schriftsteller schriftstellerin tierarzt "
    "tierärztin tischler übersetzer übersetzerin verkäufer verkäuferin zahnarzt zahnärztin "
    "abogado abogada actriz albañil arquitecto arquitecta bombero cajero cajera camarero camarera "
    "camionero carpintero cartero cocinero cocinera conductor contable dentista diseñador "
    "diseñadora electricista enfermero enfermera escritor escritora farmacéutico farmacéutica "
    "fontanero fotógrafo fotógrafa ingeniero ingeniera jardinero maestro maestra mecánico médico "
    "médica músico panadero panadera peluquero peluquera periodista pintor pintora policía "
    "profesor profesora programador programadora psicólogo psicóloga traductor traductora "
    "veterinario veterinaria"
)
JOBS = ENGLISH_JOBS | frozenset(_JOBS.split())

_LANGUAGES = (
    "arabic armenian basque bengali bulgarian cantonese catalan chinese croatian czech danish "
    "dutch english esperanto estonian farsi finnish flemish french gaelic galician german greek "
    "gujarati hebrew hindi hungarian icelandic igbo indonesian irish italian japanese korean "
    "latin latvian lithuanian malay maltese mandarin norwegian persian polish portuguese punjabi "
    "romanian russian serbian slovak slovene slovenian somali spanish swahili swedish tagalog "
    "tamil thai turkish ukrainian urdu vietnamese welsh yiddish yoruba zulu arabisch bulgarisch "
    "chinesisch dänisch deutsch englisch finnisch französisch griechisch hebräisch italienisch "
    "japanisch koreanisch kroatisch niederländisch norwegisch persisch polnisch portugiesisch "
    "rumänisch russisch schwedisch serbisch spanisch tschechisch türkisch ukrainisch ungarisch "
    "alemán árabe catalán chino coreano danés español euskera finlandés francés gallego griego "
    "holandés húngaro inglés italiano japonés noruego polaco portugués rumano ruso sueco turco "
    "ucraniano"
)
LANGUAGES = frozenset(_LANGUAGES.split())

CONDITION = (
    r"(?:severe |chronic |mild |high |low |type (?:1|2|one|two) )*(?:asthma|diabetes|epilepsy"
    r"|arthritis|coeliac disease|celiac disease|crohn's disease|adhd|add|autism|migraines?"
    r"|hay fever|insomnia|eczema|psoriasis|tinnitus|anaemia|anemia|blood pressure|(?:lactose"
    r"|gluten) intolerance|endometriosis|fibromyalgia|osteoporosis|ibs|ms|dyslexia"
    r"|a heart condition|a pacemaker|sleep apnoea|sleep apnea)|(?:eine? )?(?:\w+(?:intoleranz"
    r"|allergie|rheuma)|asthma|diabetes|epilepsie|migräne|heuschnupfen|neurodermitis|zöliakie"
    r"|bluthochdruck|adhs|rheuma|tinnitus|arthrose)|asma|diabetes(?: tipo (?:1|2))?|epilepsia"
    r"|migrañas?|celiaquía|hipertensión|artritis|tdah|insomnio"
)
DIET = (
    r"(?:strict )?(?:vegetarian|vegan|pescatarian|pescetarian|teetotal|teetotaller|coeliac|celiac"
    r"|diabetic|lactose[- ]intolerant|gluten[- ]intolerant|lactoseintolerant)|vegetarier(?:in)?"
    r"|veganer(?:in)?|vegetarisch|pescetarier(?:in)?|laktoseintolerant|diabetiker(?:in)?"
    r"|vegetarian[oa]|vegan[oa]|celíac[oa]|diabétic[oa]|intolerante a la lactosa|abstemi[oa]"
)
SPORT = (
    r"tennis|football|soccer|basketball|volleyball|handball|hockey|rugby|cricket|golf|badminton"
    r"|chess|squash|table tennis|baseball|bridge|poker|schach|fußball|tischtennis|eishockey|fútbol"
    r"|tenis|baloncesto|pádel|ajedrez|voleibol"
)
_INSTRUMENTS = (
    "piano violin viola cello guitar bass drums flute clarinet oboe bassoon saxophone trumpet "
    "trombone harp organ accordion harmonica ukulele banjo mandolin recorder tuba horn keyboard "
    "bagpipes klavier geige bratsche gitarre schlagzeug flöte querflöte blockflöte klarinette "
    "saxophon saxofon trompete posaune harfe orgel akkordeon violín violonchelo guitarra batería "
    "flauta clarinete saxofón trompeta arpa órgano acordeón"
)
INSTRUMENT = "|".join(_INSTRUMENTS.split())
WORKPLACE = (
    r"(?:(?!an?\b)\w+ )?(?:bank|hospital|school|university|restaurant|hotel|startup|start-up"
    r"|bakery|clinic|library|museum|café|cafe|factory|kindergarten|law firm|pharmacy|supermarket"
    r"|nursery)"
)

# What a liking has no value in: it is about what was just said, or about nothing that lasts.
_NOTHING_TO_LIKE_WORDS = (
    "and or but on in at for from with of "
    "it this that these those you your yours him her them me how what when where why who to "
    "everything nothing anything something someone all both one being having getting my our mine "
    "both neither either the idea such same here there now es das dies diese dieses dich dir du "
    "sie ihn ihm ihnen euch wie was wenn dass alles nichts mich deine dein ihre ihr nicht mein "
    "meine esto eso ello este esta ese esa tu tus te que cómo lo todo nada ti mi mis cuando"
)
NOTHING_TO_LIKE = frozenset(_NOTHING_TO_LIKE_WORDS.split())
# What stands in a liking of the moment: of something that was shown, or compared.
_POINTING_WORDS = (
    "you your that it answer idea question option options version suggestion choice design layout "
    "bug picture one ones first second third fourth last latest following new more less than much "
    "many way because after before when while if without only too so every always never today "
    "tonight tomorrow yesterday alone enough stupidity mondays drama nonsense sachen dass option "
    "vorschlag antwort zweite erste neue mehr weniger als que opción respuesta propuesta idea "
    "segunda primera nueva mucho más menos"
)
POINTING = frozenset(_POINTING_WORDS.split())
_NO_PLACE_WORDS = (
    "fear hope peace bed debt denial pain sin exile isolation silence poverty hell heaven love "
    "here there it this that mind shape general theory trouble a an my our your his her their "
    "this one slack teams zoom linux mac macos windows ubuntu debian fedora vim neovim emacs "
    "vscode github gitlab notion android iphone ios firefox chrome python rust kotlin typescript "
    "kubernetes docker aws azure postgres sqlite gmail outlook spotify signal whatsapp telegram "
    "discord plan monday angst frieden armut einem einer meinem meiner der den dem das die paz "
    "miedo un una el la mi casa home"
)
NO_PLACE = frozenset(_NO_PLACE_WORDS.split())
_PARTICLES_WORDS = "de da do del di la las los le el am an der im ob upon sur the of den"
PARTICLES = frozenset(_PARTICLES_WORDS.split())

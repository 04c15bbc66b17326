"""Words by which a message shows what it needs, in the languages that people write to Wooster in.

English, German, French, Spanish and Italian are looked after; some words of Portuguese, Dutch,
Chinese and Japanese are there too. What is in no list is judged by the shape of the message alone
(`features.py`). It knows words and no weights.

A trailing `*` is a stem: `explain*` is also explains and explained. On lines with `|`, what stands
between is a phrase of one to three words.
"""

from __future__ import annotations

from typing import Final

GREETING: Final = """
hi hii hello hey heya hiya yo howdy greetings morning afternoon evening welcome there dear wooster
hallo moin servus grüezi liebe lieber guten morgen mahlzeit tag abend
bonjour salut coucou bonsoir hola buenos buenas dias días tardes noches ciao buongiorno buonasera
salve olá oi bom dia hoi goedemorgen goedendag hej 你好 您好 嗨 こんにちは おはよう
おはようございます good gute gruß grüß gott assistant
"""

# Around a request: it says nothing about what is asked.
COURTESY: Final = """
please kindly bitte svp por favor per favore alsjeblieft 请 thanks thank you thx cheers ty danke
dankeschön vielen merci gracias grazie obrigado obrigada bedankt 谢谢 ありがとう
ありがとうございます much so very many beaucoup muchas mille tante a lot schön sehr lieben dank bien
"""

SMALL_TALK: Final = """
how are you doing today it's it going is what's up sup wie geht's geht es dir ihnen dir's alles klar
comment ça va vas cómo estás como estas qué tal come stai tu bye goodbye see later soon night cu
tschüss bis später bald gute nacht au revoir à bientôt adiós hasta luego arrivederci buonanotte
great nice cool perfect awesome wonderful lovely super toll prima klasse perfekt génial parfait
perfecto genial perfetto bravo well done haha lol hahaha wow sorry day weekend have nice to meet
that's you're welcome the best that was und ihr euch gut fine love 再见
"""

# An answer to a question: it needs what the conversation needs.
ASSENT: Final = """
yes no yeah yep nope ok okay sure right exactly do it go ahead on that ja nein doch genau mach das
weiter gerne klar oui non d'accord vas-y sí si claro adelante va bene certo sim não nee one first
second third the former latter both either option correct continue 好 好的 是 是的 はい いいえ
"""

# How a message begins that goes on from the last one.
FOLLOW_UP: Final = """
and but so why then also instead otherwise shorter longer simpler again more else same
und aber warum wieso weshalb dann auch stattdessen sonst kürzer länger nochmal mehr
et mais pourquoi alors aussi plutôt encore y pero entonces también e ma perché allora anche
what about|how about|what if|make it|make that|go on|now the|for the|in that case|how so|how come
was ist mit|wie wäre|mach es|und wie|qu'en est-il|por qué|qué hay|che ne|为什么|那么|なぜ|どうして
"""

REFERENCE: Final = """
it this that these those them they he she him her its their above previous earlier same
es das dies diese dieser dieses davon dazu daran oben vorherige ihn
ça cela ce cette celui ceux eso esto esa ese ello questo quello ciò lo la
"""

NUMBERS: Final = """
two three four five six seven eight nine ten twelve fifteen twenty thirty fifty hundred thousand
zwei drei vier fünf sechs sieben acht neun zehn zwölf zwanzig dreißig fünfzig hundert tausend
deux trois quatre cinq sept huit neuf dix douze vingt trente cinquante cent mille
dos tres cuatro cinco seis siete ocho nueve diez doce veinte treinta cincuenta cien
due tre quattro cinque sei sette otto nove dieci dodici venti trenta cinquanta cento
"""

KINDS: Final[dict[str, str]] = {
    "reasoning": """
        explain* why analys* analyz* compar* contrast evaluat* assess* critique* justif* argue
        argument* prove* proof* deduce* infer* derive* reason* tradeoff* trade-off* pros cons
        implication* consequence* advantage* disadvantage* difference* differences decide deciding
        decision* recommend* advise advice should ought best better diagnos* debug* troubleshoot*
        investigat* interpret* strengths weaknesses whether versus vs dilemma feasib* root
        erklär* warum wieso weshalb analysier* vergleich* bewert* beurteil* begründ* beweis*
        abwäg* vorteil* nachteil* vor- unterschied* entscheid* empfehl* empfiehl* sollte* besser
        folger* schlussfolger* ursache* auswirkung* rate rät rat einschätz* überleg*
        expliqu* pourquoi analyse* compare* évalu* démontr* prouv* avantage* inconvénient*
        différence* conseil* devrais meilleur* décider
        explic* analiz* compara* evalú* evalua* demuestr* ventaja* desventaja* diferencia*
        recomiend* debería* mejor conviene porqué
        spieg* analizz* confront* valuta* dimostr* vantagg* svantagg* differenz* consigli* dovrei
        migliore conviene
        pros and cons|trade offs|think through|figure out|work out|make sense|what would happen
        how does|how do|how would|how could|how can i|how should|in depth|in detail|step by step
        para qué|por qué|vor und nachteile|was spricht|wie funktioniert
    """,
    "planning": """
        plan plans planning planned replan* reschedul* organis* organiz* itinerar* strateg* roadmap*
        prioriti* milestone* agenda curriculum syllabus budget* routine program* optimis* optimiz*
        arrange coordinat* structure* outline* design* brainstorm* restructur* rearrange balance
        planen planst plane planung umplan* durchplan* organisier* strategie* priorisier* reiseplan*
        wochenplan* trainingsplan* lernplan* ernährungsplan* zeitplan* ablauf entwirf entwerf*
        gestalt* konzept*
        planifi* organise* organiser stratégie* itinéraire* programme étapes concevoir
        planific* organiz* estrategia* itinerario* presupuest* prioriz* diseñ*
        pianific* organizz* strategia* piano progett*
        step plan|plan for|plan my|plan a|plan the|first then
    """,
    "writing": """
        write writing draft* compose* essay* story stories poem* letter* speech* article* blog*
        report* proposal* memo script* cover resume cv toast eulogy apology paragraph* persuasi*
        schreib* verfass* entwurf* formulier* aufsatz* geschichte gedicht* brief rede bericht*
        bewerbung* anschreiben
        écri* rédig* lettre* histoire poème* discours rapport
        escrib* redact* carta* historia poema* discurso informe*
        scriv* letter* storia poesia discorso relazione
        pitch obituary feedback headline* slogan*
    """,
    "constraints": """
        but except unless without must only least most between before after within while either
        neither nor however although though provided assuming given if ensure avoid exclud* includ*
        cannot can't not never always every each limit* constraint* requirement* deadline* prefer*
        exactly maximum minimum max min
        aber außer ohne muss müssen nur mindestens höchstens zwischen bevor nachdem während
        weder jedoch obwohl wenn falls sicherstell* vermeid* darf nicht kein keine niemals immer
        jede jeden jeder genau maximal spätestens frühestens bedingung* berücksichtig*
        mais sauf sans doit doivent seulement moins entre avant après pendant cependant si éviter
        ne pas chaque exactement contrainte* uniquement
        pero excepto sin debe deben solo sólo menos antes después mientras aunque evitar cada
        ma eccetto senza deve devono solo almeno prima dopo mentre anche se evitare ogni tranne
        at most|at least|no more than|as long as|more than|less than|on the other hand
    """,
    "format": """
        table* json csv yaml xml markdown bullet* bulleted column* rows spreadsheet* checklist
        numbered template* outline headings matrix chart diagram* words sentences
        tabelle* stichpunkt* spalte* aufzähl* checkliste gliederung wörter sätze
        tableau* puces liste modèle colonnes tabla* viñetas columnas tabella* elenco punti colonne
    """,
    "arithmetic": """
        twice half double triple quarter third dozen percent percentage sum total altogether
        per ratio average remaining equal equally profit cost costs fraction remainder left
        many times discount interest rate rates increase increases decrease remain
        calculat* comput* solve* multipl* divid* subtract* add minus
        doppelt hälfte drittel viertel prozent summe insgesamt pro durchschnitt* gewinn rest
        berechn* rechne* löse addier* gleich
        moitié double tiers pourcent* somme moyenne calcul* résou* mitad doble porcentaje suma
        promedio resuelv* calcol* risolv* metà percento media
        how many|how much|how long|how far|wie viele|wie viel|wieviel|combien de
        cuántos|cuántas|quanti
    """,
    "science": """
        theorem* equation* matrix matrices vector* integral* derivative* polynomial* probabilit*
        logarithm* exponent* prime modulo graph* algebra* geometr* calculus permutation*
        isomorph* homomorph* cyclic subgroup* quotient eigenvalue* linear function functions
        algorithm* complexity recurs* pointer* cache* memory processor* instruction* compiler*
        thread* concurren* protocol* encrypt* cryptograph* database* schema* sql regex* api
        molecul* atom* electron* quantum entropy enzyme* protein* velocity acceleration momentum
        wavelength voltage circuit* reaction* equilibrium thermodynamic* hypothes* statistic*
        variance deviation regression correlation coefficient* subset* element* let denote
        gleichung* wahrscheinlichkeit* ableitung* funktion* algorithm* vektor* beweise
        équation* probabilité* dérivée* fonction* ecuación* probabilidad* derivada* función*
        equazion* probabilità funzion*
    """,
    "rewriting": """
        translat* rephras* paraphras* proofread* correct spelling grammar rewrite reword shorten
        summari* tl;dr tldr
        übersetz* umschreib* umformulier* korrigier* rechtschreibung zusammenfass* fasse kürze
        tradui* reformul* corrig* résum* traduc* resum* reformula* traduci* riassum* riformul*
        corregg*
    """,
    "lookup": """
        who whom when where weather forecast temperature date time today tomorrow remind* reminder*
        alarm* timer* list show play pause stop mute volume call text email emails add remove delete
        set turn switch open close buy order check find tell news music song playlist
        traffic appointment* meeting* calendar schedule event events lights light spell meaning
        define definition capital convert
        wer wann wo wetter vorhersage uhr uhrzeit heute morgen erinner* wecker zeig* spiel* stopp*
        lauter leiser ruf füge lösch* stell* schalt* öffne schließ* kauf* termin* kalender einkauf*
        einkaufsliste liste licht hauptstadt bedeutet heißt
        qui quand où météo heure aujourd'hui demain rappelle* réveil montre joue ajoute supprime
        mets allume éteins rendez-vous capitale quel quelle
        quién cuándo dónde tiempo hora hoy mañana recuérdame recuerda alarma pon muestra añade borra
        enciende apaga cita capital
        chi quando dove meteo ora oggi domani ricorda* sveglia mostra suona aggiungi cancella
        accendi spegni appuntament* capitale
        what time|what day|what date|what is the|what's the|wie spät|wie heißt
        quelle heure|qué hora|che ora
    """,
}

# Scripts without spaces: a mark anywhere in the text.
MARKS: Final[dict[str, tuple[str, ...]]] = {
    "reasoning": (
        "为什么",
        "解释",
        "比较",
        "分析",
        "区别",
        "优缺点",
        "なぜ",
        "比較",
        "説明",
        "違い",
    ),
    "planning": ("计划", "安排", "规划", "制定", "計画", "スケジュール", "予定を立て"),
    "writing": ("写一", "撰写", "起草", "書いて", "作成して"),
    "constraints": ("但是", "不能", "必须", "除了", "只能", "ただし", "必ず", "以内", "だけ"),
    "format": ("表格", "列表", "箇条書き"),
    "arithmetic": ("多少", "计算", "いくつ", "計算"),
    "lookup": ("天气", "几点", "提醒", "天気", "何時", "リマインド"),
    "rewriting": ("翻译", "总结", "翻訳", "要約"),
}

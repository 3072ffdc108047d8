"""The short closed list of answers that count at a decision, in eight languages; anything else is talk."""

from orchestrator.domain import plain

YES = plain.phrases(
    """
    yes | yep | yeah | yup | yes please | yes i do | yes it is | yes it does | yes do it | yes do that | yes go |
    yes start | yes build it | yes go ahead | yes please go ahead | yes approve | yes approve it | yes approve
    this | yes approved | yes i approve | yes i approve it | yes i approve this | yes i agree | yes looks good |
    yes looks good go ahead | yes that is right | yes that's right | yes this is the app i want | approve |
    approve it | approve this | approved | i approve | i approve it | i approve this | it is approved | it's
    approved | this is approved | go ahead | please go ahead | go ahead and build it | go for it | let's go | do
    it | build it | looks good go ahead | looks good to me go ahead | looks good please go ahead | looks great go
    ahead | it looks good go ahead | this looks good go ahead | good go ahead | great go ahead | perfect go ahead
    |
    ja | ja bitte | jawohl | ja gerne | ja genau | ja machen | ja mach das | ja machen wir | ja machen sie das |
    ja mach weiter | ja los | ja los geht's | los geht's | ja einverstanden | einverstanden | ich bin
    einverstanden | ich stimme zu | ja ich stimme zu | genehmigt | genehmigen | ich genehmige | ich genehmige das
    | ja genehmigt | freigeben | freigegeben | ja freigeben | ja sieht gut aus | sieht gut aus mach weiter
    |
    oui | oui vas-y | oui allez-y | vas-y | allez-y | oui c'est bon | oui c'est ça | oui d'accord | oui je suis
    d'accord | je suis d'accord | oui j'approuve | j'approuve | oui approuvé | approuvé | approuver | oui je
    valide | je valide | validé | oui continuez | oui on y va
    |
    sí | si | sí adelante | si adelante | adelante | sí hazlo | sí de acuerdo | sí estoy de acuerdo | estoy de
    acuerdo | sí apruebo | sí lo apruebo | apruebo | lo apruebo | aprobado | sí aprobado | aprobar
    |
    sì | sì procedi | sì proceda | sì vai | sì vai avanti | vai avanti | procedi | proceda | sì va bene | sì sono
    d'accordo | sono d'accordo | approvo | sì approvo | approvato | sì approvato | lo approvo
    |
    sim | sim pode avançar | pode avançar | sim avance | sim pode continuar | sim concordo | concordo | sim aprovo
    | aprovo | aprovado | sim aprovado | aprovar
    |
    ja hoor | ja graag | ja prima | ja doe maar | ja ga maar door | ga maar door | ga je gang | ja ga je gang | ja
    akkoord | akkoord | ik ga akkoord | ja ik ga akkoord | goedgekeurd | ja goedgekeurd | goedkeuren | ik keur het
    goed
    |
    tak | tak zatwierdzam | zatwierdzam | zatwierdzone | tak zgadzam się | zgadzam się | tak zgoda | zgoda | tak
    akceptuję | akceptuję | tak śmiało | tak proszę kontynuować
    """
)

NO = plain.phrases(
    """
    no | nope | no way | no don't | no do not | no don't do it | don't | do not | don't do it | do not do it |
    reject | reject it | reject this | rejected | i reject | i reject it | i reject this | no reject | no reject
    it | no i don't | no i don't approve | i don't approve | i do not approve | no i don't want this | no i don't
    want that | i don't want this | no it isn't | no it is not | no it doesn't | no it does not
    |
    nein | nein ablehnen | ablehnen | abgelehnt | ich lehne ab | nein ich lehne ab | ich lehne das ab | nein das
    will ich nicht | das will ich nicht
    |
    non | non pas du tout | rejeter | je refuse | non je refuse | refusé | je n'approuve pas
    |
    no rechazo | rechazo | rechazado | rechazar | lo rechazo | no lo apruebo | no apruebo
    |
    rifiuto | no rifiuto | rifiutato | non approvo | no non approvo
    |
    não | nao | não aprovo | não concordo | rejeito | rejeitado | rejeitar
    |
    nee | nee afwijzen | afwijzen | afgewezen | niet akkoord | ik ga niet akkoord | nee ik ga niet akkoord
    |
    nie | nie zgadzam się | nie zatwierdzam | odrzucam | odrzucone
    """
)

STOP = plain.phrases(
    """
    stop | stop it | stop now | stop this | stop that | stop everything | stop the work | stop the builder | stop
    building | stop working | stop immediately | stop right now | stop at once | halt | abort | abort it | pause |
    pause it | pause now | pause the project | pause this project | stopp | sofort stopp | stopp sofort | anhalten
    | sofort anhalten | aufhören | hör auf | hören sie auf | arrête | arrêtez | arrête tout | arrêtez tout |
    arrêter | detente | deténgase | alto | para ya | parar | detener | fermati | fermo | ferma | ferma tutto |
    fermare | pare | pare agora | stoppen | hou op | ophouden | zatrzymaj | zatrzymaj się | zatrzymaj to |
    przestań
    """
)

# At a wish of the builder: this time, or from now on.
ONCE = plain.phrases(
    """
    yes once | yes only once | yes just once | yes this once | yes only this once | yes just this once | yes this time
    | yes only this time | yes just this time | yes for now | only once | just once | only this once | just this once |
    only this time | just this time | approve once | allow once | allow it once
    |
    ja einmal | ja nur einmal | ja nur dieses mal | ja diesmal | nur einmal | nur dieses mal
    |
    oui une fois | oui une seule fois | oui juste cette fois | une seule fois
    |
    sí una vez | sí solo una vez | sí solo esta vez | solo esta vez
    |
    sì una volta | sì solo una volta | sì solo questa volta | solo questa volta
    |
    sim uma vez | sim só uma vez | sim só desta vez | só desta vez
    |
    ja één keer | ja alleen deze keer | alleen deze keer
    |
    tak raz | tak tylko raz | tak tylko tym razem | tylko tym razem
    """
)
ALWAYS = plain.phrases(
    """
    yes always | yes always in this project | yes for always | yes from now on | yes every time | yes each time | always
    | always yes | always allow | always allow it | always allow this | always allow that | yes always allow it | yes
    always allow this | yes always allow that | allow always | approve always
    |
    ja immer | ja von jetzt an | immer erlauben | ja immer erlauben
    |
    oui toujours | oui à chaque fois | toujours
    |
    sí siempre | siempre
    |
    sì sempre | sempre
    |
    sim sempre
    |
    ja altijd | altijd
    |
    tak zawsze | zawsze
    """
)

CHANGES = frozenset({"ask for changes", "i ask for changes", "request changes"})

# Words around an answer that change nothing about it.
POLITE = (
    "please",
    "thanks a lot",
    "many thanks",
    "thank you very much",
    "thank you",
    "thanks",
    "thx",
    "bitte",
    "vielen dank",
    "danke schön",
    "danke",
    "s'il vous plaît",
    "s'il te plaît",
    "merci beaucoup",
    "merci",
    "por favor",
    "muchas gracias",
    "gracias",
    "per favore",
    "grazie mille",
    "grazie",
    "muito obrigado",
    "muito obrigada",
    "obrigado",
    "obrigada",
    "alsjeblieft",
    "alstublieft",
    "dank je wel",
    "dank je",
    "dank u",
    "bedankt",
    "proszę",
    "dziękuję",
    "dzięki",
)

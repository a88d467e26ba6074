"""The labels of a message, for each language in which some message is written. Sentences stand in the templates."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.meeting import Answer


@dataclass(frozen=True, slots=True)
class Words:
    """``english_controls`` stands under a translated message (oura-22); in English it is empty.

    ``promises``: what a ticket's clocks are called, by their English name in small letters.
    """

    hello: str
    when: str
    was: str
    where: str
    host: str
    who: str
    answer: str
    hours: str
    of_package: str
    expenses: str
    paid_by: str
    customer: str
    contract: str
    clause: str
    english_controls: str
    by: str
    promises: Mapping[str, str]
    answers: Mapping[Answer, str]


WORDS: Mapping[str, Words] = {
    "en": Words(
        hello="Hello",
        when="When",
        was="Before",
        where="Where",
        host="Host",
        who="Who",
        answer="Answer here",
        hours="Hours",
        of_package="of the package",
        expenses="Travel",
        paid_by="paid by",
        customer="the customer",
        contract="contract",
        clause="clause",
        english_controls="",
        by="by",
        promises={},
        answers={
            Answer.NEEDS_ACTION: "no answer yet",
            Answer.ACCEPTED: "accepted",
            Answer.DECLINED: "declined",
            Answer.TENTATIVE: "tentative",
        },
    ),
    "sv": Words(
        hello="Hej",
        when="När",
        was="Tidigare",
        where="Var",
        host="Värd",
        who="Vilka",
        answer="Svara här",
        hours="Timmar",
        of_package="ur paketet",
        expenses="Resa",
        paid_by="betalas av",
        customer="kunden",
        contract="avtal",
        clause="klausul",
        english_controls="Detta är en översättning. Där den skiljer sig från den engelska texten gäller den engelska.",
        by="senast",
        promises={
            "first response": "Första svar",
            "status update": "Statusuppdatering",
            "solution": "Lösning",
        },
        answers={
            Answer.NEEDS_ACTION: "inget svar ännu",
            Answer.ACCEPTED: "kommer",
            Answer.DECLINED: "kommer inte",
            Answer.TENTATIVE: "kanske",
        },
    ),
    "de": Words(
        hello="Guten Tag",
        when="Wann",
        was="Bisher",
        where="Wo",
        host="Leitung",
        who="Wer",
        answer="Hier antworten",
        hours="Stunden",
        of_package="aus dem Paket",
        expenses="Reise",
        paid_by="bezahlt",
        customer="der Kunde",
        contract="Vertrag",
        clause="Klausel",
        english_controls="Dies ist eine Übersetzung. Wo sie vom englischen Text abweicht, gilt der englische.",
        by="bis",
        promises={
            "first response": "Erste Antwort",
            "status update": "Statusmeldung",
            "solution": "Lösung",
        },
        answers={
            Answer.NEEDS_ACTION: "noch keine Antwort",
            Answer.ACCEPTED: "zugesagt",
            Answer.DECLINED: "abgesagt",
            Answer.TENTATIVE: "unter Vorbehalt",
        },
    ),
}

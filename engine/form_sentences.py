"""What people are told about an answer that does not fit its question: what is wrong, and what to write instead."""

from collections.abc import Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

CHOOSE = "Välj något av alternativen."
_SENTENCES = {
    "required": "Fyll i det här fältet.",
    "minLength": "Skriv minst {limit} tecken.",
    "minimum": "Skriv {limit} eller mer.",
    "maximum": "Skriv {limit} eller mindre.",
    "minItems": "Ange minst {limit}.",
    "maxItems": "Ange högst {limit}.",
    "oneOf": CHOOSE,
    "anyOf": CHOOSE,
    "enum": CHOOSE,
    "const": CHOOSE,
}
_FORMATS = {
    "date": "Skriv datumet som år-månad-dag, till exempel 2026-11-24.",
    "email": "Skriv en e-postadress, till exempel namn@kommun.se.",
    "uri": "Skriv en webbadress som börjar med https://.",
}
_TYPES = {
    "number": "Skriv ett tal med siffror.",
    "integer": "Skriv ett heltal med siffror.",
    "boolean": "Välj ja eller nej.",
    "string": "Skriv text.",
}


def missing(field: Mapping[str, Any]) -> str:
    """A required question without an answer, by the field's schema."""
    label = str(field.get("title", "fältet")).rstrip("?:.")
    if field.get("type") == "array" and "properties" in field.get("items", {}):
        return f"Lägg till minst en rad: {label}."
    choice = "oneOf" in field or "x-options" in field or field.get("type") in {"boolean", "array"}
    return f"Välj ett svar: {label}." if choice else f"Fyll i: {label}."


def sentence(error: ValidationError) -> str:
    """What one finding of JSON Schema means for the person who wrote."""
    limit = error.validator_value
    if error.validator == "maxLength":
        return f"Korta texten. Den får ha högst {limit} tecken, nu är den {len(str(error.instance))}."
    if error.validator == "minItems" and limit == 1:
        return "Lägg till minst en."
    if error.validator in {"format", "type"}:
        return (_FORMATS | _TYPES).get(str(limit), "Kontrollera hur det är skrivet.")
    return _SENTENCES.get(str(error.validator), "Kontrollera uppgiften.").format(limit=limit)

"""Lines about activation codes and about who has which eSIM."""

from bot.domain.grammar.codes.code_forms import VERBS, forms_of
from bot.domain.grammar.codes.code_lines import parse_codes

__all__ = ["VERBS", "forms_of", "parse_codes"]

"""Colours and lines of the learning rules, the same in every picture."""

# Okabe and Ito's colours, told apart by every kind of colour vision.
RULE_COLOURS = {"gradient-descent": "#0072B2", "curl-descent": "#D55E00", "feedback-alignment": "#56B4E9",
                "curl-feedback-alignment": "#E69F00"}


def rule_style(rule: str) -> str:
    return "o--" if rule.startswith("curl") else "o-"

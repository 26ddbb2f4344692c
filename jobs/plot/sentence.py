"""A sentence in the place of a picture that would show one colour alone."""

from matplotlib.figure import Figure


def sentence_figure(sentence: str) -> Figure:
    figure = Figure(figsize=(6.8, 0.8))
    figure.text(0.5, 0.5, sentence, ha="center", va="center", fontsize=12)
    return figure

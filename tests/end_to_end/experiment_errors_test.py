"""A mistake in the experiment is refused with one message that names where, which key, what was given, what may be."""

import pytest

MISTAKES = {
    "unknown section": ("[train]\nepochs = 3", ["bad.toml:2", '"train.epochs"', '"training.epochs"', "template"]),
    "misspelt key": ("[training]\nepocs = 3", ["bad.toml:2", '"training.epocs"', '"training.epochs"']),
    "key outside of sections": ("epochs = 3", ["bad.toml:1", '"epochs"', '"training.epochs"']),
    "text for an integer": ('\n[training]\nepochs = "3"', ["bad.toml:3", 'training.epochs = "3"', "an integer from 1"]),
    "real for an integer": ("[training]\nepochs = 2.5", ["bad.toml:2", "training.epochs = 2.5", "an integer from 1"]),
    "integer for a truth value": ("[training]\nshuffle = 1", ["bad.toml:2", "training.shuffle = 1", "true or false"]),
    "list outside of the sweep": ("[training]\nepochs = [1, 2]", ["bad.toml:2", "training.epochs", "[sweep]"]),
    "integer below its range": ("[training]\nepochs = 0", ["bad.toml:2", "training.epochs = 0", "from 1 to"]),
    "number at its open bound": ("[training]\nlearning_rate = 0.0", ["bad.toml:2", "learning_rate = 0.0", "above 0"]),
    "share above one": ("[plasticity]\nhidden_flip_fraction = 1.5", ["bad.toml:2", "fraction = 1.5", "from 0 to 1"]),
    "not a number": ("[training]\nlearning_rate = nan", ["bad.toml:2", "training.learning_rate = nan", "above 0"]),
    "unknown choice": ('[network]\nactivation = "tan"', ["bad.toml:2", 'activation = "tan"', '"linear", "tanh"']),
    "unknown rule": ('[experiment]\nrules = ["sgd"]', ["bad.toml:2", 'rules = ["sgd"]', '"gradient-descent"']),
    "no rule": ("[experiment]\nrules = []", ["bad.toml:2", "experiment.rules = []", "some of"]),
    "empty sweep": ('[sweep]\n"training.epochs" = []', ["bad.toml:2", "training.epochs", "empty", "at least one"]),
    "unknown swept key": ('[sweep]\n"training.epocs" = [1]', ["bad.toml:2", '"training.epocs"', '"training.epochs"']),
    "swept value out of range": ('[sweep]\n"training.epochs" = [1, 0]', ["bad.toml:2", "epochs = 0", "from 1"]),
    "key that cannot be swept": ('[sweep]\n"experiment.seed" = [1, 2]', ["bad.toml:2", "experiment.seed", "cannot be"]),
    "key both set and swept": (
        '[training]\nepochs = 3\n[sweep]\n"training.epochs" = [1]',
        ["bad.toml:2", "training.epochs", "[sweep]", "remove one"],
    ),
    "zip of unequal lengths": (
        '[sweep]\n"network.inputs" = [1, 2]\n"network.hidden" = [1]\nzip = [["network.inputs", "network.hidden"]]',
        ["bad.toml:4", "network.inputs has 2", "network.hidden has 1"],
    ),
    "flip count above neurons": (
        "[network]\ninputs = 4\n[plasticity]\nhidden_flips = 5",
        ["bad.toml", "plasticity.hidden_flips = 5", "neurons", " 4"],
    ),
    "flip count above neurons at one point": (
        '[sweep]\n"network.inputs" = [9, 4]\n"plasticity.hidden_flips" = [3, 5]',
        ["bad.toml", "network.inputs = 4", "plasticity.hidden_flips = 5", " 4"],
    ),
    "batch above samples": (
        "[training]\nsamples = 10\nbatch = 11",
        ["bad.toml", "training.batch = 11", "training.samples = 10", "0 for the full batch"],
    ),
    "sizes given in two ways": (
        "[network]\ninputs = 4\nratio = 2.0",
        ["bad.toml", "network.inputs and network.hidden", "network.total_neurons and network.ratio"],
    ),
    "broken TOML": ("[training\nepochs = 3", ["bad.toml:1", "not valid TOML"]),
    "key given twice": ("[training]\nepochs = 3\nepochs = 4", ["bad.toml:3", "not valid TOML", "epochs"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_in_the_file_is_refused(folder, mistake):
    text, parts = MISTAKES[mistake]
    folder.write("bad.toml", text)

    message = folder.refusal("run", "bad.toml", "-o", "out.h5")

    assert [part for part in parts if part not in message] == [], message


SET_MISTAKES = {
    "training.epocs=3": ['"training.epocs"', '"training.epochs"'],
    "training.epochs=0": ["training.epochs = 0", "an integer from 1"],
    "training.epochs": ["key and a value", "training.epochs=100"],
    "training.epochs=[": ["not valid TOML"],
    "sweep.training.epochs=[]": ["sweep of training.epochs is empty"],
}


@pytest.mark.parametrize("argument", SET_MISTAKES)
def test_mistake_in_a_set_argument_is_refused(folder, argument):
    folder.write("good.toml", "")

    message = folder.refusal("run", "good.toml", "-o", "out.h5", "--set", argument)

    assert message.startswith(f"curldescent: --set {argument}: ")
    assert [part for part in SET_MISTAKES[argument] if part not in message] == [], message


def test_missing_experiment_file_is_refused(folder):
    message = folder.refusal("run", "missing.toml", "-o", "out.h5")

    assert "missing.toml" in message and "does it exist" in message


def test_folder_in_place_of_an_experiment_file_is_refused(folder):
    (folder.path / "experiments").mkdir()

    message = folder.refusal("run", "experiments", "-o", "out.h5")

    assert "experiments: cannot read this experiment file" in message


def test_results_file_in_place_of_an_experiment_file_is_refused(folder, tiny):
    message = folder.refusal("run", tiny, "-o", "out.h5")

    assert f"{tiny}:1: not valid TOML" in message

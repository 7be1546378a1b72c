import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from connective.errors import InputError
from train.config import TrainingConfig
from train.config_data import FixedPoint, Thermometer
from train.config_file import config_toml, load_config, parse_config

GOOD = """
[data]
name = "yin-yang"

[network]
layers = [100, 100]
candidates = [12, 16]

[training]
epochs = 3
tau = 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "net.toml"
    file.write_text(GOOD)
    return file


def test_defaults_are_those_of_the_data_set() -> None:
    def encoding(name: str) -> object:
        values = tomllib.loads(GOOD) | {"data": {"name": name}}
        return parse_config(values, "net.toml").encoder

    assert encoding("yin-yang") == FixedPoint()
    assert encoding("mnist") == Thermometer(thresholds=(0.5,))
    assert encoding("fashion-mnist") == Thermometer(thresholds=(0.25, 0.5, 0.75))


def test_written_configuration_reads_back_equal(path: Path) -> None:
    config = load_config(path, ["annealing.connections=[0.1, 0.5]", "network.candidates='all'"])
    assert parse_config(tomllib.loads(config_toml(config)), "again") == config


def test_written_configuration_names_every_default(path: Path) -> None:
    written = tomllib.loads(config_toml(load_config(path)))
    assert set(written) == set(TrainingConfig.model_fields)
    assert written["training"]["batch"] == 256
    assert written["encoder"] == {"kind": "fixed-point"}


def test_one_number_of_candidates_is_for_all_layers(path: Path) -> None:
    config = load_config(path, ["network.candidates=7"])
    assert config.network.candidates_of_layer == (7, 7)


def test_overrides_win_over_the_file(path: Path) -> None:
    config = load_config(path, ["training.epochs=9", "data.reading=box", "seed=4"])
    assert config.training.epochs == 9
    assert config.data.model_dump()["reading"] == "box"
    assert config.seed == 4


def test_relative_data_path_is_taken_from_the_files_folder(path: Path) -> None:
    config = load_config(path, ['data={name="npz", path="mine.npz"}'])
    assert config.data.model_dump()["path"] == path.parent / "mine.npz"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("trainin.epochs=3", "trainin is not a known setting: did you mean training?"),
        (
            "training.epoch=3",
            "training.epoch is not a known setting: did you mean training.epochs?",
        ),
        ("data.width=3", "data.width is not a known setting: remove it, or use one of name, "),
        ("data={name='mnist', reading='box'}", "data.reading is not a known setting: remove it"),
        ("annealing.ends=1", "annealing.ends is not a known setting: did you mean annealing.end?"),
        ("training.epochs=0", "training.epochs is 0: must be greater than or equal to 1"),
        ("training.epochs='3'", "training.epochs is '3': must be a valid integer"),
        ("training.epochs=2.5", "training.epochs is 2.5: must be a valid integer"),
        ("training.tau=inf", "training.tau is inf: must be a finite number"),
        ("training.tau=learnt", "training.tau is 'learnt': must be a number or \"learned\""),
        ("training=3", "training is 3: must be an object"),
        (
            "training={epochs=9, patience=2, all_points=true}",
            "training.patience is 2, and with training.all_points no point is left",
        ),
        ("seed=true", "seed is True: must be a valid integer"),
        (
            "data.name=iris",
            "data.name is 'iris': must be one of 'yin-yang', 'yin-yang-published', ",
        ),
        ("data.reading=ball", "data.reading is 'ball': must be 'disc' or 'box'"),
        ("data={}", "data.name is missing: add it"),
        ("data={name='npz'}", "data.path is missing: add it"),
        ("data={name='mnist', shift=0.5}", "data.shift is 0.5, not a whole number of pixels: "),
        ("data={name='mnist', fractions=true}", "data.fractions is true, and data.shift is 0"),
        ("encoder.kind=gray", "encoder.kind is 'gray': must be one of 'fixed-point', "),
        (
            "encoder={kind='thermometer', thresholds=[0.5, 1.0]}",
            "encoder.thresholds[1] is 1.0: must be less than 1",
        ),
        ("network.layers=[]", "network.layers is []: must not be empty"),
        ("network.layers=[3, 0]", "network.layers[1] is 0: must be greater than or equal to 1"),
        (
            "network.candidates=[12, 120]",
            "network.candidates of layer 1 is 120, more than the 100 gates of the layer before: "
            'lower it to 100 or write "all"',
        ),
        ("network.candidates=[12, 'x']", "network.candidates is [12, 'x']: must be a whole number"),
        ("network.candidates=[1, 2, 3]", "network.candidates has 3 entries for 2 layers: give one"),
        ("network.gates=lut", "network.gates is 'lut': must be 'table', 'softmax' or 'softmax-14'"),
        (
            "annealing.connections=[0.5, 0.1]",
            'annealing.connections is [0.5, 0.1]: must be "staggered", a pair [start, end]',
        ),
        (
            "annealing.gates=[[0, 0.2], [0.2, 0.3], [0.1, 0.3]]",
            "annealing.gates has 3 windows for 2 layers: give one",
        ),
        ("resampling.margin=0", "resampling.margin is 0: must be greater than 0"),
    ],
)
def test_mistake_is_one_sentence_with_file_field_and_value(
    path: Path, override: str, sentence: str
) -> None:
    with pytest.raises(InputError) as error:
        load_config(path, [override])
    assert str(error.value).startswith(f"{path} (with --set {override}): {sentence}")
    assert "\n" not in str(error.value)


def test_missing_section_is_named(path: Path) -> None:
    path.write_text(GOOD.partition("[training]")[0])
    with pytest.raises(InputError) as error:
        load_config(path)
    assert str(error.value) == f"{path}: training is missing: add it"


def test_file_that_is_missing_or_no_toml_is_named(path: Path) -> None:
    with pytest.raises(InputError, match=r"absent.toml cannot be read: No such file"):
        load_config(path.with_name("absent.toml"))
    path.write_text("seed = = 3")
    with pytest.raises(InputError, match=r"net.toml is not valid TOML: .*line 1"):
        load_config(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"net.toml cannot be read: "):
        load_config(path)


@pytest.mark.parametrize("override", ["seed", "seed.x=1", "=3"])
def test_override_without_place_or_value_is_refused(path: Path, override: str) -> None:
    path.write_text("seed = 1\n" + GOOD)
    with pytest.raises(InputError, match=f"^--set {override}: "):
        load_config(path, [override])


@pytest.mark.parametrize("example", sorted(Path("examples").glob("*.toml")), ids=lambda p: p.stem)
def test_example_is_a_valid_configuration(example: Path) -> None:
    assert load_config(example).training.epochs >= 1


def test_data_sets_load_without_torch() -> None:
    code = "import sys, train.data, train.config_file; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)

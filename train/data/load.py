"""From a configuration's [data] and [encoder] to a data set."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder, Feature
from connective.errors import InputError
from train.config import TrainingConfig
from train.config_data import (
    ArchiveData,
    Encoding,
    ImageData,
    PublishedYinYangData,
    TableData,
    YinYangData,
)
from train.data import images, yin_yang
from train.data.archive import features_of, read_archive
from train.data.augmentation import Augmentation
from train.data.dataset import Dataset
from train.data.encoding import build_encoder
from train.data.split import stratified_split
from train.data.table import VALIDATION, load_table

IMAGES = {
    "mnist": ("MNIST", images.MNIST),
    "fashion-mnist": ("Fashion-MNIST", images.FASHION_MNIST),
}


def load_dataset(config: TrainingConfig) -> Dataset:
    """The data set that a configuration names.

    Raises `InputError` where there is none, or where the configured layers do not fit it.
    """
    match config.data:
        case YinYangData():
            dataset = _yin_yang(config, config.data)
        case PublishedYinYangData():
            dataset = _published_yin_yang(config)
        case ImageData():
            dataset = _images(config, config.data)
        case ArchiveData():
            dataset = _archive(config, config.data)
        case TableData():
            dataset = load_table(config.data, config.encoder)
    _check_layers(config, dataset)
    return replace(dataset, all_points=config.training.all_points)


def _yin_yang(config: TrainingConfig, data: YinYangData) -> Dataset:
    train, test = map(np.random.default_rng, np.random.SeedSequence(data.seed).spawn(2))
    train_samples, train_labels = yin_yang.draw_points(data.training_points, data.reading, train)
    test_samples, test_labels = yin_yang.draw_points(data.test_points, data.reading, test)
    n_validation = len(train_samples) // 10
    return Dataset(
        train_samples,
        train_labels,
        test_samples,
        test_labels,
        encoder=_encoder(config.encoder, yin_yang.FEATURES, train_samples[:-n_validation]),
        class_names=yin_yang.CLASS_NAMES[data.reading],
        description=f"Yin-Yang ({data.reading} reading)",
        n_validation=n_validation,
    )


def _published_yin_yang(config: TrainingConfig) -> Dataset:
    parts = {part: yin_yang.published_points(part) for part in yin_yang.PUBLISHED_PARTS}
    words = {part: yin_yang.to_words(points) for part, (points, _) in parts.items()}
    labels = {part: own for part, (_, own) in parts.items()}
    return Dataset(
        np.concatenate([words["train"], words["validation"]]),
        np.concatenate([labels["train"], labels["validation"]]),
        words["test"],
        labels["test"],
        encoder=_encoder(config.encoder, yin_yang.FEATURES, words["train"]),
        class_names=yin_yang.PUBLISHED_CLASS_NAMES,
        description="Yin-Yang (published points)",
        n_validation=len(words["validation"]),
    )


def _images(config: TrainingConfig, data: ImageData) -> Dataset:
    description, files = IMAGES[data.name]
    moved = data.shift or data.rotation or data.distortion
    train_samples, train_labels, test_samples, test_labels = images.load_images(files)
    n_validation = len(train_samples) // 10
    return Dataset(
        train_samples,
        train_labels.astype(np.int64),
        test_samples,
        test_labels.astype(np.int64),
        encoder=_encoder(config.encoder, images.FEATURES, train_samples[:-n_validation]),
        class_names=files.class_names,
        description=description,
        n_validation=n_validation,
        augmentation=Augmentation(
            images.SIDE, data.shift, data.rotation, data.fractions, data.distortion
        )
        if moved
        else None,
    )


def _archive(config: TrainingConfig, data: ArchiveData) -> Dataset:
    arrays = read_archive(data.path)
    samples, labels = arrays["train_samples"], arrays["train_labels"].astype(np.int64)
    features = features_of(samples, arrays["test_samples"])
    low, high = samples.min(axis=0).astype(np.int64), samples.max(axis=0).astype(np.int64)
    train, validated = stratified_split(labels, VALIDATION, np.random.default_rng(0))
    order = np.concatenate([train, validated])
    return Dataset(
        samples[order],
        labels[order],
        arrays["test_samples"],
        arrays["test_labels"].astype(np.int64),
        encoder=build_encoder(config.encoder, features, low, high, samples[train]),
        class_names=tuple(map(str, range(int(labels.max()) + 1))),
        description=data.path.name,
        n_validation=len(validated),
    )


def _encoder(
    encoding: Encoding, features: tuple[Feature, ...], words: NDArray[np.integer]
) -> Encoder:
    """An encoder of features that take all words of their width."""
    low, high = np.array([f.low for f in features]), np.array([f.high for f in features])
    return build_encoder(encoding, features, low, high, words)


def _check_layers(config: TrainingConfig, dataset: Dataset) -> None:
    first = config.network.candidates_of_layer[0]
    inputs = dataset.encoder.n_rows
    if first != "all" and first > inputs:
        raise InputError(
            f"network.candidates of layer 0 is {first}, more than the {inputs} input bits of "
            f'{dataset.description}: lower it to {inputs} or write "all"'
        )
    last, classes = config.network.layers[-1], len(dataset.class_names)
    if last % classes:
        raise InputError(
            f"network.layers ends with {last}, which is not divisible by the {classes} classes of "
            f"{dataset.description}: make it {last - last % classes + classes}"
        )

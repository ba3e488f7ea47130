from dataclasses import replace

import keras
import numpy as np
import pytest

from firstread.config import Training
from firstread.learning.architectures import architecture, build
from firstread.learning.transfer import Stage, recalibrate_batch_norm, set_trainable


@pytest.fixture
def network() -> keras.Model:
    keras.utils.set_random_seed(1)
    wanted = architecture("mobilenet_v2")
    return build(wanted, wanted.backbone((32, 32, 3)), low_pass_px=0, dropout=0.0)


def batch_norms(network: keras.Model) -> list[keras.layers.BatchNormalization]:
    return [
        each
        for each in network.get_layer("backbone").layers
        if isinstance(each, keras.layers.BatchNormalization)
    ]


def test_the_head_learns_alone_first(network: keras.Model) -> None:
    set_trainable(network, Stage.HEAD, Training(), pretrained=True)

    assert 2 == len(network.trainable_variables)  # kernel and bias of the one unit


def test_then_the_top_of_the_backbone_without_its_batch_norm(network: keras.Model) -> None:
    set_trainable(network, Stage.BACKBONE, Training(fine_tune_from=0.5), pretrained=True)

    backbone = network.get_layer("backbone")
    half = len(backbone.layers) // 2
    assert not any(each.trainable_variables for each in backbone.layers[:half])
    assert any(each.trainable_variables for each in backbone.layers[half:])
    assert not any(each.trainable for each in batch_norms(network))


def test_adapted_batch_norm_learns(network: keras.Model) -> None:
    settings = Training(fine_tune_from=0.0, batch_norm="adapt")

    set_trainable(network, Stage.BACKBONE, settings, pretrained=True)

    assert all(each.trainable for each in batch_norms(network))


def test_random_weights_learn_everywhere(network: keras.Model) -> None:
    set_trainable(network, Stage.BACKBONE, replace(Training(), fine_tune_from=0.5), pretrained=False)

    assert all(each.trainable for each in network.get_layer("backbone").layers)


def test_recalibration_changes_the_statistics_and_not_the_function(network: keras.Model) -> None:
    """As for folded weights: mean 0, variance 1 until measured, and the same answer after."""
    films = np.random.default_rng(1).integers(0, 256, (48, 32, 32), dtype=np.uint8)
    film = films[:8, ..., None].astype(np.float32)
    before = np.asarray(network(film))

    recalibrate_batch_norm(network, films, batch_size=16)

    np.testing.assert_allclose(network(film), before, atol=1e-4)
    first = batch_norms(network)[0]
    scaled = keras.Model(network.input, network.get_layer("grey_levels").output)
    stem = keras.Model(network.get_layer("backbone").input, first.input)
    values = np.asarray(stem(scaled(films[..., None].astype(np.float32))), np.float64)
    np.testing.assert_allclose(first.moving_mean, values.mean(axis=(0, 1, 2)), atol=1e-4)
    np.testing.assert_allclose(first.moving_variance, values.var(axis=(0, 1, 2)), rtol=1e-3)

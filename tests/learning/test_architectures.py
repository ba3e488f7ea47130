import keras
import numpy as np
import pytest

from firstread.errors import TrainingError
from firstread.learning.architectures import ARCHITECTURES, architecture, build, serving_model

# Without a top, from keras.io/api/applications; baseline and EfficientNet-Lite0 counted by hand and by its authors.
PARAMETERS = {
    "baseline": 98_160,
    "mobilenet_v2": 2_257_984,
    "efficientnet_v2_b0": 5_919_312,
    "densenet121": 7_037_504,
    "resnet50_v2": 23_564_800,
    "efficientnet_lite0": 3_413_024,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_network_has_one_unit_on_pooled_features(name: str) -> None:
    """Then the heat map is the feature map weighted by that unit's kernel: no second pass is needed."""
    wanted = architecture(name)
    backbone = wanted.backbone((64, 64, 3))
    network = build(wanted, backbone, low_pass_px=1.5, dropout=0.2)
    film = np.random.default_rng(1).uniform(0, 255, (2, 64, 64, 1)).astype(np.float32)

    answer = {key: np.asarray(value) for key, value in serving_model(network)(film).items()}

    kernel, bias = network.get_layer("logit").get_weights()
    from_map = (answer["feature_map"] @ kernel[:, 0]).mean(axis=(1, 2)) + bias[0]
    np.testing.assert_allclose(answer["logit"], from_map, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        answer["features"], answer["feature_map"].mean(axis=(1, 2)), rtol=1e-4, atol=1e-5
    )
    assert PARAMETERS[name] == backbone.count_params()
    assert (2,) == answer["logit"].shape


def test_every_architecture_is_tested_here() -> None:
    assert set(PARAMETERS) == set(ARCHITECTURES)


def test_an_unknown_architecture_is_refused_by_name() -> None:
    with pytest.raises(TrainingError, match=r"must be one of baseline, .* received 'vgg'"):
        architecture("vgg")


def test_grey_levels_reach_the_backbone_as_it_wants_them() -> None:
    """0 is −1 and 255 is 1 for MobileNetV2 (keras.applications.mobilenet_v2.preprocess_input)."""
    wanted = architecture("mobilenet_v2")
    network = build(wanted, wanted.backbone((32, 32, 3)), low_pass_px=0, dropout=0.0)
    scaled = keras.Model(network.input, network.get_layer("grey_levels").output)
    film = np.linspace(0, 255, 1024, dtype=np.float32).reshape(1, 32, 32, 1)

    expected = keras.applications.mobilenet_v2.preprocess_input(np.repeat(film, 3, axis=3).copy())

    np.testing.assert_allclose(scaled(film), expected, atol=1e-6)


def test_per_channel_scaling_is_kerass() -> None:
    wanted = architecture("densenet121")
    network = build(wanted, wanted.backbone((32, 32, 3)), low_pass_px=0, dropout=0.0)
    scaled = keras.Model(network.input, network.get_layer("grey_levels").output)
    film = np.linspace(0, 255, 1024, dtype=np.float32).reshape(1, 32, 32, 1)

    expected = keras.applications.densenet.preprocess_input(np.repeat(film, 3, axis=3).copy())

    np.testing.assert_allclose(scaled(film), expected, atol=1e-4)


def test_what_lies_in_the_margin_changes_nothing() -> None:
    wanted = architecture("baseline")
    network = build(wanted, wanted.backbone((32, 32, 3)), low_pass_px=0, dropout=0.0, margin_px=8)
    film = np.random.default_rng(2).uniform(0, 255, (1, 48, 48, 1)).astype(np.float32)
    painted = np.zeros_like(film)
    painted[:, 8:-8, 8:-8] = film[:, 8:-8, 8:-8]

    np.testing.assert_array_equal(network(film), network(painted))

    painted[:, 8, 8] = 255 - film[:, 8, 8]
    assert np.abs(np.asarray(network(film)) - np.asarray(network(painted))).max() > 0

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

from firstread.config import Training
from firstread.errors import BundleError, TrainingError
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.learning.half_precision import round_kernels
from firstread.learning.onnx_file import write_onnx
from firstread.learning.stored_weights import stored
from firstread.learning.weights import require_start, start

SMALL = Recipe(height=32, width=32)
BASELINE = Training(architecture="baseline", low_pass_px=2.0, margin_px=0)


def test_no_weights_is_random_and_learns_everywhere_at_once() -> None:
    begun = start("none", recipe=SMALL, settings=BASELINE)

    assert not begun.pretrained
    assert "random" == begun.origin


def test_a_backbone_file_fills_the_backbone_alone(tmp_path: Path) -> None:
    source = start("none", recipe=SMALL, settings=BASELINE).model
    file = tmp_path / "backbone.weights.h5"
    source.get_layer("backbone").save_weights(file)

    begun = start(str(file), recipe=SMALL, settings=BASELINE)

    assert begun.pretrained
    for expected, actual in zip(
        source.get_layer("backbone").get_weights(),
        begun.model.get_layer("backbone").get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(expected, actual)


def test_a_file_of_a_run_fills_the_whole_network(tmp_path: Path) -> None:
    source = start("none", recipe=SMALL, settings=BASELINE).model
    file = tmp_path / "epoch-003.weights.h5"
    source.save_weights(file)

    filled = start(str(file), recipe=SMALL, settings=BASELINE).model

    film = np.full((1, 32, 32, 1), 90, np.float32)
    np.testing.assert_array_equal(source(film), filled(film))


def test_a_file_of_another_network_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "other.weights.h5"
    start("none", recipe=SMALL, settings=BASELINE).model.save_weights(file)

    with pytest.raises(TrainingError, match=r"other\.weights\.h5: the weights must fit mobilenet_v2"):
        start(str(file), recipe=SMALL, settings=replace(BASELINE, architecture="mobilenet_v2"))


def test_a_path_that_does_not_exist_is_named() -> None:
    with pytest.raises(TrainingError, match=r"must be imagenet, none, a file or a bundle; nowhere\.h5"):
        require_start(replace(BASELINE, weights="nowhere.h5"))


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        start(str(tmp_path), recipe=SMALL, settings=BASELINE)


@pytest.fixture
def source() -> keras.Model:
    """Return a network as an export leaves it, for films of 32 × 32 pixels."""
    network = start("none", recipe=SMALL, settings=BASELINE).model
    round_kernels(network)
    return network


@pytest.fixture
def small_parts(tmp_path: Path, source: keras.Model, tiny_parts: bundles.BundleParts) -> bundles.BundleParts:
    """Return the parts of that network's bundle."""
    model = tmp_path / "model.onnx"
    write_onnx(source, model)
    kernel, bias = source.get_layer("logit").get_weights()
    return replace(
        tiny_parts,
        model=model,
        recipe=SMALL,
        head=bundles.Head(kernel[:, 0], float(bias[0])),
        shift=None,
        facts={"name": "small", "architecture": "baseline"},
        weights=stored(source, model),
    )


def test_a_bundle_gives_the_weights_it_was_made_of(
    tmp_path: Path, source: keras.Model, small_parts: bundles.BundleParts
) -> None:
    bundle = bundles.save(tmp_path / "b", small_parts)

    begun = start(str(bundle.folder), recipe=SMALL, settings=BASELINE)

    assert begun.pretrained
    assert bundle.sha256[:12] in begun.origin
    for expected, actual in zip(source.get_weights(), begun.model.get_weights(), strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_training_goes_on_from_a_bundle_at_another_size(
    tmp_path: Path, source: keras.Model, small_parts: bundles.BundleParts
) -> None:
    bundle = bundles.save(tmp_path / "b", small_parts)
    larger = Recipe(height=64, width=64)

    begun = start(str(bundle.folder), recipe=larger, settings=BASELINE)

    assert (None, 64, 64, 1) == begun.model.input_shape
    np.testing.assert_array_equal(source.get_weights()[0], begun.model.get_weights()[0])


def test_training_goes_on_with_a_margin_from_a_bundle_without_one(
    tmp_path: Path, source: keras.Model, small_parts: bundles.BundleParts
) -> None:
    bundle = bundles.save(tmp_path / "b", small_parts)
    settings = replace(BASELINE, margin_px=4)

    begun = start(str(bundle.folder), recipe=Recipe(height=48, width=48), settings=settings)

    assert (None, 48, 48, 1) == begun.model.input_shape
    assert (None, 40, 40, 3) == begun.model.get_layer("backbone").input_shape
    for ours, theirs in zip(begun.model.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_bundle_of_an_older_release_holds_every_array_itself(
    tmp_path: Path, source: keras.Model, small_parts: bundles.BundleParts
) -> None:
    """Its kernels are rounded, all of them: enough to go on from."""
    arrays = {
        f"{index:04d}": value.astype(np.float16) if value.ndim > 1 else value
        for index, value in enumerate(source.get_weights())
    }
    bundle = bundles.save(tmp_path / "b", replace(small_parts, weights=arrays))

    begun = start(str(bundle.folder), recipe=SMALL, settings=BASELINE)

    for expected, actual in zip(source.get_weights(), begun.model.get_weights(), strict=True):
        np.testing.assert_allclose(expected, actual, rtol=2**-11, atol=1e-7)


def test_weights_that_are_not_those_of_the_model_are_refused(
    tmp_path: Path, source: keras.Model, small_parts: bundles.BundleParts
) -> None:
    arrays = {f"{index:04d}": 2 * value for index, value in enumerate(source.get_weights())}
    bundle = bundles.save(tmp_path / "b", replace(small_parts, weights=arrays))

    with pytest.raises(
        TrainingError, match=r"weights\.npz must give the features of model\.onnx within 0\.1"
    ):
        start(str(bundle.folder), recipe=SMALL, settings=BASELINE)


def test_a_bundle_of_another_network_is_refused(tmp_path: Path, tiny_parts: bundles.BundleParts) -> None:
    facts = {"name": "tiny", "architecture": "densenet121"}
    bundle = bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))

    with pytest.raises(TrainingError, match="must be a baseline; it is a densenet121"):
        start(str(bundle.folder), recipe=Recipe(), settings=BASELINE)


def test_a_bundle_that_looks_through_another_blur_is_refused(
    tmp_path: Path, tiny_parts: bundles.BundleParts
) -> None:
    facts = {"name": "tiny", "architecture": "baseline", "training": {"low_pass_px": 1.5}}
    bundle = bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))

    with pytest.raises(TrainingError, match=r"low_pass_px must be the bundle's, 1\.5; received 2\.0"):
        start(str(bundle.folder), recipe=Recipe(), settings=BASELINE)


def test_a_bundle_without_weights_says_so(tmp_path: Path, tiny_parts: bundles.BundleParts) -> None:
    facts = {"name": "tiny", "architecture": "baseline"}
    bundle = bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))

    with pytest.raises(TrainingError, match="holds no weights to go on from"):
        start(str(bundle.folder), recipe=Recipe(), settings=BASELINE)


IMAGENET_START = """
import sys
from firstread.errors import DownloadError
from firstread.learning.backend import choose
choose("tensorflow")
from firstread.config import Training
from firstread.imaging.preprocess import Recipe
from firstread.learning.weights import start
try:
    settings = Training()
    begun = start("imagenet", recipe=Recipe(height=settings.side, width=settings.side), settings=settings)
except DownloadError as error:
    sys.exit(str(error))
print(begun.origin, float(begun.model.get_layer("backbone").get_weights()[0].ravel()[0]))
"""


def start_from_imagenet(keras_home: Path) -> subprocess.CompletedProcess[str]:
    """Keras reads its cache folder when it is imported, so each try is a process; its only network is a closed port."""
    closed = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = os.environ | closed | {"KERAS_HOME": str(keras_home)}
    return subprocess.run(
        [sys.executable, "-c", IMAGENET_START], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_imagenet_weights_come_from_keras_cache_without_a_network(tmp_path: Path) -> None:
    backbone = keras.applications.MobileNetV2(input_shape=(224, 224, 3), include_top=False, weights=None)
    file = tmp_path / "models" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    file.parent.mkdir()
    with h5py.File(file, "w") as stream:
        legacy_h5_format.save_weights_to_hdf5_group(stream, backbone)

    done = start_from_imagenet(tmp_path)

    assert 0 == done.returncode, done.stderr
    first = float(backbone.get_weights()[0].ravel()[0])
    assert f"ImageNet, keras.applications {first}" == done.stdout.strip()


@pytest.mark.slow
def test_without_cache_and_network_it_says_what_to_do_by_hand(tmp_path: Path) -> None:
    done = start_from_imagenet(tmp_path)

    assert 1 == done.returncode
    assert "The ImageNet weights of mobilenet_v2 must be in Keras' cache or downloadable" in done.stderr
    assert f"put it into {tmp_path / 'models'}, or give its path: --weights FILE.h5" in done.stderr


def test_a_network_without_public_weights_says_so() -> None:
    with pytest.raises(TrainingError, match="efficientnet_lite0 has no public ImageNet weights"):
        start("imagenet", recipe=SMALL, settings=replace(BASELINE, architecture="efficientnet_lite0"))


@pytest.mark.films
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mobilenet_v2", "mobilenet_v2_1.0_224_notop.weights.h5"),
        ("efficientnet_lite0", "efficientnet_lite0_notop.weights.h5"),
    ],
)
def test_the_published_backbones_load(public_films: Path, name: str, file: str) -> None:
    weights = public_films.parent / "weights" / file
    begun = start(str(weights), recipe=Recipe(), settings=Training(architecture=name))

    assert begun.pretrained
    assert file == begun.origin

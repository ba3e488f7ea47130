import keras
import numpy as np
import pytest

from firstread.learning.callbacks import averaged_weights, take_averages


@pytest.fixture(params=["float32", "mixed_float16"])
def trainer(request: pytest.FixtureRequest) -> keras.Model:
    """One unit after three steps: its weights have moved, their average lags behind."""
    keras.utils.set_random_seed(1)
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(request.param)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype="float32")])
    optimizer: keras.Optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    if request.param == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer=optimizer, loss="mse", jit_compile=False)
    keras.mixed_precision.set_dtype_policy(before)
    for _ in range(3):
        model.train_on_batch(np.ones((4, 2), np.float32), np.full((4, 1), 5, np.float32))
    return model


def kernel(model: keras.Model) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(model.trainable_variables[0]))


def test_averages_hold_inside_and_raw_weights_come_back(trainer: keras.Model) -> None:
    raw = kernel(trainer)

    with averaged_weights(trainer):
        inside = kernel(trainer)

    assert np.abs(inside - raw).max() > 1e-3
    np.testing.assert_array_equal(raw, kernel(trainer))


def test_raw_weights_come_back_after_an_error(trainer: keras.Model) -> None:
    raw = kernel(trainer)

    with pytest.raises(KeyError), averaged_weights(trainer):
        raise KeyError

    np.testing.assert_array_equal(raw, kernel(trainer))


def test_taking_averages_is_for_good(trainer: keras.Model) -> None:
    raw = kernel(trainer)

    take_averages(trainer)

    assert np.abs(kernel(trainer) - raw).max() > 1e-3

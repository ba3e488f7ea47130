"""The sections of the configuration: every setting with its default, what it means and what it may be."""

from dataclasses import asdict, dataclass
from typing import Any

from firstread.errors import ConfigError

__all__ = ["MIB", "Augmentation", "Inference", "ReadLimits", "Training", "Workers", "Worklist", "require"]

MIB = 1024 * 1024


def require(holds: bool, rule: str, received: object) -> None:
    """Refuse a setting that breaks its rule.

    Raises:
        ConfigError: With the rule and what came.
    """
    if not holds:
        raise ConfigError(f"{rule}; received {received!r}.")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What is refused before anything is decoded.

    Args:
        max_file_bytes: Largest file that is opened.
        max_pixels: Largest rows × columns; the largest chest detectors have 22 million.
        max_frames: More frames than this is not one radiograph.
        max_inflated_bytes: What a deflated DICOM file may grow to.
        min_side: Shortest side, in pixels, that can still show an infiltrate.
    """

    max_file_bytes: int = 256 * MIB
    max_pixels: int = 32_000_000
    max_frames: int = 1
    max_inflated_bytes: int = 128 * MIB
    min_side: int = 96

    def __post_init__(self) -> None:
        for name in self.__slots__:
            require(getattr(self, name) >= 1, f"read.{name} must be at least 1", getattr(self, name))


@dataclass(frozen=True, slots=True)
class Workers:
    """The pool of processes that open untrusted files.

    Args:
        processes: Number of workers; None means one for each processor.
        memory_bytes: Address space a worker may add to what it starts with.
        timeout_s: Seconds one film may take, an hour at most.
    """

    processes: int | None = None
    memory_bytes: int = 640 * MIB
    timeout_s: float = 8.0

    def __post_init__(self) -> None:
        require(
            self.processes is None or self.processes >= 1,
            "workers.processes must be at least 1",
            self.processes,
        )
        require(
            self.memory_bytes >= 64 * MIB, "workers.memory_bytes must be at least 64 MiB", self.memory_bytes
        )
        require(0 < self.timeout_s <= 3600, "workers.timeout_s must be in (0, 3600]", self.timeout_s)


@dataclass(frozen=True, slots=True)
class Inference:
    """How a bundle answers.

    Args:
        batch_size: Films in one pass through the network. Four stay in the processor's cache: sixteen took
            30 % more processor time a film and twice the memory (MobileNetV2).
        threads: Passes side by side, one thread each; None means one for each processor.
    """

    batch_size: int = 4
    threads: int | None = None

    def __post_init__(self) -> None:
        require(self.batch_size >= 1, "inference.batch_size must be at least 1", self.batch_size)
        require(
            self.threads is None or self.threads >= 1, "inference.threads must be at least 1", self.threads
        )


@dataclass(frozen=True, slots=True)
class Worklist:
    """The ranking rule.

    Args:
        wait_cap: How many places a scored film may stand below its place in the order of arrival.
    """

    wait_cap: int = 50

    def __post_init__(self) -> None:
        require(self.wait_cap >= 0, "worklist.wait_cap must not be negative", self.wait_cap)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What training changes in a film without changing its diagnosis; zero switches an operation off.

    Args:
        flip: Probability of a mirrored film.
        rotation_deg: Largest rotation to either side.
        shift: Largest shift, as a fraction of the side.
        zoom: Largest zoom in or out (crop), as a fraction.
        smaller: By how much smaller films are shown in training than in use, as a fraction (Touvron et al.,
            NeurIPS 2019).
        unequal_scale: Largest difference between the scaling of the two axes, as a fraction: the classes
            differ in aspect ratio, which squashing to a square leaves as a cue.
        brightness: Largest change, as a fraction of full scale.
        contrast: Largest change of contrast, as a fraction.
        gamma: Largest change of gamma, in log2 (0.5 means gamma from 0.71 to 1.41).
        histogram: Probability that a film takes on the grey levels of another training film of either class, by a share
            that is drawn: the classes differ in how their films are windowed.
        blur: Largest standard deviation of a Gaussian blur, in pixels.
        noise: Largest standard deviation of Gaussian noise, as a fraction of full scale.
        jpeg: Probability of JPEG re-encoding, at a quality drawn from jpeg_quality.
        jpeg_quality: Lowest and highest quality of the re-encoding.
        border: Probability of a changed border (black, white or grey rim of drawn width).
        border_width: Largest width of that rim, as a fraction of the side.
        erase: Probability that a rectangle is painted over, in one grey level: no single place may decide.
    """

    flip: float = 0.5
    rotation_deg: float = 10.0
    shift: float = 0.06
    zoom: float = 0.15
    smaller: float = 0.1
    unequal_scale: float = 0.3
    brightness: float = 0.15
    contrast: float = 0.25
    gamma: float = 0.5
    histogram: float = 0.3
    blur: float = 1.2
    noise: float = 0.04
    jpeg: float = 0.7
    jpeg_quality: tuple[int, int] = (30, 95)
    border: float = 0.6
    border_width: float = 0.12
    erase: float = 0.3

    def __post_init__(self) -> None:
        for name in ("flip", "histogram", "jpeg", "border", "erase"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"augmentation.{name} must be in [0, 1]", value)
        for name in (
            "shift",
            "zoom",
            "smaller",
            "unequal_scale",
            "brightness",
            "contrast",
            "noise",
            "border_width",
        ):
            value = getattr(self, name)
            require(0 <= value < 0.5, f"augmentation.{name} must be in [0, 0.5)", value)
        for name in ("rotation_deg", "gamma", "blur"):
            value = getattr(self, name)
            require(value >= 0, f"augmentation.{name} must not be negative", value)
        low, high = self.jpeg_quality
        require(
            1 <= low <= high <= 100,
            "augmentation.jpeg_quality must be 1 <= low <= high <= 100",
            self.jpeg_quality,
        )


@dataclass(frozen=True, slots=True)
class Training:
    """How weights are made.

    Args:
        architecture: One of `firstread.learning.architectures.ARCHITECTURES`.
        weights: "imagenet", "none", a file of weights, or a bundle to go on from.
        split: "id-block", "patient-grouped" or "official".
        blocks: Contiguous blocks each series is cut into by the ID-block split.
        tuning_block: Which of them is tuned on; 0 has the lowest ids, next to the official test.
        head_epochs: Epochs in which only the new head learns.
        epochs: Epochs in all.
        patience: Epochs without a lower tuning loss before training stops.
        batch_size: Films in one step.
        head_learning_rate: Peak rate of the first stage.
        learning_rate: Peak rate of the second stage.
        weight_decay: Of AdamW.
        fine_tune_from: Fraction of the backbone's layers, from the input, that stays frozen.
        batch_norm: "frozen" keeps the statistics that came with the weights; "adapt" measures them on
            training films first, without changing the function, and then lets them learn.
        side: Rows and columns of the film that the network gets.
        low_pass_px: Standard deviation of a fixed blur before the network, in pixels; 0 leaves it out. What two
            resizing programs or two JPEG levels make of one film differs above this detail only.
        margin_px: Rows and columns at each edge that the backbone never sees: no disease shows there, and cues do.
        balance: How much more often films are shown that a shortcut takes for the other class: exponent of
            `evaluation.shortcut_balance`; 0 shows every film once an epoch.
        dropout: Before the last unit.
        label_smoothing: In [0, 0.5).
        ema: Momentum of the averaged weights; 0 switches averaging off.
        mixed_precision: None means on where there is a GPU.
        seed: Of everything drawn.
        max_films: Use only so many films of each class, spread over the ids; None means all.
        devices: Share every batch, on the JAX backend; they change the time a run takes and not its result.
    """

    architecture: str = "mobilenet_v2"
    weights: str = "imagenet"
    split: str = "id-block"
    blocks: int = 8
    tuning_block: int = 0
    head_epochs: int = 1
    epochs: int = 10
    patience: int = 5
    batch_size: int = 32
    head_learning_rate: float = 1e-3
    learning_rate: float = 6e-4
    weight_decay: float = 1e-4
    fine_tune_from: float = 0.0
    batch_norm: str = "frozen"
    side: int = 176
    low_pass_px: float = 1.4
    margin_px: int = 8
    balance: float = 0.7
    dropout: float = 0.2
    label_smoothing: float = 0.05
    ema: float = 0.99
    mixed_precision: bool | None = None
    seed: int = 20
    max_films: int | None = None
    devices: int = 1

    def __post_init__(self) -> None:
        for name, known in (
            ("split", ("id-block", "patient-grouped", "official")),
            ("batch_norm", ("frozen", "adapt")),
        ):
            value = getattr(self, name)
            require(value in known, f"training.{name} must be {', '.join(known[:-1])} or {known[-1]}", value)
        require(self.blocks >= 2, "training.blocks must be at least 2", self.blocks)
        require(
            0 <= self.tuning_block < self.blocks,
            "training.tuning_block must be in [0, blocks)",
            self.tuning_block,
        )
        fits = self.side >= 32 and self.side % 8 == 0
        require(fits, "training.side must be a multiple of 8, at least 32", self.side)
        inside = 0 <= self.margin_px <= (self.side - 32) // 2
        require(inside, "training.margin_px must leave at least 32 rows of training.side", self.margin_px)
        for name in ("epochs", "patience", "batch_size", "devices"):
            require(getattr(self, name) >= 1, f"training.{name} must be at least 1", getattr(self, name))
        require(
            0 <= self.head_epochs <= self.epochs,
            "training.head_epochs must be in [0, epochs]",
            self.head_epochs,
        )
        for name in ("head_learning_rate", "learning_rate"):
            require(getattr(self, name) > 0, f"training.{name} must be above 0", getattr(self, name))
        for name, most in (("balance", 2), ("low_pass_px", 8)):
            value = getattr(self, name)
            require(0 <= value <= most, f"training.{name} must be in [0, {most}]", value)
        for name, end in (
            *((name, 1) for name in ("fine_tune_from", "dropout", "ema", "weight_decay")),
            ("label_smoothing", 0.5),
        ):
            value = getattr(self, name)
            require(0 <= value < end, f"training.{name} must be in [0, {end})", value)
        require(
            self.max_films is None or self.max_films >= 1,
            "training.max_films must be at least 1",
            self.max_films,
        )

    def deciding(self) -> dict[str, Any]:
        """Return what decides a run's result, as plain values: every setting but the number of devices."""
        return {name: value for name, value in asdict(self).items() if name != "devices"}

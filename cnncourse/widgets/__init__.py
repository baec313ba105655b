"""Explorers: pictures to drag, point at and walk through, one file each."""

from cnncourse.widgets._base import Explorer
from cnncourse.widgets.blur_explorer import BlurExplorer
from cnncourse.widgets.box_explorer import BoxExplorer
from cnncourse.widgets.convolution_explorer import ConvolutionExplorer, explore
from cnncourse.widgets.digit_pad import DigitPad
from cnncourse.widgets.dream_explorer import DreamExplorer
from cnncourse.widgets.feature_map_explorer import FeatureMapExplorer
from cnncourse.widgets.filter_explorer import FilterExplorer
from cnncourse.widgets.game_player import GamePlayer
from cnncourse.widgets.latent_explorer import LatentExplorer
from cnncourse.widgets.layer_builder import LayerBuilder
from cnncourse.widgets.learning_explorer import LearningExplorer
from cnncourse.widgets.model_explorer import ModelExplorer
from cnncourse.widgets.pixel_explorer import PixelExplorer
from cnncourse.widgets.receptive_field_explorer import ReceptiveFieldExplorer
from cnncourse.widgets.shift_explorer import ShiftExplorer
from cnncourse.widgets.training_monitor import TrainingMonitor

__all__ = [
    "BlurExplorer",
    "BoxExplorer",
    "ConvolutionExplorer",
    "DigitPad",
    "DreamExplorer",
    "Explorer",
    "FeatureMapExplorer",
    "FilterExplorer",
    "GamePlayer",
    "LatentExplorer",
    "LayerBuilder",
    "LearningExplorer",
    "ModelExplorer",
    "PixelExplorer",
    "ReceptiveFieldExplorer",
    "ShiftExplorer",
    "TrainingMonitor",
    "explore",
]

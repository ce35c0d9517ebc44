"""The small pack and its people, as the commands' own tests have them."""

from tests.engine.commands.conftest import scene, stage

__all__ = ["scene", "stage"]

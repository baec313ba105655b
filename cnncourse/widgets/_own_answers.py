"""What explorers share in which a learner's own function answers: the page asks, the kernel runs it, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._base import Explorer, array_to_wire, wire_to_array
from cnncourse.widgets._own_function import OwnFunctionError

Array = NDArray[np.float64]


class AnsweringExplorer(Explorer):
    """An explorer of a picture in which a learner's own function can answer what the page asks.

    A subclass keeps the function in `_function`, and says in `own_settings` what an answer depends on and in
    `own_output` how it is computed. static/own_answers.js is the page's side.

    Attributes
    ----------
    image : array, shape (height, width)
        The picture; whoever changes it also names it in `image_id`, so that an answer to the one before is never taken
        for an answer to this one.
    own : bool
        Whether there is a function of the learner's.
    question, answer : dict
        The page's newest question, and the newest answer: the settings it belongs to, the output or the fault, and the
        ``id`` of the question.
    """

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    image_id = traitlets.Unicode("python").tag(sync=True)
    own = traitlets.Bool(False, help="whether a learner's function answers").tag(sync=True)
    question = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    _function: Callable[..., Any] | None = None
    _named, _renamed = "python", 0

    def own_settings(self) -> dict[str, Any]:
        """Return what an answer depends on, as the page writes it."""
        raise NotImplementedError

    def own_output(self) -> Array:
        """Run the learner's function.

        Raises `OwnFunctionError` if it fails, and ``ValueError`` if settings do not fit; the page says why they do not.
        """
        raise NotImplementedError

    def answer_page(self) -> None:
        """Answer the page's newest question; the function runs once for one state, whoever changed it."""
        settings = self.own_settings()
        known = self.answer if self.answer.get("settings") == settings else {"settings": settings, **self._outcome()}
        self.answer = {**known, "id": self.question.get("id", "")}

    def _outcome(self) -> dict[str, Any]:
        try:
            return {"output": array_to_wire(self.own_output()), "fault": None}
        except OwnFunctionError as error:
            name = getattr(self._function, "__name__", "your function")
            return {"output": None, "fault": {**error.fault, "name": name}}
        except ValueError:
            return {"output": None, "fault": None}

    @traitlets.observe("image")
    def _name_image(self, change: Any) -> None:
        if self.image_id == self._named:  # the page names its own pictures
            self._renamed += 1
            self.image_id = f"python-{self._renamed}"
        self._named = self.image_id

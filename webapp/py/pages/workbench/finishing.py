"""Submitting, skipping and reopening the image of the active viewport."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.pages.ports.shell import Shell
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.navigation import Navigation
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.skip_dialog import SkipDialog
from webapp.py.pages.workbench.timekeeper import Timekeeper
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.history import History, Step
from webapp.py.workspace.image_session import ImageSession


class Finishing:
    """The commands that say that an image is done, or not.

    Parameters
    ----------
    viewports
        They act on the active one.
    labels
        Knows which answers are missing.
    navigation
        Goes to the next image.
    time
        Writes the time that was counted.
    shell
        Shows the dialog for the reason, and toasts.
    """

    def __init__(
        self, viewports: ViewportSet, labels: Labels, navigation: Navigation, time: Timekeeper, shell: Shell
    ) -> None:
        self._viewports, self._labels, self._navigation = viewports, labels, navigation
        self._time, self._shell = time, shell

    def submit(self) -> None:
        """Submit the image and go to the next one to do, if all required questions are answered."""
        self._viewports.current.end_gesture()
        session = self._viewports.session
        if self._may_change(session) and self._labels.may_submit():
            self._finish(session, "submitted", texts.submitted)

    def ask_to_skip(self) -> None:
        """Ask why the image is skipped; the answer is optional."""
        self._viewports.current.end_gesture()
        session = self._viewports.session
        if session.asset is not None and self._may_change(session):
            close = partial(self._shell.dialog, None)
            ask = SkipDialog(session.asset.name, partial(self._skip, session.asset), close)
            self._shell.dialog(ask.view)

    def reopen(self) -> None:
        """Reopen an image that is done."""
        self._refused(self._viewports.session.set_status("started"))

    def _skip(self, asset: Asset, reason: str) -> None:
        self._shell.dialog(None)
        session = self._viewports.session
        if session.asset is asset:
            self._finish(session, "skipped", texts.skipped, reason)

    def _may_change(self, session: ImageSession) -> bool:
        return not self._refused(session.closed)

    def _refused(self, reason: str | None) -> bool:
        if reason is not None:
            self._shell.say(reason)
        self._time.flush()
        return reason is not None

    def _finish(
        self, session: ImageSession, status: AssignmentStatus, said: Callable[[str], str], reason: str = ""
    ) -> None:
        if self._refused(session.set_status(status, reason)):
            return
        asset, step = session.asset, session.history.last
        if asset is not None and step is not None:
            undo = partial(self._take_back, session, session.history, step, asset)
            self._navigation.go_on(said(asset.name), undo)

    def _take_back(self, session: ImageSession, history: History, step: Step, asset: Asset) -> None:
        """Undo that an image was submitted or skipped, and go back to it."""
        session.take_back(history, step)
        self._navigation.open_asset(asset.ordinal)

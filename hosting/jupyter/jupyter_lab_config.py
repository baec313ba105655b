"""What JupyterLab is told on a hub: it asks nobody elsewhere for news, and shows a notebook as slides by Alt + R."""

from cnncourse._jupyter import EXTENSIONS

c = get_config()  # noqa: F821

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extra_labextensions_path = [str(EXTENSIONS)]

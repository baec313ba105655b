"""What every learner's server is told on a hub: as `cnncourse lab` has it, and marking is for lecturers."""

import os

c = get_config()  # noqa: F821

teaches = os.environ.get("JUPYTERHUB_USER") in os.environ.get("CNNCOURSE_LECTURERS", "").split(",")
c.ServerApp.kernel_websocket_connection_class = "cnncourse._lab_connection.PromptConnection"
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.validate_assignment": False,  # it would run answers without a room around them
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": teaches,
}
# The Formgrader is a page within JupyterLab's, which a hub forbids if nobody says otherwise.
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0  # a trial in a container, where all are root
# A kernel that nobody looks at for an hour gives its memory back; notebooks keep what they show.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 300

"""What nbgrader is told on a hub: which class this is, and where assignments go out and come in."""

import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = os.environ.get("CNNCOURSE_CLASS", "cnn")
c.Exchange.root = os.environ.get("CNNCOURSE_EXCHANGE", "/srv/cnncourse/exchange")
c.Exchange.path_includes_course = False
if os.environ.get("JUPYTERHUB_USER") in os.environ.get("CNNCOURSE_LECTURERS", "").split(","):
    # the Formgrader looks here, and `cnncourse exercises … --course` should too
    c.CourseDirectory.root = os.path.expanduser(f"~/{c.CourseDirectory.course_id}-class")

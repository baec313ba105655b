"""What nbgrader is told on a hub: which class this is, and where assignments go out and come in."""

import os

c = get_config()  # noqa: F821

user = os.environ.get("JUPYTERHUB_USER", "")
c.CourseDirectory.course_id = os.environ.get("CNNCOURSE_CLASS", "cnn")
c.Exchange.root = os.environ.get("CNNCOURSE_EXCHANGE", "/srv/cnncourse/exchange")
c.Exchange.path_includes_course = False
c.ExchangeFactory.collect = "cnncourse.grading.exchange.CollectFromOwners"
# in a trial all have one account, whose name would stand over everything
c.ExchangeCollect.check_owner = not os.environ.get("CNNCOURSE_TRIAL")
if user in os.environ.get("CNNCOURSE_LECTURERS", "").split(","):
    # the Formgrader looks here, and `cnncourse exercises … --course` should too
    c.CourseDirectory.root = os.path.expanduser(f"~/{c.CourseDirectory.course_id}-class")
elif user:  # the hub's name, for a container knows none for its user
    c.CourseDirectory.student_id = user

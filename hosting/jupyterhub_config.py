"""JupyterHub for a class: everybody has the course in a folder of their own, and nbgrader's exchange lies between.

    jupyterhub --config hosting/jupyterhub_config.py                         on a server, with the accounts of its users
    CNNCOURSE_TRIAL=1 jupyterhub --config hosting/jupyterhub_config.py       on one's own machine, to try it out

What differs from class to class is said by environment variables; hosting/README.md lists them.
"""

import os
import secrets
import sys
from pathlib import Path

c = get_config()  # noqa: F821

HERE = Path(__file__).resolve().parent
TRIAL = bool(os.environ.get("CNNCOURSE_TRIAL"))
STATE = Path(os.environ.get("CNNCOURSE_HUB") or ("hub-trial" if TRIAL else "/srv/cnncourse")).resolve()
CLASS = os.environ.get("CNNCOURSE_CLASS", "cnn")
EXCHANGE = Path(os.environ.get("CNNCOURSE_EXCHANGE", STATE / "exchange"))
LECTURERS = set(os.environ.get("CNNCOURSE_LECTURERS", "lecturer").split(","))

PRIVATE = STATE / "hub"
# nbgrader wants an exchange that everybody may write to
for folder, rights in ((STATE, 0o755), (PRIVATE, 0o700), (EXCHANGE, 0o777)):
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(rights)

# --- the hub itself ---------------------------------------------------------------------------------------------------

c.JupyterHub.bind_url = os.environ.get("CNNCOURSE_ADDRESS", "http://127.0.0.1:8000")
c.JupyterHub.hub_port = int(os.environ.get("CNNCOURSE_HUB_PORT", "8081"))
c.JupyterHub.db_url = f"sqlite:///{PRIVATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(PRIVATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(PRIVATE / "proxy.pid")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ.get('CNNCOURSE_PROXY_PORT', '8001')}"
# The sooner a server that nobody uses ends, the more learners one machine bears.
c.JupyterHub.load_roles = [
    {"name": "idle", "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]},
]
c.JupyterHub.services = []
if idle := int(os.environ.get("CNNCOURSE_IDLE_MINUTES", "0")):
    command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={60 * idle}"]
    c.JupyterHub.services = [{"name": "idle-culler", "command": command}]
    c.JupyterHub.load_roles[0]["services"] = ["idle-culler"]

# --- who comes in -----------------------------------------------------------------------------------------------------

c.Authenticator.admin_users = LECTURERS
if TRIAL:  # whoever knows the word is whoever they say they are
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    word = PRIVATE / "password"
    if not word.exists():
        word.touch(mode=0o600)
        word.write_text(secrets.token_urlsafe(9) + "\n", encoding="ascii")
    c.DummyAuthenticator.password = word.read_text(encoding="ascii").strip()
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
else:  # accounts of this machine: each learner is a user of their own, whom the exchange can tell from the others
    c.JupyterHub.authenticator_class = "pam"
    c.LocalAuthenticator.allowed_groups = {os.environ.get("CNNCOURSE_GROUP", "learners")}
    c.JupyterHub.spawner_class = os.environ.get("CNNCOURSE_SPAWNER", "systemd")

# --- what everybody gets ----------------------------------------------------------------------------------------------

LAY_OUT = f'{sys.executable} -m cnncourse start --no-exercises --to "$HOME/{CLASS}"'
c.Spawner.cmd = ["/bin/sh", "-c", f'{LAY_OUT} && exec {sys.executable} -m jupyterhub.singleuser "$@"', "singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = f"/lab/tree/{CLASS}/00_start_here.ipynb"
c.Spawner.start_timeout = 180  # the first start lays out the lessons
c.Spawner.http_timeout = 120
c.Spawner.mem_limit = os.environ.get("CNNCOURSE_MEMORY", "3G")
c.Spawner.cpu_limit = float(os.environ.get("CNNCOURSE_CORES", "2"))
c.Spawner.environment = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # `cnncourse` in everybody's terminal
    "JUPYTER_CONFIG_PATH": str(HERE / "jupyter"),
    "CNNCOURSE_CLASS": CLASS,
    "CNNCOURSE_EXCHANGE": str(EXCHANGE),
    "CNNCOURSE_LECTURERS": ",".join(sorted(LECTURERS)),
    # One thread a kernel: many learners' pools of threads on few cores stand in each other's way.
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
}
for name in ("CNNCOURSE_DATA_DIR", "CNNCOURSE_TRIAL"):
    if said := os.environ.get(name):
        c.Spawner.environment[name] = said

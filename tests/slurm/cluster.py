"""A real Slurm on this machine, brought up without systemd and taken down again, for tests and to try things with.

    python3 tests/slurm/cluster.py COMMAND ...    runs a command beside it; tests/slurm/run.sh prepares what it needs

In a private namespace (CURLDESCENT_SLURM_NODES=2) there are two nodes, each with a host name, a network address and
a /dev/shm of its own, since MPI tells nodes apart by these. Else there is one, this machine.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NODES = int(os.environ.get("CURLDESCENT_SLURM_NODES", "1"))
NETWORK = "10.77.0"
CPUS = 2  # declared for each node, whatever there are
LONGEST_WAIT = 60.0  # seconds

# Without cgroups. Requeued jobs start again after cred_expire, not after the usual 2 minutes; jobs that have ended stay
# to be asked for.
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}({address})
SlurmUser=root
SlurmdUser=root
MailProg=/bin/true
AuthInfo=socket={folder}/munge.socket,cred_expire=10
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=pmix
ReturnToService=2
KillWait=5
MinJobAge=86400
SchedulerParameters=sched_interval=2,sched_min_interval=0,batch_sched_delay=0,bf_interval=2
"""


def wait_until(condition, what, seconds=LONGEST_WAIT):
    """Waits until a condition holds; fails when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.1)


def succeeds(*command):
    """Whether a command ends with exit code 0."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def read_namespace(pid, kind):
    """Names the namespace that a process is in; nothing for a process that has ended."""
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None


class Cluster:
    """The daemons of a Slurm of one or two nodes, in a folder of their own, which is removed with them."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.folder.chmod(0o755)
        self.daemons = {}  # name: process
        self.host = os.uname().nodename
        self.names = [f"node{i + 1}" for i in range(NODES)] if NODES > 1 else [self.host]

    def __enter__(self):
        try:
            self._configure()
            self._start_daemons()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if "slurmctld" in self.daemons:
            succeeds("timeout", "10", "scancel", "--full", "--signal=KILL", "--user=root")
        for process in reversed(self.daemons.values()):
            process.terminate()
        for process in self.daemons.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configure(self):
        address = f"{NETWORK}.1" if NODES > 1 else "127.0.0.1"
        lines = [CONFIGURATION.format(host=self.host, address=address, folder=self.folder)]
        for i, name in enumerate(self.names):
            node_address = f"{NETWORK}.{11 + i}" if NODES > 1 else address
            lines.append(f"NodeName={name} NodeHostname={name} NodeAddr={node_address} CPUs={CPUS} RealMemory=1000")
        lines.append("PartitionName=main Nodes=ALL Default=YES DefaultTime=60 MaxTime=INFINITE State=UP\n")
        (self.folder / "slurm.conf").write_text("\n".join(lines))
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")  # spares a search that fails
        (self.folder / "mpi.conf").write_text(f"PMIxCliTmpDirBase={self.folder}/pmix\n")
        for name in ("state", "pmix"):
            (self.folder / name).mkdir()
        os.environ["SLURM_CONF"] = str(self.folder / "slurm.conf")
        for name in [name for name in os.environ if name.startswith(("SBATCH_", "SLURM_J"))]:
            del os.environ[name]

    def _start(self, name, *command):
        with open(self.folder / f"{name}.out", "ab") as output:
            self.daemons[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def _start_daemons(self):
        folder = self.folder
        (folder / "munge.key").write_bytes(os.urandom(128))
        (folder / "munge.key").chmod(0o400)
        paths = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        self._start("munged", "munged", "--foreground", "--force", *(f"--{k}={folder}/munge.{v}" for k, v in paths.items()))
        socket = f"--socket={folder}/munge.socket"
        wait_until(lambda: succeeds("munge", socket, "-n"), "munge does not answer")
        if NODES > 1:
            self._prepare_network()
        self._start("slurmctld", "slurmctld", "-D", "-i")
        wait_until(lambda: succeeds("scontrol", "ping"), f"slurmctld does not answer, see {folder}")
        for name in self.names:
            self.start_node(name)

    def _prepare_network(self):
        hosts = [(f"{NETWORK}.1", self.host)] + [(f"{NETWORK}.{11 + i}", name) for i, name in enumerate(self.names)]
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{a} {n}\n" for a, n in hosts))
        for command in (
            f"mount --bind {self.folder}/hosts /etc/hosts",
            "ip link set lo up",
            "ip link add cluster type bridge",
            f"ip addr add {NETWORK}.1/24 dev cluster",
            "ip link set cluster up",
        ):
            subprocess.run(command.split(), check=True)

    def start_node(self, name):
        """Starts a node's daemon, and waits until the node is idle."""
        if NODES == 1:
            self._start(name, "slurmd", "-D", "-N", name)
        else:
            self._start_separate_node(name)
        wait_until(lambda: self.state_of(name) == "idle", f"node {name} is {self.state_of(name)}, see {self.folder}")

    def _start_separate_node(self, name):
        """The shell that makes the node's surroundings becomes its daemon. A node that was lost comes back empty."""
        shutil.rmtree(self.folder / f"spool-{name}", ignore_errors=True)
        number = self.names.index(name) + 1
        script = (
            f"hostname {name} && mount -t tmpfs none /dev/shm && mount -t tmpfs none {self.folder}/pmix && "
            "ip link set lo up && "
            "until ip link set eth0 up 2>/dev/null; do sleep 0.1; done && "
            f"ip addr add {NETWORK}.{10 + number}/24 dev eth0 && exec slurmd -D -N {name}"
        )
        self._start(name, "unshare", "--net", "--uts", "--mount", "bash", "-c", script)
        pid = self.daemons[name].pid
        wait_until(lambda: read_namespace(pid, "net") != read_namespace("self", "net"), "no namespace")
        link = f"ip link add link{number} type veth peer name eth0 netns {pid}"
        for command in (link, f"ip link set link{number} master cluster up"):
            wait_until(lambda: succeeds(*command.split()), command)  # the link of a lost node goes a little later

    def lose_node(self, name):
        """Kills the daemon of a node and all that runs there, as the loss of its power would. Slurm is not told."""
        own = read_namespace(self.daemons[name].pid, "uts")
        assert own != read_namespace("self", "uts")
        for pid in [int(path.name) for path in Path("/proc").glob("[0-9]*")]:
            if read_namespace(pid, "uts") == own:
                os.kill(pid, signal.SIGKILL)
        self.daemons.pop(name).wait()

    def report_loss(self, name):
        """Tells Slurm that a node is lost, which it would find out by itself some minutes later."""
        subprocess.run(["scontrol", "update", f"nodename={name}", "state=down", "reason=lost"], check=True)

    def state_of(self, name):
        """The state of a node: idle, allocated, down ..."""
        return subprocess.run(["sinfo", "-h", "-n", name, "-o", "%T"], capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    with Cluster():
        code = subprocess.run(sys.argv[1:]).returncode
    sys.exit(code)

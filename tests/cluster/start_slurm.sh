#!/usr/bin/env bash
# A SLURM of one node on this machine, for the tests: no systemd, no cgroups, no database. As root.
#   apt-get install --no-install-recommends slurm-wlm slurm-client munge
#   start_slurm.sh FOLDER GPUS CPUS      (CPUS may be more than there are)
set -euo pipefail
BASE=$1 GPUS=$2 CPUS=$3
HOST=$(hostname -s)
MEMORY=$(( $(awk '/MemTotal/{print $2}' /proc/meminfo) / 1024 - 512 ))
mkdir -p "$BASE"/{state,spool,log,run,dev} /etc/slurm

# In /etc/slurm, and not named by SLURM_CONF: the executor plugin strips SLURM_* inside jobs.
cat > /etc/slurm/slurm.conf <<CONF
ClusterName=convstudy-tests
SlurmctldHost=$HOST(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
StateSaveLocation=$BASE/state
SlurmdSpoolDir=$BASE/spool
SlurmctldPidFile=$BASE/run/slurmctld.pid
SlurmdPidFile=$BASE/run/slurmd.pid
SlurmctldLogFile=$BASE/log/slurmctld.log
SlurmdLogFile=$BASE/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Without cgroups the accounting watches memory, every 2 seconds.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
JobAcctGatherParams=OverMemoryKill
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
# Without a database squeue is what knows of finished jobs: let them stay.
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$BASE/log/jobcomp.log
MinJobAge=3600
ReturnToService=2
KillWait=20
OverTimeLimit=0
SlurmdParameters=config_overrides
NodeName=$HOST NodeAddr=127.0.0.1 CPUs=$CPUS RealMemory=$MEMORY Gres=gpu:$GPUS State=UNKNOWN
PartitionName=low Nodes=$HOST Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=high Nodes=$HOST MaxTime=INFINITE State=UP PriorityTier=2
CONF

# SLURM believes in a GPU whose file is a device: private copies of /dev/null are.
for i in $(seq 0 $((GPUS - 1))); do
  [ -c "$BASE/dev/gpu$i" ] || mknod "$BASE/dev/gpu$i" c 1 3
done
echo "NodeName=$HOST Name=gpu File=$BASE/dev/gpu[0-$((GPUS - 1))]" > /etc/slurm/gres.conf

install -d -o munge -g munge -m 0755 /run/munge
munge -n >/dev/null 2>&1 || runuser -u munge -- /usr/sbin/munged
for _ in $(seq 50); do munge -n 2>/dev/null | unmunge >/dev/null 2>&1 && break; sleep 0.1; done
/usr/sbin/slurmctld
/usr/sbin/slurmd
for _ in $(seq 100); do sinfo -h -o %T 2>/dev/null | grep -q '^idle$' && exit 0; sleep 0.1; done
sinfo -N -o '%N %T %E'
exit 1

#!/usr/bin/env bash
# Submits N jobs that follow each other, for clusters on which a job may not put itself back into the queue:
#   bash jobs/slurm/chain.sh N EXPERIMENT OUTPUT [options of sbatch ...]
#   bash jobs/slurm/chain.sh 5 mine.toml mine.h5 --nodes=4 --ntasks-per-node=64 --time=12:00:00
# Each goes on where the one before it stopped, for whatever reason. When one has completed the results file, Slurm
# cancels those that are left: they wait for the failure of all before them. JOB, if set, is the script to submit in
# place of jobs/slurm/run.sbatch, for instance one that `curldescent plan --sbatch` wrote.
set -euo pipefail

if [ $# -lt 3 ]; then
    echo "chain.sh: usage: bash jobs/slurm/chain.sh N EXPERIMENT OUTPUT [options of sbatch ...]" >&2
    exit 2
fi
count=$1
export EXPERIMENT=$2 OUTPUT=$3 REQUEUES=0
shift 3
job=${JOB:-$(dirname "${BASH_SOURCE[0]}")/run.sbatch}

case $count in
    "" | 0* | *[!0-9]* | ????*) echo "chain.sh: N is '$count'; allowed: 1 to 999" >&2; exit 2 ;;
esac
# What every link would find missing is said once, and now.
for file in "$EXPERIMENT" "$job"; do
    [ -f "$file" ] || { echo "chain.sh: there is no file $file in $PWD" >&2; exit 2; }
done

links=()
trap '[ ${#links[@]} -eq "$count" ] || [ ${#links[@]} -eq 0 ] || scancel "${links[@]}"' EXIT  # all of the chain, or none
while [ ${#links[@]} -lt "$count" ]; do
    dependency=()
    if [ ${#links[@]} -gt 0 ]; then
        dependency=(--kill-on-invalid-dep=yes "--dependency=$(printf ',afternotok:%s' "${links[@]}" | cut -c 2-)")
    fi
    id=$(sbatch --parsable "${dependency[@]}" "$@" "$job")
    links+=("${id%%;*}")
done
echo "chain.sh: submitted jobs ${links[*]}; to end the whole chain: scancel ${links[*]}"

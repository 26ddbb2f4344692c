#!/usr/bin/env bash
# The paper's experiments: runs them, draws them, and holds them against theory in a report (Markdown and pictures).
#   bash jobs/reproduce.sh [--full] [-o FOLDER] [NAME ...]
# NAME is a file of jobs/paper without .toml, one of jobs/paper/variants.txt, whose changes come on top of the settings
# of its base, or fig2, which is theory alone and takes seconds (default: those of figures 2, 3, 4 and 5c). Each file is
# run at the reduced setting that its header calls "Small", minutes on two cores; with --full as published (see "Cost" in
# its header). The same command goes on after an interruption. CURLDESCENT_RANKS sets the number of cores, CURLDESCENT
# the program.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${CURLDESCENT:-$root/build/release/curldescent}
export CURLDESCENT=$program
folder=reproduction
full=false
names=()

refuse() { echo "reproduce.sh: $*" >&2; exit 2; }

while [ $# -gt 0 ]; do
    case $1 in
        --full) full=true ;;
        -o) [ $# -gt 1 ] || refuse "-o needs the folder of the report"; folder=$2; shift ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
        -*) refuse "unknown option '$1'; allowed: --full, -o FOLDER" ;;
        *) names+=("$1") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || names=(fig2 fig3a-inset fig3b-alpha fig3b-c fig3b-alpha-random fig3b-c-random fig4
                                 fig5c-linear fig5c-tanh)

# A line for each variant: its name, its base, and its changes.
variants() { sed -e ':more' -e '/\\$/{N;s/\\\n *//;b more' -e '}' -e '/^#/d' "$root/jobs/paper/variants.txt"; }
# The base and the changes of one; nothing of another name.
variant() { variants | sed -n "s/^$1 //p"; }

for name in "${names[@]}"; do
    [ "$name" = fig2 ] || [ -f "$root/jobs/paper/$name.toml" ] || [ -n "$(variant "$name")" ] ||
        refuse "there is no experiment '$name'; there are fig2" \
            "$(cd "$root/jobs/paper" && echo *.toml | sed 's/\.toml//g') $(variants | sed 's/ .*//' | tr '\n' ' ')"
done
[ -x "$program" ] || refuse "there is no program $program; build it with jobs/build.sh, or name it in CURLDESCENT"
python=$(bash "$root/jobs/python.sh")

# The settings after --set in the header's line "Small", which may go on after a backslash.
reduced() {
    awk '/^# Small:/ {on = 1} on {print} on && !/\\$/ {exit}' "$1" |
        sed 's/^# *//; s/\\$//' | tr '\n' ' ' | sed 's/.*--set //'
}

[ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMP_NUM_THREADS=1

run() {  # run NAME EXPERIMENT [KEY=VALUE ...]: goes on with NAME.h5 and notes the processor time of this session
    local name=$1 experiment=$2 times=$folder/$1.times code=0 TIMEFORMAT='%U %S'
    shift 2
    [ $# -eq 0 ] || set -- --set "$@"
    { time mpirun -n "${CURLDESCENT_RANKS:-$(nproc)}" --oversubscribe --bind-to none "$program" run "$experiment" \
        -o "$folder/$name.h5" --resume "$@" 2>&3; } 3>&2 2>"$times" || code=$?
    awk '{print $1 + $2}' "$times" >>"$folder/$name.cpu_seconds"
    rm "$times"
    return "$code"
}

grid() {  # grid FORMULA: its values at k = 0 to 499, with commas between
    LC_ALL=C awk "BEGIN {for (k = 0; k < 500; ++k) printf \"%s%.12g\", k ? \",\" : \"\", $1}"
}

fig2() {  # theory's lower edge over ratio and flipped fraction of either layer, its map and its section
    local layer
    for layer in hidden readout; do
        "$program" theory edge --ratios "$(grid '10 ^ (-3 + 5 * k / 499)')" \
            "--$layer-flip-fraction" "$(grid 'k / 499')" >"$folder/fig2-$layer.csv"
    done
    "$python" "$root/jobs/plot/stability_map.py" "$folder"
}

mkdir -p "$folder"
files=()
for name in "${names[@]}"; do
    if [ "$name" = fig2 ]; then
        fig2
        continue
    fi
    base=$name
    changes=
    [ -f "$root/jobs/paper/$name.toml" ] || read -r base changes <<<"$(variant "$name")"
    experiment=$root/jobs/paper/$base.toml
    settings=()
    $full || read -ra settings <<<"$(reduced "$experiment")"
    read -ra changes <<<"$changes"
    settings+=(${changes[@]+"${changes[@]}"})
    echo "== $name" >&2
    run "$name" "$experiment" ${settings[@]+"${settings[@]}"}
    # Where students start on a linear teacher, the exact stability of each network's own manifold belongs beside it.
    case $name in fig3b-alpha | fig3b-c | fig4)
        run "$name-stability" "$experiment" ${settings[@]+"${settings[@]}"} training.epochs=1 training.records=1 \
            analysis.order_parameter_epochs=0 'analysis.stability="teacher"' ;;
    esac
    files+=("$folder/$name.h5")
done
if [ ${#files[@]} -gt 0 ]; then
    "$python" "$root/jobs/report" "${files[@]}" -o "$folder"
    [ ! -f "$folder/fig2.md" ] || { echo; cat "$folder/fig2.md"; } >>"$folder/report.md"
fi

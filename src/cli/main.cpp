#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "commands.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/provenance.hpp"
#include "duration.hpp"
#include "launcher.hpp"
#include "shard.hpp"

namespace curldescent::cli {
namespace {

constexpr auto examples = R"(Examples:
  curldescent template > mine.toml                          an experiment file to start from
  curldescent plan mine.toml                                what it will take: core-hours, ranks, file size
  curldescent run mine.toml -o mine.h5                      run it here, on one core
  mpirun -n 8 curldescent run mine.toml -o mine.h5          on eight
  curldescent run mine.toml -o try.h5 --set training.epochs=100 experiment.replicates=2
  curldescent run mine.toml -o mine.h5 --resume             go on after an interruption
  curldescent run mine.toml -o mine.h5 --resume --replicates 30    add replicates to a finished study
  curldescent run mine.toml -o part2.h5 --shard 2/8         the second of eight shares, for a job array
  curldescent merge part1.h5 part2.h5 -o mine.h5            one file of several
  curldescent status mine.h5                                what is done, what failed and why
  curldescent theory boundary --layer hidden --ratios 0.3,0.4,0.5    where theory ends the manifold's stability
  curldescent compare mine.h5 --baseline gradient-descent   does another rule learn better, pair by pair?
  curldescent run mine.toml -o mine.h5 --resume --time-limit 3:50:00  stop in time, and say how to go on
Exit codes: 0 done; 1 failed; 2 bad input or usage; 3 stopped early with work left, by a time limit or a signal
(SIGTERM, SIGUSR1, SIGUSR2, SIGINT).)";

ProgressMode progress_mode(const std::string& name) {
    const auto mode = from_string<ProgressMode>(name);
    if (!mode) throw CLI::ValidationError("--progress " + name, "is not possible; allowed: auto, bar, lines, none");
    return *mode;
}

/// The arguments of every command.
struct Arguments {
    RunArguments run;
    PlanArguments plan;
    TheoryArguments theory;
    CompareArguments compare;
    MergeArguments merge;
    std::string file;
};

void describe_plan(CLI::App& app, PlanArguments& arguments, std::function<int()>& command) {
    CLI::App* plan = app.add_subcommand("plan", "Say what an experiment will take, and how to submit it");
    plan->add_option("EXPERIMENT", arguments.experiment, "TOML file of the experiment")->required();
    plan->add_option("--set", arguments.overrides, "Replace keys of the experiment: key=value ...");
    const CLI::Range counts(std::int64_t{1}, std::int64_t{1000000});
    plan->add_option("--ranks", arguments.ranks, "Plan for so many ranks, not for as many as are worth using")
        ->check(counts);
    plan->add_option("--cores-per-node", arguments.cores_per_node, "Cores of a node of the cluster")
        ->check(counts)
        ->capture_default_str();
    plan->add_option_function<std::vector<std::string>>(
            "--sbatch", [&](const std::vector<std::string>& names) { arguments.sbatch = names.front(); },
            "Write a job script for the cluster: EXPERIMENT's name with .sbatch, if no name follows")
        ->expected(0, 1)
        ->type_name("FILE");
    plan->callback([&] { command = [&] { return print_plan(arguments); }; });
}

void describe_compare(CLI::App& app, CompareArguments& arguments, std::function<int()>& command) {
    CLI::App* sub = app.add_subcommand("compare", "Compare the rules with one of them, over paired replicates");
    sub->add_option("FILE", arguments.file, "Results file")->required();
    sub->add_option("--baseline", arguments.baseline, "The rule that the others are compared with")
        ->capture_default_str();
    sub->add_option("--variable", arguments.variables, "What to compare: final_test_loss, epochs_to_test_loss ...");
    sub->add_flag("--csv", arguments.csv, "Print every number, separated by commas");
    sub->callback([&] { command = [&] { return compare(arguments); }; });
}

void describe_merge(CLI::App& app, MergeArguments& arguments, std::function<int()>& command) {
    CLI::App* sub = app.add_subcommand("merge", "Put the results of several files of one experiment into one");
    sub->add_option("FILE", arguments.parts, "Results files, such as those of `run --shard`")->required();
    sub->add_option("-o,--output", arguments.output, "HDF5 file to make")->required();
    sub->add_flag("--overwrite", arguments.overwrite, "Replace the file if it exists");
    sub->callback([&] { command = [&] { return merge(arguments); }; });
}

/// The options of `run` that are durations.
void describe_limits(CLI::App& run_command, RunArguments& arguments) {
    const auto add = [&](const char* name, double& seconds, const char* meaning) {
        run_command
            .add_option_function<std::string>(
                name, [name, &seconds](const std::string& text) { seconds = parse_duration(name, text); }, meaning)
            ->take_last()
            ->type_name("D-HH:MM:SS");
    };
    add("--time-limit", arguments.time_limit,
        "Stop in this time with all that is done, and save what is under way; the end of a Slurm job is obeyed, too");
    add("--grace", arguments.grace,
        "How long before the limit, and after a signal, to stop in: 30 s, or a quarter of the limit if less");
    add("--checkpoint-every", arguments.between_checkpoints,
        "Save the state of a task under way so often (10 minutes), so that a crash costs no more");
    add("--task-limit", arguments.task_limit, "Let a task that takes longer fail");
    add("--silence-limit", arguments.silence, "Name a rank that gives no sign of life for so long (15 minutes)");
    add("--wait-for-output", arguments.wait_for_output,
        "Wait so long for another run that writes the output, as one on a lost node seems to for a while");
}

/// The command line: fills `command` with what to do.
void describe(CLI::App& app, Arguments& all, std::function<int()>& command) {
    RunArguments& arguments = all.run;
    std::string& file = all.file;
    app.footer(examples);
    app.set_version_flag("--version", version_text(), "Print version and commit");
    app.require_subcommand(1);

    CLI::App* run_command = app.add_subcommand("run", "Run an experiment into a results file");
    run_command->add_option("EXPERIMENT", arguments.experiment, "TOML file of the experiment")->required();
    run_command->add_option("-o,--output", arguments.output, "HDF5 file to make")->required();
    run_command->add_flag("--resume", arguments.resume, "Go on with the file if it exists: run what is missing");
    run_command->add_flag("--overwrite", arguments.overwrite, "Replace the file if it exists");
    run_command
        ->add_option("--replicates", arguments.replicates,
                     "Replicates in place of the experiment's; with --resume the file may grow to more than it has")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}));
    run_command
        ->add_option_function<std::string>(
            "--shard", [&](const std::string& text) { arguments.shard = parse_shard(text); },
            "Run the i-th of N shares of the tasks alone; `merge` puts the files together")
        ->type_name("i/N");
    run_command->add_option("--exit-code-file", arguments.exit_code_file,
                            "Write the exit code to this file at an orderly end, for scripts: a launcher has its own");
    run_command->add_option("--set", arguments.overrides, "Replace keys of the experiment: key=value ...");
    run_command
        ->add_option_function<std::string>(
            "--progress", [&](const std::string& name) { arguments.progress = progress_mode(name); },
            "auto, bar, lines (one each 30 s) or none; auto is a bar on a terminal, else lines")
        ->type_name("MODE");
    describe_limits(*run_command, arguments);
    run_command->callback([&] { command = [&] { return run(arguments); }; });

    describe_plan(app, all.plan, command);
    describe_compare(app, all.compare, command);
    describe_merge(app, all.merge, command);

    const auto file_command = [&](const char* name, const char* meaning, int (*action)(const std::string&)) {
        CLI::App* sub = app.add_subcommand(name, meaning);
        sub->add_option("FILE", file, "Results file")->required();
        sub->callback([&command, &file, action] { command = [&file, action] { return action(file); }; });
    };
    file_command("status", "Count the runs by status, say why some failed, and compare times with the plan",
                 print_status);
    file_command("verify", "Look for damage: of rows, labels, statistics, times and provenance", verify);
    file_command("digest", "Print one hash over all scientific data", print_digest);
    file_command("statistics", "Compute the statistics over replicates again", recompute_statistics);
    describe_theory(app, all.theory, command);
    app.add_subcommand("template", "Print a commented experiment file with every key")->callback([&] {
        command = [] { return print_template(); };
    });
}

/// What is wrong with a command line. An unknown command is named, where the library only misses a known one.
std::string usage_message(const CLI::ParseError& error, int argc, char** argv) {
    const bool is_theory = argc > 1 && std::string_view(argv[1]) == "theory";  // its commands come next
    const int position = is_theory ? 2 : 1;
    const bool names_command = argc > position && argv[position][0] != '-';
    if (error.get_name() == "RequiredError" && names_command &&
        std::string(error.what()).find("subcommand") != std::string::npos) {
        return std::string("unknown command \"") + (is_theory ? "theory " : "") + argv[position] + "\"";
    }
    const bool takes_all =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--set"; });
    if (error.get_name() == "RequiredError" && takes_all) {
        return std::string(error.what()) + "; name it before --set, which takes all that follows";
    }
    return error.what();
}

/// Does what the command line says. Throws what the command throws.
int execute_command_line(int argc, char** argv) {
    CLI::App app("Ensembles of learning with sign-diverse plasticity (curl descent)", "curldescent");
    Arguments arguments;
    std::function<int()> command;
    describe(app, arguments, command);
    const bool speaks = is_first_process();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked = error.get_exit_code() == 0;  // --help, --version
        if (!asked) throw InputError(usage_message(error, argc, argv) + " (see curldescent --help)");
        return speaks ? app.exit(error) : ExitCode::done;
    }
    const bool parallel = app.got_subcommand("run") || app.got_subcommand("merge") || app.got_subcommand("statistics");
    if (!parallel && !speaks) return ExitCode::done;
    hdf5::initialise();
    return command();
}

/// Said by one process. The others end as if all were well: a launcher ends all at the first failure, and that must not
/// be before the first process has spoken.
int report(const std::exception& error, ExitCode code) {
    if (!is_first_process()) return ExitCode::done;
    std::fprintf(stderr, "curldescent: %s\n", error.what());
    return code;
}

}  // namespace
}  // namespace curldescent::cli

int main(int argc, char** argv) {
    using namespace curldescent;
    try {
        return cli::execute_command_line(argc, argv);
    } catch (const InputError& error) {
        return cli::report(error, cli::ExitCode::bad_input);
    } catch (const StorageError& error) {
        return cli::report(error, cli::ExitCode::bad_input);
    } catch (const std::exception& error) {
        return cli::report(error, cli::ExitCode::failed);
    }
}

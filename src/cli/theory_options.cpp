#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <string>

#include "commands.hpp"

namespace curldescent::cli {
namespace {

constexpr std::array<const char*, 2> fraction_options{"--hidden-flip-fraction",
                                                      "--readout-flip-fraction"};  // by FlippedLayer

/// What is wrong with the text of a parameter, if anything.
std::string complaint_about(const std::string& text, const AllowedRange& allowed) {
    const char* end = text.data() + text.size();
    double value = 0.0;
    const auto read = std::from_chars(text.data(), end, value);
    const bool is_number = read.ec == std::errc() && read.ptr == end;
    if (is_number && value >= allowed.least && value <= allowed.greatest) return {};
    return fmt::format("\"{}\" is not possible; allowed: a number from {:g} to {:g}", text, allowed.least,
                       allowed.greatest);
}

/// An option for one value or, where `target` is a vector, for several with commas between.
template <class Target>
CLI::Option* add_parameter(CLI::App& app, const char* name, Target& target, const AllowedRange& allowed,
                           const char* meaning) {
    const CLI::Validator check([allowed](std::string& text) { return complaint_about(text, allowed); }, "");
    return app.add_option(name, target, meaning)->check(check)->delimiter(',');
}

void add_fractions_and_scales(CLI::App& app, TheoryArguments& arguments) {
    add_parameter(app, fraction_options[0], arguments.hidden_flip_fractions, allowed_fractions,
                  "alpha_h, the share of flipped inputs (hidden-layer plasticity), 0 to 1; 0 when absent");
    add_parameter(app, fraction_options[1], arguments.readout_flip_fractions, allowed_fractions,
                  "alpha_r, the share of flipped hidden units (readout plasticity), 0 to 1; 0 when absent");
    add_parameter(app, "--weight-variance", arguments.weight_variance, allowed_scales,
                  "sigma1^2, the variance of a hidden weight times M; uniform weights of scale s have s^2/3")
        ->capture_default_str();
    add_parameter(app, "--squared-readout-norm,--readout-norm", arguments.squared_readout_norm, allowed_scales,
                  "w = ||W2||^2, the squared norm (under either name); uniform weights of scale s have s^2/3")
        ->capture_default_str();
}

void add_ratios(CLI::App& app, TheoryArguments& arguments) {
    add_parameter(app, "--ratio,--ratios", arguments.ratios, allowed_scales, "c = M/N, inputs per hidden unit, above 0")
        ->required();
}

/// The layer is that of the fraction sought, or of those in --fractions; the other one's has its own option.
void add_layer(CLI::App& app, TheoryArguments& arguments) {
    app.add_option_function<std::string>(
           "--layer",
           [&arguments](const std::string& name) {
               const auto layer = from_string<FlippedLayer>(name);
               if (!layer) throw CLI::ValidationError("--layer " + name, "is not possible; allowed: hidden, readout");
               arguments.layer = *layer;
           },
           "The layer with the flips in question: hidden or readout")
        ->type_name("LAYER")
        ->required();
}

void check_other_fraction(const CLI::App& app, FlippedLayer layer) {
    const auto own = static_cast<std::size_t>(layer);
    if (app.count(fraction_options.at(own)) == 0) return;
    throw CLI::ValidationError(
        std::string(fraction_options.at(own)) + " beside --layer " + std::string(to_string(layer)),
        "is not possible; allowed: " + std::string(fraction_options.at(1 - own)));
}

}  // namespace

void describe_theory(CLI::App& app, TheoryArguments& arguments, std::function<int()>& command) {
    CLI::App* theory = app.add_subcommand(
        "theory",
        "Say where random-matrix theory puts the spectrum whose sign makes the solution manifold stable, as CSV");
    theory->require_subcommand(1);

    const auto add = [&](const char* name, const char* meaning, int (*action)(const TheoryArguments&)) {
        CLI::App* sub = theory->add_subcommand(name, meaning);
        add_fractions_and_scales(*sub, arguments);
        sub->callback([&, action] { command = [&arguments, action] { return action(arguments); }; });
        return sub;
    };
    const std::array points{
        add("edge", "The lowest point of the spectrum; stable iff it is positive", print_lower_edges),
        add("edges", "The edges of every band", print_bands),
        add("density", "The density of the spectrum, and its atoms", print_density)};
    for (CLI::App* sub : points) add_ratios(*sub, arguments);
    points.back()
        ->add_option("--points", arguments.points, "Eigenvalues in each band")
        ->check(CLI::Range(std::int64_t{2}, std::int64_t{1000000}))
        ->capture_default_str();

    CLI::App* boundary = add("boundary", "The fraction of flips above which the manifold is unstable", print_boundary);
    add_ratios(*boundary, arguments);
    CLI::App* ratio = add("critical-ratio", "The ratio above which the manifold is unstable", print_critical_ratios);
    add_parameter(*ratio, "--fractions", arguments.fractions, allowed_fractions,
                  "The shares of flips in the layer, 0 to 1")
        ->required();
    for (CLI::App* sub : {boundary, ratio}) {
        add_layer(*sub, arguments);
        sub->parse_complete_callback([sub, &arguments] { check_other_fraction(*sub, arguments.layer); });
    }
}

}  // namespace curldescent::cli

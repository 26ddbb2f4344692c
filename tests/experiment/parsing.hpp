#pragma once

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/error.hpp"

namespace curldescent {

/// The experiment in `text`, a file called test.toml, under these `--set` arguments.
inline Experiment parsed(std::string_view text, const std::vector<std::string>& overrides = {}) {
    return parse_experiment(text, "test.toml", overrides);
}

/// The message of the InputError that `action` throws; empty when it throws none.
template <class Action>
std::string input_error(Action action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

/// The message with which `text` is refused; empty when it is accepted.
inline std::string refusal(std::string_view text, const std::vector<std::string>& overrides = {}) {
    return input_error([&] { parsed(text, overrides); });
}

/// Matches a message that contains each of these texts.
template <class... Texts>
auto names(Texts... texts) {
    return testing::AllOf(testing::HasSubstr(texts)...);
}

}  // namespace curldescent

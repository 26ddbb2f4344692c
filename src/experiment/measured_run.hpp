#pragma once

#include "curldescent/dynamics/tangent_core.hpp"
#include "curldescent/experiment/settings.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// A run that is about to be measured.
struct MeasuredRun {
    const RunSettings& settings;
    const Student& student;  ///< as the experiment describes it
    const Student& trained;  ///< as it is trained: of reduced width where it can be
    const Weights& teacher;  ///< [N_T x M], [O x N_T]
    const Problem& problem;
    TangentCore* tangents = nullptr;  ///< the run's core if it carries tangents, or nullptr
    Core* twin = nullptr;             ///< where twin trajectories are measured
    StreamKey key;
};

}  // namespace curldescent

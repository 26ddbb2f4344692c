#pragma once

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// The narrowest student that follows exactly the same trajectory (MODEL.md section 3.2). Hidden units are linear;
/// those that share a plasticity sign may be rotated among each other without a change to the dynamics, the norms or
/// the outputs. So the rows of [W1, W2^T, F] of each group are replaced by the triangle R of their QR decomposition:
/// min(n, M + O) units for a group of n, or M + 2 O with random feedback. Its D2 (D1 for postsynaptic flips) has the
/// groups' signs; its network has the reduced `hidden`. A student that cannot be reduced, for one whose units are not
/// linear, comes back as it is.
Student reduce_width(const Student& student);

/// The weights [N x M], [O x N] of the full student while the reduced one has `reduced`: W = Q R group by group. Costs
/// the QR decomposition again.
Weights recover_weights(const Student& student, const Weights& reduced);

}  // namespace curldescent

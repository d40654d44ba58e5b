"""Quasi-Poisson regression with a log link, of many series on one design at once.

Iteratively reweighted least squares, started and stopped as R's glm does: deviance settled to 1e-8. (R gives up after
25 steps, which is too soon for an outbreak among zeros.) As there, standard errors and leverages take the weights of
the last step, not those after it: where a level never had an event its mean shrinks at every step, and only so do the
two agree to the last digits.

Written here, and not taken from statsmodels, because a build judges some ten thousand series-months: solved together
they take seconds, one by one minutes; tests hold the two to the same answers. Reference: McCullagh & Nelder,
Generalized Linear Models (1989), chapters 2 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SETTLED = 1e-8
_STEPS = 100
_SOUND = 1e-8  # of the determinant of an information matrix scaled to a diagonal of 1
_ALIAS = 1e-11  # of a singular value of a design, to its largest
_LOWEST, _HIGHEST = (
    -300.0,
    30.0,
)  # of the linear predictor: a level without an event is fitted by a mean that tends to 0


@dataclass(frozen=True)
class Fit:
    """What came of fitting `series` series of `points` points on `terms` terms.

    Attributes:
        coefficients: (series, terms), on the log scale.
        covariance: (series, terms, terms) of the coefficients at a dispersion of 1.
        fitted: (series, points) means.
        weights: (series, points) of the last step: prior weight times the mean that step began with.
        leverage: (series, points), diagonal of the hat matrix; 0 where the weight is 0.
        dispersion: (series,) Pearson's chi-square over its degrees of freedom, not floored; nan without any.
        degrees: (series,) points of weight over 0, less the rank of the design among them.
        is_settled: (series,) whether the deviance settled; not so, the rest means nothing (a spike among zeros).
    """

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    weights: Floats
    leverage: Floats
    dispersion: Floats
    degrees: Floats
    is_settled: NDArray[np.bool_]

    def predict(self, row: ArrayLike) -> tuple[Floats, Floats]:
        """Linear predictor of one more row of the design (terms,), and its standard error at a dispersion of 1."""
        wanted = np.asarray(row, dtype=float)
        spread = np.einsum("i,sij,j->s", wanted, self.covariance, wanted)
        return self.coefficients @ wanted, np.sqrt(np.maximum(spread, 0.0))


def fit(design: ArrayLike, counts: ArrayLike, weights: ArrayLike | None = None, offset: ArrayLike = 0.0) -> Fit:
    """Fit every series on the same design.

    Args:
        design: (points, terms); its first column is usually 1.
        counts: (series, points) or (points,), not negative; not looked at where the weight is 0.
        weights: prior weights, the shape of `counts`; 1 when left out, 0 leaves a point out.
        offset: added to the linear predictor, broadcast to the shape of `counts` (the log of an exposure).

    Raises:
        ValueError: the shapes do not fit, or a count with a weight is negative or missing.
    """
    columns = np.asarray(design, dtype=float)
    observed = np.atleast_2d(np.asarray(counts, dtype=float))
    prior = np.ones_like(observed) if weights is None else np.atleast_2d(np.asarray(weights, dtype=float))
    if columns.ndim != 2 or observed.shape[1] != columns.shape[0] or prior.shape != observed.shape:
        raise ValueError("the design, the counts and the weights do not fit")
    is_used = prior > 0
    if not np.all(observed[is_used] >= 0):
        raise ValueError("a count is there for every point of the fit and not negative")
    observed = np.where(is_used, observed, 0.0)
    exposure = np.broadcast_to(np.asarray(offset, dtype=float), observed.shape)

    pairs = (columns[:, :, None] * columns[:, None, :]).reshape(columns.shape[0], -1)
    fitted = observed + 0.1
    weight = prior * fitted
    linear = np.log(fitted)
    deviance = _deviance(observed, fitted, prior)
    coefficients = np.zeros((observed.shape[0], columns.shape[1]))
    is_open = np.ones(observed.shape[0], dtype=bool)
    for _ in range(_STEPS):
        mean, share = fitted[is_open], prior[is_open]
        working = linear[is_open] - exposure[is_open] + (observed[is_open] - mean) / mean
        weight[is_open] = share * mean
        stepped = _step(columns, pairs, weight[is_open], working)
        coefficients[is_open] = stepped
        linear[is_open] = np.clip(stepped @ columns.T + exposure[is_open], _LOWEST, _HIGHEST)
        fitted[is_open] = np.exp(linear[is_open])
        reached = _deviance(observed[is_open], fitted[is_open], share)
        is_settled = np.abs(reached - deviance[is_open]) / (np.abs(reached) + 0.1) < _SETTLED
        deviance[is_open] = reached
        is_open[is_open] = ~is_settled
        if not is_open.any():
            break

    covariance = _covariance(columns, pairs, weight)
    leverage = covariance.reshape(covariance.shape[0], -1) @ pairs.T * weight
    patterns, which = np.unique(is_used, axis=0, return_inverse=True)
    rank = np.array([np.linalg.matrix_rank(columns[pattern]) for pattern in patterns])
    degrees = is_used.sum(axis=1) - rank[which.reshape(-1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.sum(prior * (observed - fitted) ** 2 / fitted, axis=1)
        dispersion = np.where(degrees > 0, pearson / degrees, np.nan)
    return Fit(coefficients, covariance, fitted, weight, leverage, dispersion, degrees.astype(float), ~is_open)


def _step(design: Floats, pairs: Floats, weights: Floats, working: Floats) -> Floats:
    """Weighted least squares of every series' working response (series, points) on the design."""
    unit, scale, is_sound = _information(pairs, weights)
    stepped: Floats = np.empty_like(scale)
    right = (weights[is_sound] * working[is_sound]) @ design / scale[is_sound]
    stepped[is_sound] = np.linalg.solve(unit[is_sound], right[:, :, None])[:, :, 0]
    if not is_sound.all():
        root = np.sqrt(weights[~is_sound])
        inverse = _pseudo_inverse(design, root, scale[~is_sound])
        stepped[~is_sound] = (inverse @ (root * working[~is_sound])[:, :, None])[:, :, 0]
    return stepped / scale


def _covariance(design: Floats, pairs: Floats, weights: Floats) -> Floats:
    unit, scale, is_sound = _information(pairs, weights)
    covariance: Floats = np.empty_like(unit)
    covariance[is_sound] = np.linalg.inv(unit[is_sound])
    if not is_sound.all():
        inverse = _pseudo_inverse(design, np.sqrt(weights[~is_sound]), scale[~is_sound])
        covariance[~is_sound] = inverse @ inverse.transpose(0, 2, 1)
    return covariance / scale[:, :, None] / scale[:, None, :]


def _information(pairs: Floats, weights: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Information matrices scaled to a diagonal of 1, the scale of each term, and which of them may be inverted."""
    terms = int(np.sqrt(pairs.shape[1]))
    square = (weights @ pairs).reshape(-1, terms, terms)
    scale = np.sqrt(np.maximum(np.einsum("sii->si", square), 1e-300))
    unit = square / scale[:, :, None] / scale[:, None, :]
    return unit, scale, np.linalg.det(unit) > _SOUND


def _pseudo_inverse(design: Floats, root: Floats, scale: Floats) -> Floats:
    """Of every weighted, scaled design: slower, but exact to the end where weights run from 1 to nearly nothing, and
    it leaves a term that no point of a series has out of that series, as R leaves out an alias.
    """
    weighted = design * root[:, :, None] / scale[:, None, :]
    return np.asarray(np.linalg.pinv(weighted, rcond=_ALIAS), dtype=np.float64)


def _deviance(observed: Floats, fitted: Floats, prior: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(observed > 0, observed * np.log(observed / fitted), 0.0)
    total: Floats = 2 * np.sum(prior * (part - (observed - fitted)), axis=1)
    return total

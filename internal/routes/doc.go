// Package routes learns from traffic which paths belong to which backend.
//
// A cascade finds out who answers by asking; an engine in production has to
// know it beforehand. What the gateway has decided (an [Observation]) is kept
// in a [Journal], and [Learn] makes a [Table] of it. [PlanFor] says which `paths`
// of a Devgatefile come to the same.
//
// All of it is pure: no clock, no I/O, and the order in which requests came does
// not matter. What holds for every log and every project:
//
//   - S: every strong observation is routed to the backend that gave it, or is
//     listed as a [Conflict].
//   - W: so is every weak one, or it is listed as a [Difference].
//   - O: the order of the log changes nothing.
//   - N: no route is learned without a strong observation that it is for.
//   - P: paths that the Devgatefile declares are never overruled: whoever is
//     declared for a path gets it, unless the very path was seen to be another's.
//   - G: every route says on how many paths it rests, and whether it is a guess.
//   - B: beyond a budget there is no table but advice.
package routes

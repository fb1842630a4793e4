// Package draft chooses, from what package detect has found in a folder, what its
// Devgatefile would say: names, ports that do not clash, the order of the cascade,
// the paths that go past the front end, and what is only a guess.
//
// # The rules
//
//   - The front end's page is the home page, and the API's 404 is the API's: first
//     what has paths, then front ends, then servers without paths, which often
//     answer "/" themselves.
//   - paths and final are what the project's own proxies say. A proxy that changes
//     the path keeps its work: its front end is asked first.
//   - The gateway takes the port that the project already names for its front end,
//     and the front end moves. Of two servers on a port the front end moves.
//
// It reads no files. The same findings give the same plan.
package draft

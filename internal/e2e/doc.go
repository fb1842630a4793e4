// Package e2e runs a real devgate before real servers (Node, Express, npm, Go,
// Python) and in a real terminal. It holds tests alone, behind a build tag:
//
//	make e2e
//
// They need Node 20.19 or newer, npm, Python 3, Flask, Redis, tmux, Chromium, nginx, Caddy, HAProxy, vim, emacs, rsync, patch, bindfs, bash with
// bash-completion, zsh, fish and a network (or a filled
// cache) for one `npm ci` a folder. devgate is built once. Every test gets a
// project folder of its own with the servers of testdata/express or
// testdata/trees, and ports that nobody has; what a project says is written as
// Devgatefile and Procfile texts in which $GATEWAY and $P1, $P2, … stand for
// these ports.
//
// # What is shown
//
//   - cascade_test.go: the three uses that devgate replaces a hand-written
//     gateway for, from a Devgatefile and from a Procfile.
//   - answers_test.go, bodies_test.go, stream_test.go, websocket_test.go: what
//     clients send and get is what they would without a gateway.
//   - edit_test.go: a save or a restart under load loses no request.
//   - leftovers_test.go: however it ends, no process is left, and the exit code
//     says how it ended.
//   - trees_test.go: npm run, go run, a reloader, a wrapper that leaves its port
//     late, a daemon: restarted under requests, stopped and ended.
//   - screens_test.go: a session in a terminal, compared screen by screen with
//     testdata/screens; -update writes these anew.
//   - completion_test.go: Tab in real shells.
//   - gateway*_test.go: Vite, webpack-dev-server and gRPC servers behind the
//     gateway, in both orders, and what a real browser makes of it.
//   - generators_test.go: builds that write what is watched (templ, esbuild, tsc, a
//     stamp, two services into each other's watch): one save is one build.
//   - saves_test.go, histories_linux_test.go, shared_linux_test.go: one save by
//     a real program is one restart; whatever happens to files at whatever moment,
//     what runs is what is on disk (DEVGATE_TRIALS, DEVGATE_SEED).
//   - agent_test.go: a coding agent with devgate's tools and nothing else mends a
//     project, from its Devgatefile to a route.
//   - baddays_test.go: crashes, busy ports, servers that never listen.
//   - exportengines_test.go, formats_test.go: nginx, Caddy and HAProxy with what devgate
//     export wrote for them answer as devgate does; compose's library and Kubernetes'
//     types read the rest.
//   - examples_test.go: the examples work as their README says.
//   - unwritten_test.go: examples without a file come up (I4), and what init would
//     write is what their README shows (I1, I3).
//
// # Guarantees of a run
//
// All children carry a mark in their environment. A test fails when a process
// with its mark is left after its devgate has ended, whatever else it was
// about. No test waits for time to pass: it waits for a line of output, an
// answer or the end of a process, each with a deadline; where nothing is to come,
// for the time in which it would.
package e2e

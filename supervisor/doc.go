// Package supervisor runs the services of a project as child processes. It
// knows nothing of files, TOML, HTTP routing or colours.
//
// # Theory of operation
//
// Every service is an actor: one goroutine owns its state, reads messages
// from a mailbox and acts on them. What a message leads to is decided by
// machine.step, a pure function from state and input to state and actions,
// without a clock and without I/O; the actor carries the actions out.
//
// Each start of a service's command is a run with a number. A run owns all that
// is started for it: the process with its tree, the readiness check, the drain
// of its requests, the stop command, and whoever looks at it. It takes itself
// down when told to, or when its process has ended, and is over once nothing of
// that is left. The actor knows every run that is not over: one is the service's
// own, one may be starting beside it (the successor), and others are on their
// way out (ending). Messages carry the number of their run, or of the state that
// they belong to, so a late timer or a late exit never touches a newer process.
//
// The Supervisor's own goroutine keeps the order between services: it lets a
// service start once those in its After are ready or done, and on the way down
// stops each only after those that depend on it.
//
// # Guarantees
//
//   - A process starts only once nothing of the run before it is left: its tree
//     has ended, its stop command too, and Spec.Release has returned (its port is
//     free again). While that lasts the service is stopping, not starting. A
//     service with Spec.Renew is the exception: its new process starts beside the
//     old one, on a port of its own, and takes over once it is ready; one that
//     does not become ready changes nothing. Of those at most one serves and one
//     starts; the others end.
//   - Stopped, and Removed, mean that nothing of the service is left. Where a
//     process has ended by itself and others of its tree have not, Service.Ending
//     says so beside the state.
//   - Reconcile touches only what is different: processes of services whose
//     Version is the same run on.
//   - Spec.Observe sees each state before anything that the state leads to
//     happens: the gateway holds requests before the old process gets a signal.
//   - Stop means: Spec.Drain, then the stop signal (or the stop command) to
//     the whole group, then, after Spec.Grace, KILL to the whole tree. A process
//     that ends before it was told gets no stop command.
//   - Kill reaches everything that is not over: processes, what leaders have left
//     behind, successors, stop commands, readiness checks and builds.
//   - A crash is started again after a delay that doubles from 0.2 s to 10 s;
//     the third exit in a row within 2 s of its start makes the service failed.
//     An edit (Changed) and a command (Start, Restart) never wait for a delay.
//   - The viewers of a Terminal all see the same bytes, over all runs of its
//     service. None of them can hold up the service, its log or another viewer.
//   - While a build fails, the version that runs keeps running.
//   - Run returns after the last process and the last goroutine are gone.
package supervisor

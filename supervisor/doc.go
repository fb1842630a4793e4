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
// Each start of a service's command is a run with a number. A run has one
// goroutine that starts the child, waits for it and then sweeps its process
// group; readiness checks and drains belong to the run and are joined before
// it ends. Messages carry the number of their run, and one of an older run is
// dropped, so a late timer or a late exit never touches a newer process.
//
// The Supervisor's own goroutine keeps the order between services: it lets a
// service start once those in its After are ready or done, and on the way down
// stops each only after those that depend on it.
//
// # Guarantees
//
//   - At most one child of a service is alive at any time, and a new one
//     starts only after the old one's process group is gone and Spec.Release
//     has returned (its port is free again). A service with Spec.Renew is the
//     exception: its new child starts beside the old one, on a port of its own,
//     and takes over once it is ready; one that does not become ready changes
//     nothing. Of those at most one serves and one starts; the others end.
//   - Reconcile touches only what is different: processes of services whose
//     Version is the same run on.
//   - Spec.Observe sees each state before anything that the state leads to
//     happens: the gateway holds requests before the old process gets a signal.
//   - Stop means: Spec.Drain, then the stop signal (or the stop command) to
//     the whole group, then, after Spec.Grace, KILL to the whole group.
//   - A crash is started again after a delay that doubles from 0.2 s to 10 s;
//     the third exit in a row within 2 s of its start makes the service failed.
//     An edit (Changed) and a command (Start, Restart) never wait for a delay.
//   - The viewers of a Terminal all see the same bytes, over all runs of its
//     service. None of them can hold up the service, its log or another viewer.
//   - While a build fails, the version that runs keeps running.
//   - Run returns after the last process and the last goroutine are gone.
package supervisor
